"""Hyperband: many trials with a small budget, few with the whole one."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any

from nnic.tuners.base import generator, parse_state
from nnic.tuners.budgets import budget_levels, fidelity_of
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.cube import Cube
from nnic.tuners.distinct import DistinctSampler, row_key
from nnic.tuners.protocol import (
    Batch,
    BatchStatus,
    Decision,
    EventKind,
    Problem,
    Suggestion,
    Trial,
    TrialEvent,
    TrialState,
)
from nnic.tuners.space import Value


@dataclass(slots=True)
class _Slot:
    """A place in a rung: a configuration and what became of it."""

    config: dict[str, Value]
    parent: int | None = None
    parent_step: int | None = None
    trial: int | None = None
    last_step: int | None = None
    ended: bool = False
    loss: float | None = None  # None: not usable for a promotion


@dataclass(slots=True)
class _Rung:
    """One round of successive halving."""

    number: int
    budget: float
    slots: list[_Slot] = field(default_factory=list)
    wanted: int = 0  # slots to open; they are filled as they are suggested
    issued: int = 0


class HyperbandTuner:
    """Hyperband (Li et al. 2018, Algorithm 1), synchronous, with random configurations.

    With R the ratio of the largest to the smallest budget, bracket ``s`` from ``floor(log_eta R)``
    down to 0 starts ``ceil((s_max + 1) / (s + 1) * eta**s)`` configurations with ``eta**-s`` of the
    budget; the best ``1 / eta`` of each rung are promoted to ``eta`` times as much once all of it
    has ended. A promotion is a new trial with the same configuration and the earlier one as its
    parent. Brackets follow each other, and start over after the last one.

    Failed trials and results that are no numbers are never promoted; ties go to the earlier trial.

    Parameters
    ----------
    problem
        Must have a fidelity. The first objective counts.
    eta
        Above 1, at least 2 where the budget is an integer; the inverse of the promoted share.
    iterations
        How often to go through all brackets; ``None`` until the run ends, or every configuration
        of a finite space has had the whole budget.
    pause
        Let the tuner itself pause a trial once it has reported as often as its budget has units.
        For programs that report once a unit and go on from a checkpoint; otherwise a program ends
        where its budget says.

    Raises
    ------
    ValueError
        When the problem has no fidelity, or an option is out of range.
    """

    owns_stopping = True

    def __init__(
        self, problem: Problem, eta: float = 3.0, iterations: int | None = None, pause: bool = False
    ) -> None:
        self._fidelity = fidelity_of("hyperband", problem)
        self._levels = budget_levels("hyperband", self._fidelity, eta)
        if iterations is not None and iterations < 1:
            raise ValueError(f"hyperband: iterations must be at least 1, got {iterations}")
        self._problem = problem
        self._eta = eta
        self._iterations = iterations
        self._pause = pause
        self._maximize = problem.objectives[0].maximize
        self._cube = Cube(problem.space)
        self._constraints = ConstraintSet(problem.constraints)
        self._rng = generator(problem.seed)
        self._largest = len(self._levels) - 1
        self._done: set[str] = set()  # configurations that had the whole budget
        self._bracket = 0  # counted over all iterations
        self._sampler = DistinctSampler(self._cube, self._constraints, self._rng)
        self._rung = self._first_rung()

    def suggest(self, n: int) -> Batch:
        """Return what the current rung still lacks; WAIT while it runs."""
        suggestions: list[Suggestion] = []
        while len(suggestions) < n:
            slot = self._open_slot()
            if slot is not None:
                suggestions.append(self._suggestion(slot))
            elif self._running():
                return self._short(suggestions)
            elif not self._advance():
                return Batch(tuple(suggestions), BatchStatus.EXHAUSTED, self._why_exhausted())
        return Batch(tuple(suggestions))

    def promote(self, n: int) -> Batch:
        """Return promotions alone.

        The first rung counts as complete with what it has, and where nobody has had the whole budget
        yet the best one goes on until it has.
        """
        suggestions: list[Suggestion] = []
        while len(suggestions) < n:
            rung = self._rung
            if rung.number == 0:
                rung.wanted = rung.issued
            slot = self._open_slot()
            if slot is not None:
                suggestions.append(self._suggestion(slot))
            elif self._running():
                return self._short(suggestions)
            elif not self._climb(0 if self._done else 1):
                return Batch(tuple(suggestions), BatchStatus.EXHAUSTED, "the last bracket is complete")
        return Batch(tuple(suggestions))

    def observe(self, event: TrialEvent) -> Decision:
        """Take note of ``event``; PAUSE at the end of a budget where ``pause`` was asked for."""
        slot = self._slot_of(event.trial)
        if slot is None:
            return Decision.CONTINUE
        slot.trial = event.trial.id
        if event.kind is EventKind.REPORT:
            return self._judge(slot, event.trial)
        if event.kind is EventKind.ENDED and not slot.ended:
            slot.ended = True
            slot.loss = self._loss(event.trial)
            slot.last_step = event.trial.reports[-1].step if event.trial.reports else None
            if slot.loss is not None and self._rung.budget >= self._fidelity.high:
                self._done.add(self._key(slot))
        return Decision.CONTINUE

    def save(self) -> bytes:
        """Return the state as JSON."""
        state = {
            "kind": "hyperband",
            "rng": self._rng.bit_generator.state,
            "bracket": self._bracket,
            "rung": asdict(self._rung),
            "seen": self._sampler.to_json(),
            "done": sorted(self._done),
        }
        return json.dumps(state).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        data = parse_state(state, "hyperband")
        self._rng.bit_generator.state = data["rng"]
        self._bracket = data["bracket"]
        rung: dict[str, Any] = dict(data["rung"])
        self._rung = _Rung(**{**rung, "slots": [_Slot(**slot) for slot in rung["slots"]]})
        self._sampler.from_json(data["seen"])
        self._done = set(data["done"])

    def _first_rung(self) -> _Rung:
        """Open the current bracket (Algorithm 1, lines 2 to 4)."""
        self._sampler = DistinctSampler(self._cube, self._constraints, self._rng)
        s = self._bracket_size()
        wanted = math.ceil((self._largest + 1) / (s + 1) * self._eta**s - 1e-9)
        return _Rung(0, self._budget(s), wanted=wanted)

    def _budget(self, below: int) -> float:
        """The budget ``below`` rungs under the whole one."""
        return self._levels[-1 - below]

    def _open_slot(self) -> _Slot | None:
        """The next slot of the rung to be suggested; the first rung draws its configuration."""
        rung = self._rung
        if rung.issued == len(rung.slots) and len(rung.slots) < rung.wanted:
            row = self._sampler.draw()
            if row is None:
                rung.wanted = len(rung.slots)  # a small space fills no more
                return None
            rung.slots.append(_Slot(self._cube.decode(row)))
        if rung.issued == len(rung.slots):
            return None
        rung.issued += 1
        return rung.slots[rung.issued - 1]

    def _suggestion(self, slot: _Slot) -> Suggestion:
        place = {"bracket": self._bracket, "rung": self._rung.number, "slot": self._rung.issued - 1}
        tag = json.dumps(place)
        return Suggestion(slot.config, self._rung.budget, slot.parent, slot.parent_step, tag)

    def _advance(self) -> bool:
        """Promote the best of a rung that has ended (lines 5 to 9), or open the next bracket."""
        if self._climb():
            return True
        if not self._rung.slots or self._why_exhausted(self._bracket + 1):
            return False
        self._bracket += 1
        self._rung = self._first_rung()
        return True

    def _running(self) -> bool:
        return any(not slot.ended for slot in self._rung.slots)

    def _short(self, suggestions: list[Suggestion]) -> Batch:
        reason = f"rung {self._rung.number} of bracket {self._bracket} is not complete"
        return Batch(tuple(suggestions), BatchStatus.WAIT, reason)

    def _climb(self, least: int = 0) -> bool:
        """Open the next rung of the bracket for the best of one that has ended."""
        rung = self._rung
        s = self._bracket_size()
        usable = [slot for slot in rung.slots if slot.loss is not None]
        count = max(least, math.floor(len(rung.slots) / self._eta + 1e-9))
        best = sorted(usable, key=lambda slot: slot.loss or 0.0)[:count]
        if best and rung.number < s:
            slots = [_Slot(slot.config, slot.trial, slot.last_step) for slot in best]
            self._rung = _Rung(rung.number + 1, self._budget(s - rung.number - 1), slots, len(slots))
            return True
        return False

    def _why_exhausted(self, bracket: int | None = None) -> str:
        """Why no bracket number ``bracket`` comes; empty when it does."""
        bracket = self._bracket + 1 if bracket is None else bracket
        if self._iterations is not None and bracket >= self._iterations * (self._largest + 1):
            return f"all {bracket} brackets are complete"
        if self._cube.size is not None and len(self._done) >= self._cube.size:
            return f"all {self._cube.size} configurations of the search space had the whole budget"
        return "" if self._rung.slots else self._sampler.why_nothing()

    def _slot_of(self, trial: Trial) -> _Slot | None:
        try:
            place = json.loads(trial.suggestion.tag)
            here = (place["bracket"], place["rung"]) == (self._bracket, self._rung.number)
            slot = self._rung.slots[place["slot"]] if here else None
        except (ValueError, TypeError, KeyError, IndexError):
            return None
        return slot if slot is not None and slot.config == dict(trial.suggestion.config) else None

    def _judge(self, slot: _Slot, trial: Trial) -> Decision:
        budget = trial.suggestion.budget
        if not self._pause or budget is None or budget >= self._fidelity.high:
            return Decision.CONTINUE
        # A promotion counts its steps from 0 again, after what the rung below had used.
        before = 0.0 if slot.parent is None else self._budget(self._bracket_size() - self._rung.number + 1)
        reached = before + trial.reports[-1].step + 1
        return Decision.PAUSE if reached >= budget else Decision.CONTINUE

    def _bracket_size(self) -> int:
        """The ``s`` of the current bracket: the number of its promotions."""
        return self._largest - self._bracket % (self._largest + 1)

    def _loss(self, trial: Trial) -> float | None:
        """What a trial reached, smaller is better; ``None`` for nothing that can be promoted."""
        if trial.state is TrialState.SUCCEEDED:
            values = trial.values
        elif trial.state in (TrialState.PAUSED, TrialState.STOPPED):
            values = trial.values or (trial.reports[-1].values if trial.reports else None)
        else:
            return None
        if not values or not math.isfinite(values[0]):
            return None
        return -values[0] if self._maximize else values[0]

    def _key(self, slot: _Slot) -> str:
        return row_key(self._cube.encode(slot.config)).hex()
