"""Fills the free slots: with trial 0 first and alone, then with trials that wait, then with new ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import count

from nnic.runtime.clock import Clock
from nnic.runtime.devices.admission import Admission, Allocation
from nnic.runtime.failures import describe_failure
from nnic.runtime.loop.effects import Effects
from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.falling import falls
from nnic.runtime.loop.limits import Limits
from nnic.runtime.loop.observer import Observer
from nnic.runtime.loop.own_values import own_values
from nnic.runtime.loop.starting import AttemptStarter
from nnic.runtime.loop.transitions import Phase
from nnic.runtime.loop.trial_table import ActiveTrial, TrialTable
from nnic.runtime.loop.tuner_gateway import TunerError, TunerGateway
from nnic.runtime.noticing.without_effect import describe_nothing_read, reads_nothing
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.log_entries import Ask, Baseline, Proposal
from nnic.runtime.store.protocol import ExperimentStore
from nnic.runtime.store.records import DIRECTION_UNCLEAR, TrialRecord, Wait
from nnic.runtime.text import counted, format_number
from nnic.tuners.protocol import BatchStatus, Suggestion, TrialState
from nnic.tuners.space import SearchSpace


class BaselineError(Exception):
    """Trial 0 has failed, and nobody asked to go on all the same."""


class DirectionError(Exception):
    """The metric of trial 0 speaks for the other direction, and nobody said which one is meant."""


class Dispatcher:
    """Decides what runs next. ``exhausted`` says why the tuner has nothing more, if it has not."""

    def __init__(
        self,
        limits: Limits,
        space: SearchSpace,
        trial_table: TrialTable,
        event_log: EventLog,
        gateway: TunerGateway,
        admission: Admission,
        recorder: EventRecorder,
        starter: AttemptStarter,
        store: ExperimentStore,
        clock: Clock,
        observer: Observer,
        effects: Effects,
        exhausted: str | None = None,
    ) -> None:
        self._limits = limits
        self._space = space
        self._trial_table = trial_table
        self._event_log = event_log
        self._gateway = gateway
        self._admission = admission
        self._recorder = recorder
        self._starter = starter
        self._store = store
        self._clock = clock
        self._observer = observer
        self._effects = effects
        self.exhausted = exhausted
        self._waits: tuple[Wait, ...] = ()
        self._promoted = -1  # the number of configurations at which no trial was left to be promoted

    def fill_slots(self) -> None:
        """Begin the attempts that there is room for.

        Raises
        ------
        BaselineError, DirectionError, TunerError, DevicesError
            When the run cannot go on.
        """
        if not self._baseline_settled():
            return
        free = max(0, self._limits.config.jobs - len(self._trial_table.running()))
        waiting = self._trial_table.waiting()[:free]
        spare = self._start_waiting(waiting, self._wanted(free - len(waiting)))
        if spare:
            self._ask(spare)

    def finished(self) -> bool:
        """Whether nothing more would be started once the running trials have ended."""
        reached = self._limits.reached(self._event_log.configurations)
        return not self._trial_table.waiting() and (reached or self.exhausted is not None)

    def reason(self) -> str:
        """Why nothing more would be started."""
        if self.exhausted is not None:
            return self.exhausted or "the tuner has nothing more to propose"
        return f"{counted(self._limits.config.trials or 0, 'trial is', 'trials are')} done"

    def _baseline_settled(self) -> bool:
        """Whether trial 0 has ended and the others may start; starts it when it has not."""
        if 0 not in self._trial_table:
            config = own_values(self._space)
            self._recorder.log(Baseline(0, config))
            self._trial_table.add(0, Suggestion(config))
        active = self._trial_table[0]
        if active.phase is Phase.WAITING:
            self._start_waiting([active], 0)
        failed = active.phase is Phase.FAILED and active.record.discarded is None
        if failed and not self._limits.config.keep_going:
            failure = active.record.error
            text = f": {describe_failure(failure)}" if failure is not None else ""
            seconds = active.record.seconds or 0.0
            raise BaselineError(f"trial #0 (your own values) failed after {seconds:.1f} s{text}")
        others = (other for other in self._trial_table if other is not active)
        first = active.record.status is TrialState.SUCCEEDED and not any(o.record.attempts for o in others)
        if first:
            self._check_reads(active)
            self._check_direction(active.record)
        return active.record.status.ended

    def _check_reads(self, baseline: ActiveTrial) -> None:
        """Raise where trial 0 read no parameter, so that all trials would be the same."""
        read, keep_going = baseline.read, self._limits.config.keep_going
        if read is not None and not keep_going and reads_nothing(self._space, read):
            raise BaselineError(describe_nothing_read(self._space))

    def _check_direction(self, baseline: TrialRecord) -> None:
        """Raise where the metric of trial 0 fell, as a loss does, and is to be maximized unasked."""
        config = self._limits.config
        if config.maximize and not config.direction_settled and falls(baseline.intermediate):
            first, last = (format_number(baseline.intermediate[i], 4) for i in (0, -1))
            raise DirectionError(
                f"{DIRECTION_UNCLEAR}: the metric of trial #0 fell while it trained, from {first} to {last}, "
                "as a loss does, and a run maximizes unless told otherwise"
            )

    def _wanted(self, free: int) -> int:
        """Return for how many of ``free`` slots the tuner is to be asked."""
        if self._recorder.tuner_waits or self.exhausted is not None:
            return 0
        n = self._limits.may_ask(free, self._event_log.configurations)
        more = self._gateway.promotes and self._promoted != self._event_log.configurations
        return free if n == 0 and more else n

    def _start_waiting(self, waiting: Sequence[ActiveTrial], more: int) -> tuple[Allocation, ...]:
        """Start the trials that there is room for; return what at most ``more`` new ones may run on."""
        running = [active.record for active in self._trial_table.running()]
        records = [active.record for active in waiting]
        now = self._clock.monotonic()
        admitted = self._admission.admit(self._limits.config, running, records, more, now)
        if admitted.waits != self._waits:
            self.tell_waits(admitted.waits)
        for active in waiting:
            if active.record.id in admitted.allocations:
                self._starter.start(active, admitted.allocations[active.record.id])
        return admitted.spare

    def tell_waits(self, waits: tuple[Wait, ...]) -> None:
        """Say what trials that are not started wait for."""
        self._waits = waits
        self._store.set_waits(waits)
        self._effects.add(partial(self._observer.waits_changed, waits))

    def _ask(self, allocations: Sequence[Allocation]) -> None:
        n = self._limits.may_ask(len(allocations), self._event_log.configurations)
        promotions_only = n == 0
        if promotions_only:
            n = len(allocations)
            batch = self._gateway.promote(n)
        else:
            batch = self._gateway.suggest(n)
        numbers = count(self._event_log.next_id)
        proposals = tuple(Proposal(next(numbers), suggestion) for suggestion in batch.suggestions)
        self._recorder.log(Ask(n, batch.status, batch.reason, proposals, promotions_only))
        added = [self._trial_table.add(proposal.trial, proposal.suggestion) for proposal in proposals]
        for active, allocation in zip(added, allocations):
            self._starter.start(active, allocation)
        if batch.status is BatchStatus.EXHAUSTED and promotions_only:
            self._promoted = self._event_log.configurations
        elif batch.status is BatchStatus.EXHAUSTED:
            self.exhausted = batch.reason
        elif batch.status is BatchStatus.WAIT or not added:
            self._await_event(batch.reason)

    def _await_event(self, reason: str) -> None:
        """Take note that the tuner has nothing to propose before something happens."""
        if self._trial_table.running():
            self._recorder.tuner_waits = True
            self._effects.add(partial(self._observer.waiting, reason))
        else:
            text = f" ({reason})" if reason else ""
            raise TunerError(f"tuner {self._gateway.tuner_name!r} waits although no trial is running{text}")
