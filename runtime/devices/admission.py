"""Which of the waiting trials may start now, on what, and what the others wait for."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from nnic.runtime.devices.inventory import DevicesError
from nnic.runtime.devices.memory import kernel_kills, ran_out, runs_alone
from nnic.runtime.devices.monitor import EVERY_S, DeviceMonitor, Sight, introduce, uses
from nnic.runtime.devices.scheduler import Grant, Holding, Request, Slot, State, schedule
from nnic.runtime.devices.visible import VARIABLE
from nnic.runtime.store.records import DeviceRef, Wait
from nnic.runtime.threads import count_cpus, thread_limits, threads_per_trial
from nnic.tuners.protocol import Failure, TrialState

if TYPE_CHECKING:
    from nnic.runtime.config import RunConfig
    from nnic.runtime.demand import Demand
    from nnic.runtime.loop.trial_table import ActiveTrial

FRESH_S = 0.2  # how old what is known of the GPUs may be when a trial is given one
HEADROOM = 1.1  # over the largest peak so far: the next trial may take a little more
_WITH_RESULT = frozenset({TrialState.SUCCEEDED, TrialState.STOPPED, TrialState.PAUSED})


class Place(NamedTuple):
    """What a trial runs on, and what of it stands in its environment."""

    devices: tuple[DeviceRef, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Admitted:
    """The answer: places of trials that were waiting, places for new ones, and why others wait."""

    places: Mapping[int, Place] = field(default_factory=dict)
    spare: tuple[Place, ...] = ()
    waits: tuple[Wait, ...] = ()


class Admission:
    """Gives trials their places. Used from the thread of the loop.

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

    def admit(
        self,
        config: RunConfig,
        running: Sequence[ActiveTrial],
        waiting: Sequence[ActiveTrial],
        more: int,
        now: float,
    ) -> Admitted:
        """Find places for the trials that wait, in their order, and then for ``more`` new ones.

        Raises
        ------
        DevicesError
            When there is no place for the first, and will be none whatever ends.
        """
        if not waiting and not more:
            return Admitted()
        state = self._state(config, running, now)
        ids = [*(active.record.id for active in waiting), *([None] * more)]
        alone = [*(runs_alone(active.record) for active in waiting), *([False] * more)]
        requests = [self._request(config.demand, *pair) for pair in zip(ids, alone)]
        places: dict[int, Place] = {}
        spare: list[Place] = []
        waits: list[Wait] = []
        for request, answer in zip(requests, schedule(state, requests)):
            if not isinstance(answer, Grant):
                if answer.never and not running and not places and not spare:
                    raise DevicesError(f"no trial can run any more: it {answer.reason}")
                if request.trial is not None or not any(wait.trial is None for wait in waits):
                    waits.append(Wait(request.trial, answer.reason))
            elif request.trial is None:
                spare.append(self._place(config, answer))
            else:
                places[request.trial] = self._place(config, answer)
        return Admitted(places, tuple(spare), tuple(waits))

    def look(
        self, running: Sequence[ActiveTrial], now: float, max_age_s: float = EVERY_S
    ) -> tuple[Sight, ...]:
        """See what the trials hold."""
        if self._monitor is None:
            return ()
        introduce(running)
        return self._monitor.look(now, running, max_age_s)

    def begin(self, active: ActiveTrial) -> None:
        """An attempt is about to start."""
        active.kernel_kills = kernel_kills()

    def kills_since(self, active: ActiveTrial) -> int:
        """How many processes the kernel has ended for want of memory since the attempt started."""
        return kernel_kills() - active.kernel_kills

    def learn(self, active: ActiveTrial) -> None:
        """What an attempt that is over took is what the next ones are expected to take."""
        record = active.record
        if record.devices and (active.memory_bytes or record.status in _WITH_RESULT):
            self._peak = max(self._peak or 0, active.memory_bytes or 0)

    def learn_earlier(self, lives: Sequence[ActiveTrial]) -> None:
        """Learn from the attempts of earlier sessions."""
        for active in lives:
            for attempt in active.record.attempts:
                if attempt.devices and (attempt.memory_bytes or active.record.status in _WITH_RESULT):
                    self._peak = max(self._peak or 0, attempt.memory_bytes or 0)

    def again(self, active: ActiveTrial, failure: Failure) -> str:
        """Why a trial that failed is started again alone, ``""`` when it is not."""
        if (
            not active.record.devices
            or not ran_out(failure)
            or not active.company
            or runs_alone(active.record)
        ):
            return ""
        return (
            f"it ran out of GPU memory beside {', '.join(sorted(active.company))}; it is started again alone"
        )

    def lost_device(self, active: ActiveTrial, running: Sequence[ActiveTrial], now: float) -> str:
        """Why a GPU of a trial that failed can't be used any more, ``""`` when they all can."""
        if not active.record.devices:
            return ""
        for sight in self.look(running, now, 0.0):
            if sight.gpu.lost and uses(active, sight.gpu.uuid):
                return f"its GPU {sight.gpu.number} is lost ({sight.gpu.lost})"
        return ""

    def close(self) -> None:
        """Give back what is held."""
        if self._monitor is not None:
            self._monitor.close()

    def _state(self, config: RunConfig, running: Sequence[ActiveTrial], now: float) -> State:
        demand = config.demand
        holdings = tuple(self._holding(demand, active) for active in running)
        if not demand.uses_gpus:
            return State((), holdings, cpus=None if demand.cpus is None else self._cpus)
        peaks = [
            *([] if self._peak is None else [self._peak]),
            *(active.memory_bytes or 0 for active in running),
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
    def _holding(demand: Demand, active: ActiveTrial) -> Holding:
        record = active.record
        alone = any(attempt.devices and ran_out(attempt.failure) for attempt in record.attempts[:-1])
        uuids = tuple(device.uuid for device in record.devices)
        return Holding(record.id, uuids, _part(demand), alone, demand.cpus or 0)

    def _place(self, config: RunConfig, grant: Grant) -> Place:
        demand = config.demand
        threads = threads_per_trial(demand, config.jobs, self._cpus)
        environment = thread_limits(threads, {**os.environ, **config.environment})
        if demand.gpus is not None:
            environment[VARIABLE] = ",".join(grant.uuids)
        numbers = {} if self._monitor is None else {s.gpu.uuid: s.gpu.number for s in self._monitor.sights}
        return Place(tuple(DeviceRef(uuid, numbers[uuid]) for uuid in grant.uuids), environment)


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
