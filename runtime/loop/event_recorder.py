"""Writing the log, and telling the tuner, the assessor and the screens what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nnic.runtime.loop.parts import Parts
from nnic.runtime.loop.transitions import Cause, Phase
from nnic.runtime.loop.trial_table import ActiveTrial, own_values
from nnic.runtime.store.log_entries import (
    Baseline,
    Change,
    Decided,
    Event,
    LogEntry,
    Note,
    TrialEnded,
    TrialReported,
    TrialStarted,
)
from nnic.runtime.store.records import Origin, TrialRecord, better
from nnic.tuners.protocol import Decision, Report, TrialState
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

    def log(self, entry: LogEntry) -> None:
        """Write an entry that is told to nobody."""
        self._parts.store.append(entry)
        self._parts.event_log.apply(entry)

    def tell(self, change: Change) -> tuple[Decision, Decision]:
        """Write an event and tell it; what the tuner and the assessor decide.

        Raises
        ------
        TunerError
            When one of them raises. The event is in the log all the same.
        """
        parts = self._parts
        entry = Event(parts.event_log.order, change)
        parts.store.append(entry)
        event = parts.event_log.apply(entry)
        assert event is not None
        if not isinstance(change, TrialStarted):
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
        change = report_change(active, report)
        # A repeated attempt comes by steps that the tuner knows already: each is told once.
        if record.baseline or active.phase is not Phase.RUNNING or report.step < active.told:
            self.log(Note(change))
            return
        active.told = report.step + 1
        tuner, assessor = self.tell(change)
        decision = max(tuner, assessor)
        if decision is not Decision.CONTINUE:
            order = parts.event_log.order - 1
            self.log(Decided(order, record.id, tuner, assessor))
            parts.end_trial(active, Cause.STOP if decision is Decision.STOP else Cause.PAUSE)

    def tell_own_values(self, active: ActiveTrial, observed: Mapping[str, Value]) -> None:
        """Trial 0 has told values of the script's own that were not known before it ran."""
        config = own_values(self._parts.problem.space, observed)
        if observed and config != dict(active.suggestion.config):
            self.log(Baseline(active.record.id, config))
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
        change = TrialEnded(record.id, record.status, record.metric, record.error)
        if record.origin is Origin.IMPORTED:
            self.tell(replace(change, imported=True))
        elif not record.baseline:
            self.tell(change)
        elif record.status is TrialState.SUCCEEDED and parts.problem.space.contains(active.suggestion.config):
            self.tell(replace(change, imported=True))
        else:
            self.log(Note(change))

    def _note_best(self, record: TrialRecord) -> None:
        if record.status is not TrialState.SUCCEEDED or record.metric is None:
            return
        previous = self.best
        if better(record.metric, None if previous is None else previous.metric, self._parts.config.maximize):
            self.best = record
            self._parts.effects.append(lambda: self._parts.observer.best_changed(record, previous))


def report_change(active: ActiveTrial, report: Report) -> TrialReported:
    """A report of the current attempt, for the log."""
    return TrialReported(*active.key, report.step, report.values[0], report.metrics)
