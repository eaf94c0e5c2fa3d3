"""The committed log, and the trials that it makes.

The loop and a resume build the tuner's view through the same code: each entry is applied here
first, and what comes out is what the tuner is told.
"""

from __future__ import annotations

from dataclasses import replace

from nnic.runtime.store.log_entries import (
    Ask,
    Attempt,
    Baseline,
    Change,
    Enqueued,
    Event,
    Imported,
    LogEntry,
    Note,
    TrialReported,
    TrialStarted,
)
from nnic.tuners.history import History
from nnic.tuners.protocol import Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.reports import Reports


class EventLog:
    """Trials as the tuner knows them, made by applying the entries of the log in order.

    ``order`` is the number of the next event, ``next_id`` that of the next trial.
    """

    def __init__(self) -> None:
        self.history = History()
        self.order = 0
        self.next_id = 0
        self.configurations = 0  # the number of trials that are no promotions and not imported

    def __getitem__(self, trial: int) -> Trial:
        return self.history[trial]

    def __contains__(self, trial: object) -> bool:
        return trial in self.history

    def apply(self, entry: LogEntry) -> TrialEvent | None:
        """Take in an entry; the event that the tuner is told, if it is one.

        Raises
        ------
        ValueError
            When the entry does not follow on those before it.
        """
        if isinstance(entry, Event):
            return self._event(entry)
        if isinstance(entry, Note):
            self._change(entry.change)
        elif isinstance(entry, Ask):
            for proposal in entry.proposals:
                self._add(Trial(proposal.trial, proposal.suggestion, TrialState.WAITING))
        elif isinstance(entry, Baseline):
            self._baseline(entry.trial, Suggestion(entry.config))
        elif isinstance(entry, (Enqueued, Imported)):
            trial = Trial(entry.trial, entry.suggestion, TrialState.WAITING)
            self._add(trial, counts=isinstance(entry, Enqueued))
        elif isinstance(entry, Attempt):
            trial = self._known(entry.trial)
            kept = trial.reports[: entry.steps]
            self.history.record(
                replace(trial, state=TrialState.RUNNING, reports=kept, values=None, failure=None)
            )
        return None  # ``Begin``, ``Decided`` and ``Turned`` change no trial

    def _known(self, number: int) -> Trial:
        if number not in self.history:
            raise ValueError(f"the log mentions trial {number} before it exists")
        return self.history[number]

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

    def _event(self, event: Event) -> TrialEvent:
        if event.order != self.order:
            raise ValueError(f"the log has event {event.order} where {self.order} belongs")
        self.order += 1
        return TrialEvent(event.order, event.change.kind, self._change(event.change))

    def _change(self, change: Change) -> Trial:
        trial = self._known(change.trial)
        if isinstance(change, TrialStarted):
            trial = replace(trial, state=TrialState.RUNNING)
        elif isinstance(change, TrialReported):
            trial = replace(trial, reports=Reports.of(trial.reports).extended(change.report))
        else:
            values = None if change.value is None else (change.value,)
            trial = replace(trial, state=change.state, values=values, failure=change.failure)
        self.history.record(trial)
        return trial
