"""The committed log, and the trials that it makes.

The loop and a resume build the tuner's view through the same code: each entry is applied here
first, and what comes out is what the tuner is told. The kinds of entries:

``begin``     what the tuner was built from beside the space
``baseline``  trial 0 exists; ``config`` are the script's own values as far as they are known; written
              again when running it has told more
``ask``       a call of ``suggest`` (of ``promote`` with ``promotions``): its ``n`` and what it
              returned, with the ids given
``enqueue``   a trial that its user asked for
``import``    a trial that its user had elsewhere; its result follows
``attempt``   a further attempt of a trial starts; reports of the earlier one no longer count
``note``      a report, or an end, that the tuner is not told (it was told that step before, the
              trial is being ended, or is trial 0)
``event``     what the tuner is told
``decision``  what the tuner and the assessor answered, when that was not to continue
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nnic.runtime.failures import failure_from_text, failure_to_text
from nnic.tuners.history import History
from nnic.tuners.protocol import EventKind, Report, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.reports import Reports

Entry = tuple[str, dict[str, Any]]


def suggestion_to_json(suggestion: Suggestion) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "config": dict(suggestion.config),
        "budget": suggestion.budget,
        "parent": suggestion.parent,
        "parent_step": suggestion.parent_step,
        "tag": suggestion.tag,
    }


def suggestion_from_json(data: Mapping[str, Any]) -> Suggestion:
    """Inverse of :func:`suggestion_to_json`; further keys are ignored."""
    return Suggestion(data["config"], data["budget"], data["parent"], data["parent_step"], data["tag"])


def report_entry(trial: int, attempt: int, report: Report) -> dict[str, Any]:
    """The data of a note or an event about a report."""
    return {
        "event": EventKind.REPORT.value,
        "trial": trial,
        "attempt": attempt,
        "step": report.step,
        "value": report.values[0],
        "metrics": dict(report.metrics),
    }


def end_entry(trial: Trial, kind: EventKind = EventKind.ENDED) -> dict[str, Any]:
    """The data of a note or an event about an end."""
    return {
        "event": kind.value,
        "trial": trial.id,
        "state": trial.state.value,
        "value": None if trial.values is None else trial.values[0],
        "failure": failure_to_text(trial.failure),
    }


class EventLog:
    """Trials as the tuner knows them, made by applying the entries of the log in order.

    ``order`` is the number of the next event, ``next_id`` that of the next trial.
    """

    def __init__(self) -> None:
        self.history = History()
        self.order = 0
        self.next_id = 0
        self.configurations = 0  # of trials that are no promotions and not imported

    def __getitem__(self, trial: int) -> Trial:
        return self.history[trial]

    def __contains__(self, trial: object) -> bool:
        return trial in self.history

    def apply(self, kind: str, data: Mapping[str, Any]) -> TrialEvent | None:
        """Take in an entry; the event that the tuner is told, if it is one."""
        if kind == "baseline":
            self._baseline(data["trial"], Suggestion(data["config"]))
        elif kind == "ask":
            for entry in data["suggestions"]:
                self._add(Trial(entry["trial"], suggestion_from_json(entry), TrialState.WAITING))
        elif kind in ("enqueue", "import"):
            trial = Trial(data["trial"], suggestion_from_json(data), TrialState.WAITING)
            self._add(trial, counts=kind == "enqueue")
        elif kind == "attempt":
            trial = self.history[data["trial"]]
            self.history.record(
                replace(trial, state=TrialState.RUNNING, reports=(), values=None, failure=None)
            )
        elif kind == "note":
            self._change(data)
        elif kind == "event":
            return self._event(data)
        return None

    def _baseline(self, trial: int, suggestion: Suggestion) -> None:
        """Trial 0 is written when it is made, and again when running it has told more of its values."""
        if trial in self.history:
            self.history.record(replace(self.history[trial], suggestion=suggestion))
        else:
            self._add(Trial(trial, suggestion, TrialState.RUNNING))

    def _add(self, trial: Trial, counts: bool = True) -> None:
        self.history.record(trial)
        self.next_id = max(self.next_id, trial.id + 1)
        self.configurations += counts and trial.suggestion.parent is None

    def _event(self, data: Mapping[str, Any]) -> TrialEvent:
        if data["order"] != self.order:
            raise ValueError(f"the log has event {data['order']} where {self.order} belongs")
        self.order += 1
        return TrialEvent(data["order"], EventKind(data["event"]), self._change(data))

    def _change(self, data: Mapping[str, Any]) -> Trial:
        trial = self.history[data["trial"]]
        kind = EventKind(data["event"])
        if kind is EventKind.STARTED:
            trial = replace(trial, state=TrialState.RUNNING)
        elif kind is EventKind.REPORT:
            report = Report(data["step"], (data["value"],), data["metrics"])
            trial = replace(trial, reports=Reports.of(trial.reports).extended(report))
        else:
            trial = replace(
                trial,
                state=TrialState(data["state"]),
                values=None if data["value"] is None else (data["value"],),
                failure=failure_from_text(data["failure"]),
            )
        self.history.record(trial)
        return trial
