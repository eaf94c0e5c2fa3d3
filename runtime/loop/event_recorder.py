"""Writing the log, and telling the tuner, the assessor and the screens what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnic.runtime.loop.parts import Parts
from nnic.runtime.loop.transitions import Cause, Phase
from nnic.runtime.loop.trial_table import ActiveTrial, own_values
from nnic.runtime.store.event_log import end_entry, report_entry
from nnic.runtime.store.records import Origin, TrialRecord, better
from nnic.tuners.protocol import Decision, EventKind, Report, Trial, TrialState
from nnic.tuners.space import Value


class EventRecorder:
    """Every entry of the log goes through here.

    ``waits`` is set while the tuner has nothing to propose before the next event; ``broken`` when
    it has raised: then it is spoken to no more, and a resume tells it what it missed.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.waits = parts.waits
        self.broken = False
        self.best: TrialRecord | None = None
        for active in parts.trial_table:
            self._note_best(active.record)
        parts.effects.clear()

    def log(self, kind: str, data: dict[str, Any]) -> None:
        """Write an entry that is told to nobody."""
        self._parts.store.append(kind, data)
        self._parts.event_log.apply(kind, data)

    def tell(self, data: dict[str, Any]) -> tuple[Decision, Decision]:
        """Write an event and tell it; what the tuner and the assessor decide.

        Raises
        ------
        TunerError
            When one of them raises. The event is in the log all the same.
        """
        parts = self._parts
        data = {"order": parts.event_log.order, **data}
        parts.store.append("event", data)
        event = parts.event_log.apply("event", data)
        assert event is not None
        if event.kind is not EventKind.STARTED:
            self.waits = False
        if self.broken:
            return Decision.CONTINUE, Decision.CONTINUE
        return parts.gateway.observe(event), parts.gateway.assess(event)

    def tell_report(self, active: ActiveTrial, report: Report) -> None:
        """A report of the current attempt.

        Raises
        ------
        TunerError
            See :meth:`tell`.
        """
        parts, record = self._parts, active.record
        parts.effects.append(lambda: parts.observer.trial_reported(record))
        data = report_entry(*active.key, report)
        # A repeated attempt comes by steps that the tuner knows already: each is told once.
        if record.baseline or active.phase is not Phase.RUNNING or report.step < active.told:
            self.log("note", data)
            return
        active.told = report.step + 1
        tuner, assessor = self.tell(data)
        decision = max(tuner, assessor)
        if decision is not Decision.CONTINUE:
            order = parts.event_log.order - 1
            self.log("decision", {"order": order, "trial": record.id, "tuner": tuner, "assessor": assessor})
            parts.end_trial(active, Cause.STOP if decision is Decision.STOP else Cause.PAUSE)

    def tell_own_values(self, active: ActiveTrial, observed: Mapping[str, Value]) -> None:
        """Trial 0 has told values of the script's own that were not known before it ran."""
        config = own_values(self._parts.problem.space, observed)
        if observed and config != dict(active.suggestion.config):
            self.log("baseline", {"trial": active.record.id, "config": config})
            self._parts.trial_table.set_config(active, config)

    def tell_end(self, active: ActiveTrial) -> None:
        """A trial has ended.

        Raises
        ------
        TunerError
            See :meth:`tell`.
        """
        parts, record = self._parts, active.record
        parts.effects.append(lambda: parts.observer.trial_ended(record))
        self._note_best(record)
        values = None if record.metric is None else (record.metric,)
        trial = Trial(record.id, active.suggestion, record.status, values=values, failure=record.error)
        if record.origin is Origin.IMPORTED:
            self.tell(end_entry(trial, EventKind.IMPORTED))
        elif not record.baseline:
            self.tell(end_entry(trial))
        elif record.status is TrialState.SUCCEEDED and parts.problem.space.contains(active.suggestion.config):
            self.tell(end_entry(trial, EventKind.IMPORTED))
        else:
            self.log("note", end_entry(trial))

    def _note_best(self, record: TrialRecord) -> None:
        if record.status is not TrialState.SUCCEEDED or record.metric is None:
            return
        previous = self.best
        if better(record.metric, None if previous is None else previous.metric, self._parts.config.maximize):
            self.best = record
            self._parts.effects.append(lambda: self._parts.observer.best_changed(record, previous))
