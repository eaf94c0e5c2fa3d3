"""What tuners share that draw configurations one by one: the cube, the generator, the state."""

from __future__ import annotations

import json

import numpy as np

from nnic.tuners.abilities import Abilities
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.distinct import DistinctSampler
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import Batch, BatchStatus, Decision, EventKind, Problem, Suggestion, TrialEvent
from nnic.tuners.search.state import parse_state


def generator(seed: int) -> np.random.Generator:
    """Make the generator of an experiment; any integer is a seed."""
    return np.random.Generator(np.random.PCG64(seed % 2**64))


def full_budget(problem: Problem) -> float | None:
    """The whole budget of a trial; ``None`` where the problem has no fidelity."""
    return None if problem.fidelity is None else problem.fidelity.high


class DrawingTuner:
    """A tuner that draws new configurations one by one; the base of random search and TPE.

    Subclasses override :meth:`_propose`, and :meth:`_note` to learn from what happens.
    """

    abilities = Abilities(learns=False)
    owns_stopping = False

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cube = Cube(problem.space)
        self.constraints = ConstraintSet(problem.constraints)
        self.rng = generator(problem.seed)
        self.distinct = DistinctSampler(self.cube, self.constraints, self.rng)
        self._budget = full_budget(problem)

    def suggest(self, n: int) -> Batch:
        """Return ``n`` configurations, fewer only when nothing new is left."""
        suggestions: list[Suggestion] = []
        for _ in range(n):
            row = self._propose()
            if row is None:
                return Batch(tuple(suggestions), BatchStatus.EXHAUSTED, self.distinct.why_nothing())
            suggestions.append(self._suggestion(row))
        return Batch(tuple(suggestions))

    def observe(self, event: TrialEvent) -> Decision:
        """Take note of ``event``; such a tuner never stops a trial."""
        if event.kind is not EventKind.REPORT:
            row = self._row_of(event.trial.suggestion)
            if row is not None:
                self._note(event, row)
        return Decision.CONTINUE

    def save(self) -> bytes:
        """Return the state as JSON."""
        state = {"kind": type(self).__name__, "rng": self.rng.bit_generator.state}
        return json.dumps({**state, "seen": self.distinct.to_json()}).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        data = parse_state(state, type(self).__name__)
        self.rng.bit_generator.state = data["rng"]
        self.distinct.from_json(data["seen"])

    def _propose(self) -> Floats | None:
        """Return a new row, already added to what was seen; ``None`` when nothing new is left."""
        return self.distinct.draw()

    def _tag(self, row: Floats) -> str:
        """The tag of the suggestion that ``row`` becomes."""
        return ""

    def _note(self, event: TrialEvent, row: Floats) -> None:
        """Learn from ``event`` (never a REPORT) about the configuration of ``row``."""
        self.distinct.add(row)

    def _suggestion(self, row: Floats) -> Suggestion:
        return Suggestion(self.cube.decode(row), self._budget, tag=self._tag(row))

    def _row_of(self, suggestion: Suggestion) -> Floats | None:
        """The row of a suggestion's configuration; ``None`` when that lies outside of the space."""
        config = suggestion.config
        return self.cube.encode(config) if self.problem.space.contains(config) else None
