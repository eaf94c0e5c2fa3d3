"""Hyperband gives many trials a small budget, and few the whole one."""

from __future__ import annotations

import json
import math
from typing import Literal

from nnic.tuners.abilities import Abilities
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.distinct import DistinctSampler, row_key
from nnic.tuners.multifidelity.budgets import bracket_sizes, budget_levels, decide_pause, fidelity_of
from nnic.tuners.multifidelity.halving import Bracket, Slot
from nnic.tuners.protocol import (
    Batch,
    BatchStatus,
    Decision,
    EventKind,
    Problem,
    Suggestion,
    Trial,
    TrialEvent,
)
from nnic.tuners.search.base import generator
from nnic.tuners.search.observations import reached
from nnic.tuners.search.state import parse_state
from nnic.tuners.space import Value


class HyperbandTuner:
    """Hyperband (Li et al. 2018, Algorithm 1) with random configurations.

    R is the ratio of the largest to the smallest budget. Bracket ``s``, from ``floor(log_eta R)`` down
    to 0, starts ``ceil((s_max + 1) / (s + 1) * eta**s)`` configurations with ``eta**-s`` of the budget.
    When all trials of a rung have ended, its best ``1 / eta`` are promoted to ``eta`` times the budget.
    A promotion is a new trial with the same configuration and the earlier trial as its parent. The
    brackets run one after the other, and then begin again.

    Failed trials and results that are not numbers are never promoted. In a tie the earlier trial wins.

    Parameters
    ----------
    problem
        The problem, which must have a fidelity; its first objective counts.
    eta
        The inverse of the promoted share, above 1, and at least 2 where the budget is an integer.
    R
        NNI's name for the largest budget; by default that of the program, which it may not exceed.
    exec_mode
        What to do with free jobs while a rung is not complete: ``"parallelism"`` starts the next
        bracket, ``"serial"`` waits.
    iterations
        How often to run all brackets, at least 1; by default until the run ends, or until every
        configuration of a finite space has had the whole budget.
    pause
        Let the tuner itself pause a trial once it has reported as often as its budget has units. This
        is for programs that report once a unit and continue from a checkpoint; other programs end by
        themselves where their budget says.

    Raises
    ------
    ValueError
        When the problem has no fidelity, or an option is out of range.
    """

    abilities = Abilities(budgets=True, promotes=True, learns=False)
    owns_stopping = True

    def __init__(
        self,
        problem: Problem,
        eta: float = 3.0,
        R: float | None = None,
        exec_mode: Literal["parallelism", "serial"] = "parallelism",
        iterations: int | None = None,
        pause: bool = False,
    ) -> None:
        self._levels = budget_levels("hyperband", fidelity_of("hyperband", problem, high=R), eta)
        if iterations is not None and iterations < 1:
            raise ValueError(f"hyperband: iterations must be at least 1, got {iterations}")
        self._eta = eta
        self._serial = exec_mode == "serial"
        self._pause = pause
        self._maximize = problem.objectives[0].maximize
        self._cube = Cube(problem.space)
        self._constraints = ConstraintSet(problem.constraints)
        self._rng = generator(problem.seed)
        self._sizes = bracket_sizes(len(self._levels), eta)
        self._last = None if iterations is None else iterations * len(self._sizes)
        self._done: set[str] = set()  # The configurations that had the whole budget.
        self._opened = 0  # How many brackets were opened, over all iterations.
        self._brackets: list[Bracket] = []  # Those that have not ended, by their numbers.
        self._sampler = self._new_sampler()

    def suggest(self, n: int) -> Batch:
        """Return what the rungs still lack, and what the next brackets begin with."""
        suggestions: list[Suggestion] = []
        while len(suggestions) < n:
            suggestion = self._issue()
            if suggestion is not None:
                suggestions.append(suggestion)
            elif self._brackets and self._serial:
                return self._waiting(suggestions)
            elif not self._may_open() or not self._open():
                if self._brackets:
                    return self._waiting(suggestions)
                return Batch(tuple(suggestions), BatchStatus.EXHAUSTED, self._why_exhausted())
        return Batch(tuple(suggestions))

    def promote(self, n: int) -> Batch:
        """Return promotions only.

        First rungs count as complete with what they have, and where nobody has had the whole
        budget yet the best of a bracket goes on until it has.
        """
        for bracket in self._brackets:
            bracket.close()
        suggestions: list[Suggestion] = []
        while len(suggestions) < n:
            suggestion = self._issue(0 if self._done else 1)
            if suggestion is None and self._brackets:
                return self._waiting(suggestions)
            if suggestion is None:
                return Batch(tuple(suggestions), BatchStatus.EXHAUSTED, "all brackets are complete")
            suggestions.append(suggestion)
        return Batch(tuple(suggestions))

    def observe(self, event: TrialEvent) -> Decision:
        """Take note of ``event``; PAUSE at the end of a budget where ``pause`` was asked for."""
        bracket, slot = self._slot_of(event.trial)
        if bracket is None or slot is None:
            return Decision.CONTINUE
        slot.trial = event.trial.id
        if event.kind is EventKind.REPORT:
            return self._judge(bracket, event.trial)
        if event.kind is EventKind.ENDED:  # Perhaps once more: tried again, discarded or taken back.
            slot.ended = True
            self._done.discard(self._key(slot))
            loss = reached(event.trial, self._maximize)
            slot.loss = loss if loss is not None and math.isfinite(loss) else None
            slot.last_step = event.trial.reports[-1].step if event.trial.reports else None
            if slot.loss is not None and bracket.budget >= self._levels[-1]:
                self._done.add(self._key(slot))
        return Decision.CONTINUE

    def save(self) -> bytes:
        """Return the state as JSON."""
        state = {
            "kind": "hyperband",
            "rng": self._rng.bit_generator.state,
            "opened": self._opened,
            "brackets": [bracket.to_json() for bracket in self._brackets],
            "seen": self._sampler.to_json(),
            "done": sorted(self._done),
        }
        return json.dumps(state).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        data = parse_state(state, "hyperband")
        self._rng.bit_generator.state = data["rng"]
        self._opened = data["opened"]
        self._brackets = [Bracket.from_json(bracket) for bracket in data["brackets"]]
        self._sampler.from_json(data["seen"])
        self._done = set(data["done"])

    def _issue(self, least: int = 0) -> Suggestion | None:
        """Suggest the next slot of the open brackets, the oldest first; close those that have ended."""
        for bracket in tuple(self._brackets):
            slot = bracket.issue(self._draw)
            if slot is None and not bracket.running and bracket.open_rung(self._eta, least):
                slot = bracket.issue(self._draw)
            if slot is not None:
                return self._suggestion(bracket, slot)
            if not bracket.running:
                self._brackets.remove(bracket)
        return None

    def _open(self) -> bool:
        """Begin the next bracket; return False when there is nothing to begin it with."""
        self._sampler = self._new_sampler()
        s = len(self._levels) - 1 - self._opened % len(self._levels)
        bracket = Bracket(self._opened, self._levels[-1 - s :], self._sizes[-1 - s])
        row = self._sampler.draw()
        if row is None:
            return False
        bracket.slots.append(Slot(self._cube.decode(row)))
        self._opened += 1
        self._brackets.append(bracket)
        return True

    def _new_sampler(self) -> DistinctSampler:
        """Make a bracket's sampler: configurations may return, but not while an earlier bracket has them, nor
        once they have had the whole budget."""
        sampler = DistinctSampler(self._cube, self._constraints, self._rng)
        for key in self._done:
            sampler.add_key(bytes.fromhex(key))
        for bracket in self._brackets:
            for slot in bracket.slots:
                sampler.add(self._cube.encode(slot.config))
        return sampler

    def _draw(self) -> dict[str, Value] | None:
        row = self._sampler.draw()
        return None if row is None else self._cube.decode(row)

    def _suggestion(self, bracket: Bracket, slot: Slot) -> Suggestion:
        tag = json.dumps({"bracket": bracket.number, "rung": bracket.rung, "slot": bracket.issued - 1})
        return Suggestion(slot.config, bracket.budget, slot.parent, slot.parent_step, tag)

    def _may_open(self) -> bool:
        whole = self._cube.size is not None and len(self._done) >= self._cube.size
        return not whole and (self._last is None or self._opened < self._last)

    def _waiting(self, suggestions: list[Suggestion]) -> Batch:
        first = self._brackets[0]
        reason = f"rung {first.rung} of bracket {first.number} is not complete"
        return Batch(tuple(suggestions), BatchStatus.WAIT, reason)

    def _why_exhausted(self) -> str:
        if self._last is not None and self._opened >= self._last:
            return f"all {self._opened} brackets are complete"
        if self._cube.size is not None and len(self._done) >= self._cube.size:
            return f"all {self._cube.size} configurations of the search space had the whole budget"
        return self._sampler.why_nothing()

    def _slot_of(self, trial: Trial) -> tuple[Bracket | None, Slot | None]:
        try:
            place = json.loads(trial.suggestion.tag)
            found = [b for b in self._brackets if (b.number, b.rung) == (place["bracket"], place["rung"])]
            slot = found[0].slots[place["slot"]]
        except (ValueError, TypeError, KeyError, IndexError):
            return None, None
        return (found[0], slot) if slot.config == dict(trial.suggestion.config) else (None, None)

    def _judge(self, bracket: Bracket, trial: Trial) -> Decision:
        if not self._pause or bracket.budget >= self._levels[-1]:
            return Decision.CONTINUE
        return decide_pause(trial, bracket.used, bracket.budget)

    def _key(self, slot: Slot) -> str:
        return row_key(self._cube.encode(slot.config)).hex()
