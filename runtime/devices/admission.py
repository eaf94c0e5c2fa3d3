"""Decides which of the waiting trials may start now, on what, and says what the others wait for."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from nnic.runtime.devices.inventory import DevicesError
from nnic.runtime.devices.memory import kernel_kills, ran_out, runs_alone
from nnic.runtime.devices.monitor import EVERY_S, DeviceMonitor, Occupancy, Sight, uses
from nnic.runtime.devices.scheduler import Grant, Holding, Request, Slot, State, schedule
from nnic.runtime.devices.visible import VARIABLE
from nnic.runtime.store.records import AttemptRecord, DeviceRef, TrialRecord, Wait
from nnic.runtime.threads import count_cpus, thread_limits, threads_per_trial
from nnic.tuners.protocol import Failure, TrialState

if TYPE_CHECKING:
    from nnic.runtime.config import RunConfig
    from nnic.runtime.demand import Demand

FRESH_S = 0.2  # What is known of the GPUs may be so old when a trial is given one.
HEADROOM = 1.1  # The next trial may take this much more than the largest peak so far.
_WITH_RESULT = frozenset({TrialState.SUCCEEDED, TrialState.STOPPED, TrialState.PAUSED})


class Allocation(NamedTuple):
    """What a trial runs on, and what of it stands in its environment."""

    devices: tuple[DeviceRef, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Admitted:
    """The answer: what trials get that were waiting, what new ones get, and why others wait."""

    allocations: Mapping[int, Allocation] = field(default_factory=dict)
    spare: tuple[Allocation, ...] = ()
    waits: tuple[Wait, ...] = ()


class Admission:
    """Gives trials what they run on. Used from the thread of the loop.

    Parameters
    ----------
    monitor
        Sees the GPUs that the run may use; ``None`` for a run that uses none.
    cpus
        How many this process may use.
    warnings
        What a person should read about the devices.
    """

    def __init__(
        self, monitor: DeviceMonitor | None = None, cpus: int | None = None, warnings: tuple[str, ...] = ()
    ) -> None:
        self.warnings = warnings
        self._monitor = monitor
        self._cpus = count_cpus() if cpus is None else cpus
        self._peak: int | None = None
        self._kills_before: dict[int, int] = {}

    def admit(
        self,
        config: RunConfig,
        running: Sequence[TrialRecord],
        waiting: Sequence[TrialRecord],
        more: int,
        now: float,
    ) -> Admitted:
        """Find what the trials run on that wait, in their order, and then for ``more`` new ones.

        Raises
        ------
        DevicesError
            When there is nothing for the first, and will be nothing whatever ends.
        """
        if not waiting and not more:
            return Admitted()
        state = self._state(config, running, now)
        ids = [*(trial.id for trial in waiting), *([None] * more)]
        alone = [*(runs_alone(trial) for trial in waiting), *([False] * more)]
        requests = [self._request(config.demand, *pair) for pair in zip(ids, alone)]
        allocations: dict[int, Allocation] = {}
        spare: list[Allocation] = []
        waits: list[Wait] = []
        for request, answer in zip(requests, schedule(state, requests)):
            if not isinstance(answer, Grant):
                if answer.never and not running and not allocations and not spare:
                    raise DevicesError(f"no trial can run any more: it {answer.reason}")
                if request.trial is not None or not any(wait.trial is None for wait in waits):
                    waits.append(Wait(request.trial, answer.reason))
            elif request.trial is None:
                spare.append(self._allocate(config, answer))
            else:
                allocations[request.trial] = self._allocate(config, answer)
        return Admitted(allocations, tuple(spare), tuple(waits))

    def look(
        self, running: Sequence[TrialRecord], now: float, max_age_s: float = EVERY_S
    ) -> tuple[Sight, ...]:
        """See what the trials hold."""
        if self._monitor is None:
            return ()
        return self._monitor.look(now, running, max_age_s)

    def begin(self, trial: TrialRecord) -> None:
        """Take note that an attempt of a trial is about to start."""
        self._kills_before[trial.id] = kernel_kills()

    def kills_since(self, trial: TrialRecord) -> int:
        """How many processes the kernel has ended for want of memory since the attempt started."""
        now = kernel_kills()
        return now - self._kills_before.get(trial.id, now)

    def memory_of(self, trial: TrialRecord) -> int | None:
        """The most memory that the current attempt was seen to hold on a GPU."""
        return self._occupancy(trial).memory_bytes

    def learn(self, trial: TrialRecord) -> None:
        """The current attempt is over: what it took is what the next ones are expected to take."""
        if trial.attempts:
            self._learn(trial, trial.attempts[-1])
        self._kills_before.pop(trial.id, None)
        if self._monitor is not None:
            self._monitor.forget(trial)

    def learn_earlier(self, trials: Sequence[TrialRecord]) -> None:
        """Learn from the attempts of earlier sessions."""
        for trial in trials:
            for attempt in trial.attempts:
                self._learn(trial, attempt)

    def again(self, trial: TrialRecord, failure: Failure) -> str:
        """Why a trial that failed is started again alone, ``""`` when it is not."""
        company = self._occupancy(trial).company
        if not trial.devices or not ran_out(failure) or not company or runs_alone(trial):
            return ""
        return f"it ran out of GPU memory beside {', '.join(sorted(company))}; it is started again, alone"

    def lost_device(self, trial: TrialRecord, running: Sequence[TrialRecord], now: float) -> str:
        """Why a GPU of a trial that failed can't be used any more, ``""`` when they all can."""
        if not trial.devices:
            return ""
        for sight in self.look(running, now, 0.0):
            if sight.gpu.lost and uses(trial, sight.gpu.uuid):
                return f"its GPU {sight.gpu.number} is lost ({sight.gpu.lost})"
        return ""

    def close(self) -> None:
        """Give back what is held."""
        if self._monitor is not None:
            self._monitor.close()

    def _occupancy(self, trial: TrialRecord) -> Occupancy:
        return Occupancy() if self._monitor is None else self._monitor.occupancy(trial)

    def _learn(self, trial: TrialRecord, attempt: AttemptRecord) -> None:
        if attempt.devices and (attempt.memory_bytes or trial.status in _WITH_RESULT):
            self._peak = max(self._peak or 0, attempt.memory_bytes or 0)

    def _state(self, config: RunConfig, running: Sequence[TrialRecord], now: float) -> State:
        demand = config.demand
        holdings = tuple(self._holding(demand, trial) for trial in running)
        if not demand.uses_gpus:
            return State((), holdings, cpus=None if demand.cpus is None else self._cpus)
        peaks = [
            *([] if self._peak is None else [self._peak]),
            *(self.memory_of(trial) or 0 for trial in running),
        ]
        known = self._peak is not None
        peak = math.ceil(max(peaks) * HEADROOM) if known else None
        sights = self.look(running, now, FRESH_S)
        return State(
            tuple(_slot(sight, holdings, peak or 0) for sight in sights),
            holdings,
            demand.trials_per_gpu,
            demand.use_active,
            demand.packs,
            peak,
            None if demand.cpus is None else self._cpus,
        )

    @staticmethod
    def _request(demand: Demand, trial: int | None, alone: bool) -> Request:
        return Request(trial, demand.gpu_count, _part(demand), alone and demand.uses_gpus, demand.cpus or 0)

    @staticmethod
    def _holding(demand: Demand, trial: TrialRecord) -> Holding:
        alone = any(attempt.devices and ran_out(attempt.failure) for attempt in trial.attempts[:-1])
        uuids = tuple(device.uuid for device in trial.devices)
        return Holding(trial.id, uuids, _part(demand), alone, demand.cpus or 0)

    def _allocate(self, config: RunConfig, grant: Grant) -> Allocation:
        demand = config.demand
        threads = threads_per_trial(demand, config.jobs, self._cpus)
        environment = thread_limits(threads, {**os.environ, **config.environment})
        if demand.gpus is not None:
            environment[VARIABLE] = ",".join(grant.uuids)
        numbers = {} if self._monitor is None else {s.gpu.uuid: s.gpu.number for s in self._monitor.sights}
        return Allocation(tuple(DeviceRef(uuid, numbers[uuid]) for uuid in grant.uuids), environment)


def _part(demand: Demand) -> Fraction:
    """How much of a GPU a trial takes; whole ones that are shared are cut into equal parts."""
    if demand.shares:
        assert demand.gpus is not None
        return demand.gpus
    return Fraction(1, demand.trials_per_gpu)


def _slot(sight: Sight, holdings: Sequence[Holding], peak: int) -> Slot:
    gpu = sight.gpu
    room = None
    if gpu.memory_bytes is not None and gpu.used_bytes is not None:
        trials = sum(gpu.uuid in holding.uuids for holding in holdings)
        to_come = max(0, trials * peak - sight.ours_bytes)
        room = gpu.memory_bytes - gpu.used_bytes - to_come
    return Slot(gpu.uuid, gpu.number, gpu.lost, sight.strangers, room, gpu.instance)
