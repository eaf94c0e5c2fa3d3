"""Writes the log, and tells the tuner, the assessor and the screens what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from nnic.runtime.loop.effects import Effects
from nnic.runtime.loop.ending import TrialEnder
from nnic.runtime.loop.observer import Observer
from nnic.runtime.loop.own_values import own_values
from nnic.runtime.loop.transitions import Cause, Phase
from nnic.runtime.loop.trial_table import ActiveTrial, TrialTable
from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.store.discarding import end_again, is_told
from nnic.runtime.store.event_log import EventLog
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
from nnic.runtime.store.protocol import ExperimentStore
from nnic.runtime.store.records import Origin, TrialRecord, best_of, better
from nnic.tuners.protocol import Decision, Report, TrialState
from nnic.tuners.space import SearchSpace, Value


class EventRecorder:
    """Every entry of the log goes through here.

    ``tuner_waits`` is set while the tuner has nothing to propose before the next event; ``broken`` when
    it has raised: then it is spoken to no more, and a resume tells it what it missed.
    """

    def __init__(
        self,
        store: ExperimentStore,
        event_log: EventLog,
        gateway: TunerGateway,
        trial_table: TrialTable,
        ender: TrialEnder,
        observer: Observer,
        effects: Effects,
        space: SearchSpace,
        maximize: bool,
        tuner_waits: bool = False,
    ) -> None:
        self._store = store
        self._event_log = event_log
        self._gateway = gateway
        self._trial_table = trial_table
        self._ender = ender
        self._observer = observer
        self._effects = effects
        self._space = space
        self._maximize = maximize
        self.tuner_waits = tuner_waits
        self.broken = False
        self.best = best_of((active.record for active in trial_table), maximize)

    def log(self, entry: LogEntry) -> None:
        """Write an entry that is told to nobody."""
        self._store.append(entry)
        self._event_log.apply(entry)

    def tell(self, change: Change) -> tuple[Decision, Decision]:
        """Write an event and tell it; return what the tuner and the assessor decide.

        Raises
        ------
        TunerError
            When one of them raises. The event is in the log all the same.
        """
        entry = Event(self._event_log.order, change)
        self._store.append(entry)
        event = self._event_log.apply(entry)
        assert event is not None
        if not isinstance(change, TrialStarted):
            self.tuner_waits = False
        if self.broken:
            return Decision.CONTINUE, Decision.CONTINUE
        return self._gateway.observe(event), self._gateway.assess(event)

    def tell_report(self, active: ActiveTrial, report: Report) -> None:
        """Write a report of the current attempt, and tell it.

        Raises
        ------
        TunerError
            See :meth:`tell`.
        """
        record = active.record
        self._effects.add(partial(self._observer.trial_reported, record))
        # A repeated attempt comes by steps that the tuner knows already: each is told once.
        if record.baseline or active.phase is not Phase.RUNNING or report.step < active.told:
            self.note_report(active, report)
            return
        self._trial_table.set_told(active, report.step + 1)
        tuner, assessor = self.tell(TrialReported(*active.key, report))
        decided = Decided(self._event_log.order - 1, record.id, tuner, assessor)
        if decided.decision is not Decision.CONTINUE:
            self.log(decided)
            self._ender.end(active, Cause.STOP if decided.decision is Decision.STOP else Cause.PAUSE)

    def note_report(self, active: ActiveTrial, report: Report) -> None:
        """Write a report of the current attempt that nobody is told."""
        self.log(Note(TrialReported(*active.key, report)))

    def tell_own_values(self, active: ActiveTrial, observed: Mapping[str, Value]) -> None:
        """Write the script's own values again when running trial 0 has told more of them."""
        config = own_values(self._space, observed)
        if observed and config != dict(active.suggestion.config):
            self.log(Baseline(active.record.id, config))
            self._trial_table.set_config(active, config)

    def tell_end(self, active: ActiveTrial) -> None:
        """Write that a trial has ended, and tell it.

        Raises
        ------
        TunerError
            See :meth:`tell`.
        """
        record = active.record
        self._effects.add(partial(self._observer.trial_ended, record))
        self._note_best(record)
        change = TrialEnded(record.id, record.status, record.metric, record.error)
        if record.origin is Origin.IMPORTED:
            self.tell(replace(change, imported=True))
        elif not record.baseline:
            self.tell(change)
        elif record.status is TrialState.SUCCEEDED and self._space.contains(active.suggestion.config):
            self.tell(replace(change, imported=True))
        else:
            self.log(Note(change))

    def tell_again(self, active: ActiveTrial, before: TrialRecord) -> None:
        """Write that a trial has another result than ``before``, and tell it.

        Raises
        ------
        TunerError
            See :meth:`tell`.
        """
        record = active.record
        self.best = best_of((other.record for other in self._trial_table), self._maximize)
        self._effects.add(partial(self._observer.trial_corrected, before, record, self.best))
        if is_told(record, self._space):
            self.tell(end_again(record))
        else:
            self.log(Note(end_again(record)))

    def _note_best(self, record: TrialRecord) -> None:
        if record.status is not TrialState.SUCCEEDED or record.metric is None:
            return
        previous = self.best
        if better(record.metric, None if previous is None else previous.metric, self._maximize):
            self.best = record
            self._effects.add(partial(self._observer.best_changed, record, previous))
