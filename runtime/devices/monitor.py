"""What is on the GPUs: which processes are our trials', which are strangers, how much memory each takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from nnic.runtime.devices.inventory import Gpu, Inventory, Process
from nnic.runtime.devices.wording import name_processes
from nnic.runtime.processes import TRIAL_MARK, mark_of, read_stat
from nnic.runtime.store.records import TrialRecord

EVERY_S = 1.0  # The memory of trials is looked at so often.
DEEPEST = 64  # the most generations between a trial and a process of its own


@dataclass(frozen=True, slots=True)
class Sight:
    """A GPU as it was seen last.

    Parameters
    ----------
    strangers
        Processes that are not our trials'.
    ours_bytes
        Memory of all our trials on it.
    """

    gpu: Gpu
    strangers: tuple[Process, ...] = ()
    ours_bytes: int = 0


@dataclass(slots=True)
class Occupancy:
    """What an attempt was seen to have of its GPUs.

    Parameters
    ----------
    memory_bytes
        The most memory that it held on one of them; ``None`` when it was not seen.
    company
        What else was on them: trials, and other programs.
    """

    memory_bytes: int | None = None
    company: set[str] = field(default_factory=set)


class DeviceMonitor:
    """Looks at the permitted GPUs now and then, and remembers what the running attempts have of them.

    In a container with process numbers of its own the driver's are those of the machine around it,
    which mean nothing here. One that was there before any of our trials is then a stranger; one that
    came while one ran is taken for that trial's.
    """

    def __init__(self, inventory: Inventory, uuids: Iterable[str]) -> None:
        self._inventory = inventory
        self._uuids = tuple(uuids)
        self._seen_at: float | None = None
        self._before: dict[str, set[int]] = {uuid: set() for uuid in self._uuids}
        self._taken: dict[str, set[int]] = {uuid: set() for uuid in self._uuids}
        self._occupancies: dict[tuple[int, int], Occupancy] = {}
        self.sights: tuple[Sight, ...] = ()

    def look(
        self, now: float, running: Sequence[TrialRecord], max_age_s: float = EVERY_S
    ) -> tuple[Sight, ...]:
        """What was seen at most ``max_age_s`` seconds before ``now`` (of the monotonic clock)."""
        self._introduce(running)
        if self._seen_at is None or now - self._seen_at >= max_age_s:
            self._seen_at = now
            found = {gpu.uuid: gpu for gpu in self._inventory.read()}
            self.sights = tuple(self._sort(found[uuid], running) for uuid in self._uuids)
        return self.sights

    def occupancy(self, trial: TrialRecord) -> Occupancy:
        """What the current attempt of a trial was seen to have."""
        return self._occupancies.setdefault((trial.id, trial.attempt), Occupancy())

    def forget(self, trial: TrialRecord) -> None:
        """Forget what the current attempt of a trial had, which is over."""
        self._occupancies.pop((trial.id, trial.attempt), None)

    def close(self) -> None:
        """Give the inventory back."""
        self._inventory.close()

    def _introduce(self, running: Sequence[TrialRecord]) -> None:
        """Note which trials share a GPU, for when memory runs out."""
        for one, other in combinations(running, 2):
            if {d.uuid for d in one.devices} & {d.uuid for d in other.devices}:
                self.occupancy(one).company.add(f"trial #{other.id}")
                self.occupancy(other).company.add(f"trial #{one.id}")

    def _sort(self, gpu: Gpu, running: Sequence[TrialRecord]) -> Sight:
        """Tell whose the processes on a GPU are."""
        on = [trial for trial in running if uses(trial, gpu.uuid)]
        own: dict[int, TrialRecord | None] = {}
        strangers = []
        for process in gpu.processes or ():
            owner = self._owner(process.pid, running)
            if owner is not None:
                own[process.pid] = owner
            elif self._is_taken(gpu.uuid, process.pid, bool(on)):
                own[process.pid] = on[0] if len(on) == 1 else None
            else:
                strangers.append(process)
        self._taken[gpu.uuid] = set(own)
        for trial in on:
            held = [p.memory_bytes for p in gpu.processes or () if own.get(p.pid) is trial]
            _note(self.occupancy(trial), held)
            if strangers:
                self.occupancy(trial).company.add(name_processes(strangers))
        ours = sum(p.memory_bytes or 0 for p in gpu.processes or () if p.pid in own)
        return Sight(gpu, tuple(strangers), ours)

    def _is_taken(self, uuid: str, pid: int, occupied: bool) -> bool:
        """Whether a process that is not known to be a trial's is taken for one."""
        if read_stat(pid) is not None:
            return False
        if pid in self._taken[uuid] or (occupied and pid not in self._before[uuid]):
            return True
        self._before[uuid].add(pid)
        return False

    def _owner(self, pid: int, running: Sequence[TrialRecord]) -> TrialRecord | None:
        """The running trial that a process belongs to, by its environment or its ancestors."""
        mark = mark_of(pid, TRIAL_MARK)
        for trial in running:
            if mark == str(trial.directory):
                return trial
        mains = {a.process.pid: trial for trial in running for a in trial.attempts[-1:] if a.process}
        for _ in range(DEEPEST):
            if pid in mains:
                return mains[pid]
            stat = read_stat(pid)
            if stat is None or stat.parent <= 1:
                return None
            pid = stat.parent
        return None


def uses(trial: TrialRecord, uuid: str) -> bool:
    """Whether the current attempt of a trial was given a GPU."""
    return any(device.uuid == uuid for device in trial.devices)


def _note(occupancy: Occupancy, sizes: Sequence[int | None]) -> None:
    known = [size for size in sizes if size is not None]
    if known:
        occupancy.memory_bytes = max(occupancy.memory_bytes or 0, sum(known))
