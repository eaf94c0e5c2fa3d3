"""Which trial gets which GPU: a pure function of what runs and what is asked for.

Requests are served in their order. One that cannot be served now keeps what it waits for from those
behind it: the slots that have least on them, which therefore only empties, so that small requests
never starve a big one. The same state gives the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from nnic.runtime.devices.inventory import Process
from nnic.runtime.devices.wording import in_gib, list_trials, name_processes

SHOWN = 3  # GPUs whose obstacles a reason names


@dataclass(frozen=True, slots=True)
class Slot:
    """A GPU, or a MIG instance, as trials may use it.

    Parameters
    ----------
    number
        What people know it by: ``0``, or ``0:1`` for the second MIG instance of the first GPU.
    lost
        Why it can no longer be used, in NVML's words.
    strangers
        Processes on it that are not ours.
    room_bytes
        Memory that neither strangers nor the trials on it need; ``None`` when it is not known.
    instance
        It is a MIG instance: CUDA gives a process one of these at most.
    """

    uuid: str
    number: str
    lost: str = ""
    strangers: tuple[Process, ...] = ()
    room_bytes: int | None = None
    instance: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """A trial that runs: the GPUs that it has, how much of each, and its CPUs."""

    trial: int
    uuids: tuple[str, ...] = ()
    part: Fraction = Fraction(0)
    alone: bool = False
    cpus: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """A trial that is to start, ``None`` for one that has no number yet.

    Parameters
    ----------
    gpus
        On how many GPUs it runs.
    part
        How much of each it takes, at most 1.
    alone
        On GPUs where nothing else runs.
    """

    trial: int | None
    gpus: int = 0
    part: Fraction = Fraction(1)
    alone: bool = False
    cpus: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """All that the answer depends on.

    Parameters
    ----------
    trials_per_gpu
        How many trials may share a slot.
    use_active
        Slots with strangers on them may be used.
    packs
        A slot is shared only as far as its memory reaches.
    peak_bytes
        Memory that a trial is expected to need at most; ``None`` when none has ended yet.
    cpus
        How many there are, ``None`` when they are not counted.
    """

    slots: tuple[Slot, ...] = ()
    holdings: tuple[Holding, ...] = ()
    trials_per_gpu: int = 1
    use_active: bool = False
    packs: bool = False
    peak_bytes: int | None = None
    cpus: int | None = None


class Grant(NamedTuple):
    """A request that is met, with these GPUs."""

    uuids: tuple[str, ...] = ()


class Refusal(NamedTuple):
    """A request that waits, and why; ``never`` when no end of a trial could change that."""

    reason: str
    never: bool = False


def schedule(state: State, requests: Sequence[Request]) -> tuple[Grant | Refusal, ...]:
    """Answer each request, the first ones first."""
    board = _Board(state)
    return tuple(board.answer(request) for request in requests)


class _Board:
    """The state with the answers so far put into it."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._on: dict[str, list[Holding]] = {slot.uuid: [] for slot in state.slots}
        self._room = {slot.uuid: slot.room_bytes for slot in state.slots}
        self._kept: dict[str, Request] = {}
        self._cpus = state.cpus
        self._computing: list[Holding] = []
        for holding in state.holdings:
            self._put(holding)

    def answer(self, request: Request) -> Grant | Refusal:
        """Grant or refuse one request; either way the next ones see it."""
        slots = [slot for slot in self._state.slots if not (slot.instance and request.gpus > 1)]
        obstacles = {slot: self._obstacle(slot, request) for slot in slots}
        free = sorted((slot for slot in slots if not obstacles[slot]), key=self._load)
        short = self._cpus is not None and request.cpus > self._cpus
        if len(free) < request.gpus or short:
            never = sum(not slot.lost for slot in slots) < request.gpus
            reason = self._why(request, obstacles) if len(free) < request.gpus else self._why_cpus(request)
            self._keep(request, slots)
            return Refusal(reason, never)
        uuids = tuple(slot.uuid for slot in free[: request.gpus])
        number = -1 if request.trial is None else request.trial
        self._put(Holding(number, uuids, request.part, request.alone, request.cpus))
        for uuid in uuids:
            room = self._room[uuid]
            self._room[uuid] = None if room is None else room - (self._state.peak_bytes or 0)
        return Grant(uuids)

    def _put(self, holding: Holding) -> None:
        for uuid in holding.uuids:
            self._on.setdefault(uuid, []).append(holding)
        if holding.cpus and self._cpus is not None:
            self._cpus -= holding.cpus
            self._computing.append(holding)

    def _load(self, slot: Slot) -> tuple[bool, int, Fraction, int]:
        """Least first: trials spread over GPUs before they share."""
        on = self._on[slot.uuid]
        place = self._state.slots.index(slot)
        return bool(slot.strangers), len(on), sum((h.part for h in on), Fraction(0)), place

    def _keep(self, request: Request, slots: Sequence[Slot]) -> None:
        left = [slot for slot in slots if not slot.lost and slot.uuid not in self._kept]
        for slot in sorted(left, key=self._load)[: request.gpus]:
            self._kept[slot.uuid] = request
        if self._cpus is not None:
            self._cpus -= request.cpus

    def _obstacle(self, slot: Slot, request: Request) -> str:
        """Why ``request`` cannot have ``slot`` now, ``""`` when it can."""
        state, on = self._state, self._on[slot.uuid]
        if slot.lost:
            return f"is lost ({slot.lost})"
        if slot.uuid in self._kept:
            kept = self._kept[slot.uuid].trial
            return "is kept for one before it" if kept is None else f"is kept for trial #{kept}"
        if slot.strangers and not state.use_active:
            return f"is used by {name_processes(slot.strangers)}"
        if not on:
            return ""
        trials = list_trials(holding.trial for holding in on)
        crowded = len(on) >= state.trials_per_gpu or sum(h.part for h in on) + request.part > 1
        if crowded or request.alone:
            return f"runs {trials}"
        if any(holding.alone for holding in on):
            return f"runs {trials} alone, which ran out of memory before"
        return self._tightness(slot, trials) if state.packs else ""

    def _tightness(self, slot: Slot, trials: str) -> str:
        peak, room = self._state.peak_bytes, self._room[slot.uuid]
        if peak is None:
            return f"runs {trials}, and what memory a trial takes is known when the first has ended"
        if room is None or peak <= room:
            return ""
        return f"has {in_gib(room)} left beside {trials}, and a trial takes up to {in_gib(peak)}"

    def _why(self, request: Request, obstacles: dict[Slot, str]) -> str:
        what = "a GPU" if request.gpus == 1 else f"{request.gpus} GPUs"
        own = (" of its own" if request.gpus == 1 else " of their own") if request.alone else ""
        named = [f"GPU {slot.number} {text}" for slot, text in obstacles.items() if text]
        more = f"; and {len(named) - SHOWN} more are taken" if len(named) > SHOWN else ""
        if not obstacles:
            return f"waits for {what}{own}: there is none that it could use"
        return f"waits for {what}{own}: {'; '.join(named[:SHOWN])}{more}"

    def _why_cpus(self, request: Request) -> str:
        what = "a CPU" if request.cpus == 1 else f"{request.cpus} CPUs"
        if not self._computing:
            return f"waits for {what}: others are before it"
        holders, taken = list_trials(h.trial for h in self._computing), sum(h.cpus for h in self._computing)
        has = "have" if holders.startswith("trials") else "has"
        return f"waits for {what}: {holders} {has} {taken} of {self._state.cpus}"
