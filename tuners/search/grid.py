"""Grid search, refined by halving until the budget or the space runs out."""

from __future__ import annotations

import json

import numpy as np

from nnic.tuners.abilities import Abilities
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.mapping.cube import Cube, all_units
from nnic.tuners.mapping.dimensions import Category, Dimension, Integers
from nnic.tuners.mapping.distinct import row_key
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import Batch, BatchStatus, Decision, EventKind, Problem, Suggestion, TrialEvent
from nnic.tuners.search.base import full_budget
from nnic.tuners.search.state import parse_state

_LISTED = 64  # A randint of up to this many values is listed whole from the start.
_IDLE = 8  # A parameter counts as exhausted after this many halvings without a new value.
_PATIENCE = 100_000  # The search ends when this many grid points in a row violate the constraints.


class GridTuner:
    """Tries every point of a grid, then of one twice as fine, and so on.

    As in NNI, the first grid contains all options of choices and all values of small ``randint``, and
    the median of every other parameter. Each refinement adds the points half-way between (1/4 and 3/4,
    then the eighths) of the sampler's distribution. Points that have the same value after quantisation
    count as one, and a configuration of an earlier grid is not tried again. The search ends when no
    parameter has another value. The parameters of each option have a grid of their own.

    Parameters
    ----------
    problem
        The problem; points that violate its constraints are left out.
    resolution
        How many evenly spaced values each numeric parameter has, at least 1. The grid is then not refined.
        Both ends of a range are included, and all values where there are fewer.

    Raises
    ------
    ValueError
        When ``resolution`` is below 1.
    """

    abilities = Abilities(learns=False)
    owns_stopping = False

    def __init__(self, problem: Problem, resolution: int | None = None) -> None:
        if resolution is not None and resolution < 1:
            raise ValueError(f"grid: resolution must be at least 1, got {resolution}")
        self._problem = problem
        self._resolution = resolution
        self._cube = Cube(problem.space)
        self._constraints = ConstraintSet(problem.constraints)
        self._budget = full_budget(problem)
        self._seen: set[bytes] = set()
        self._level = 0
        self._index = 0
        self._total = 0  # The points of the current grid, with those of earlier ones.
        self._axes: list[_Axis] = []
        self._counts: list[int | None] = []
        self._build()

    def suggest(self, n: int) -> Batch:
        """Return the next points of the grid."""
        suggestions: list[Suggestion] = []
        skipped = 0
        while len(suggestions) < n:
            row = self._next()
            if row is None:
                return Batch(tuple(suggestions), BatchStatus.EXHAUSTED, "every point of the grid was tried")
            if skipped > _PATIENCE:
                reason = f"none of {_PATIENCE} points of the grid satisfies the constraints"
                return Batch(tuple(suggestions), BatchStatus.EXHAUSTED, reason)
            config = self._cube.decode(row)
            if row_key(row) in self._seen or self._constraints.violation(config) > 0:
                skipped += 1
                continue
            skipped = 0
            suggestions.append(Suggestion(config, self._budget))
        return Batch(tuple(suggestions))

    def observe(self, event: TrialEvent) -> Decision:
        """Remember what others have tried, such as the user's own values, which needs no repetition."""
        config = event.trial.suggestion.config
        if event.kind in (EventKind.STARTED, EventKind.IMPORTED) and self._problem.space.contains(config):
            self._seen.add(row_key(self._cube.encode(config)))
        return Decision.CONTINUE

    def save(self) -> bytes:
        """Return the place in the grid as JSON."""
        seen = sorted(key.hex() for key in self._seen)
        return json.dumps({"kind": "grid", "level": self._level, "index": self._index, "seen": seen}).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        data = parse_state(state, "grid")
        self._seen = {bytes.fromhex(key) for key in data["seen"]}
        self._level, self._index = data["level"], data["index"]
        self._build()

    def _build(self) -> None:
        """Lay out the axes of the current level."""
        self._axes = [_Axis(dimension, self._resolution) for dimension in self._cube.dimensions]
        for column in set(range(len(self._cube))) - self._cube.reachable:
            self._axes[column].complete = True  # Refining it would never give a new configuration.
        for _ in range(self._level):
            self._refine()
        self._count()

    def _refine(self) -> None:
        for axis in self._axes:
            axis.refine()

    def _count(self) -> None:
        sizes = [len(axis.points) for axis in self._axes]
        self._counts = self._cube.subtree_counts(sizes)
        self._total = self._cube.count(sizes) or 0

    def _next(self) -> Floats | None:
        """The next point that no earlier grid had; ``None`` when nothing can be refined."""
        while True:
            while self._index < self._total:
                row = np.full(len(self._cube), np.nan)
                self._index += 1
                new = self._unrank(row, self._cube.columns_under(None), self._index - 1)
                if new or self._level == 0:
                    return row
            if all(axis.complete for axis in self._axes):
                return None
            self._level += 1
            self._index = 0
            self._refine()
            self._count()

    def _unrank(self, row: Floats, columns: list[int], index: int) -> bool:
        """Write point number ``index`` below ``columns`` into ``row``; whether any of it is new."""
        new = False
        for column in reversed(columns):
            count = self._counts[column]
            assert count is not None
            index, digit = divmod(index, count)
            dimension = self._cube.dimensions[column]
            if not isinstance(dimension, Category):
                row[column] = self._axes[column].points[digit]
                new |= digit >= self._axes[column].old
                continue
            for option in dimension.indices:
                children = self._cube.columns_under(column, option)
                below = 1
                for child in children:
                    below *= self._counts[child] or 0
                if digit < below:
                    row[column] = option
                    new |= self._unrank(row, children, digit)
                    break
                digit -= below
        return new


class _Axis:
    """The points of one parameter, of which those of earlier grids come first."""

    def __init__(self, dimension: Dimension, resolution: int | None) -> None:
        self._dimension = dimension
        self._depth = 0
        self._idle = 0
        self._open = [0, 1]  # The cells of this depth that may hold a value that none of their ends has.
        self.old = 0
        self.complete = True
        listed = isinstance(dimension, Integers) and dimension.count <= _LISTED
        few = resolution is not None and dimension.size is not None and dimension.size <= resolution
        if isinstance(dimension, Category) or listed or few:
            self.points = all_units(dimension)
        elif resolution is not None:
            self.points = self._distinct(_spaced(dimension, resolution))
        else:
            self.points = self._distinct([0.5])
            self.complete = dimension.size == 1

    def refine(self) -> None:
        """Add the points half-way between those that the halving has reached."""
        self.old = len(self.points)
        if self.complete:
            return
        self._depth += 1
        step, size = 2.0 ** -(self._depth + 1), self._dimension.size
        self.points = self._distinct(self.points + [step * (2 * cell + 1) for cell in self._open])
        self._open = [half for cell in self._open for half in self._halves(cell, step)]
        if size is not None and 4 * size <= 1 / step:  # Some cells would be too narrow to be met.
            self.points = list(dict.fromkeys(self.points + all_units(self._dimension)))
        self._idle = 0 if len(self.points) > self.old else self._idle + 1
        self.complete = len(self.points) == size or self._idle >= _IDLE

    def _halves(self, cell: int, step: float) -> list[int]:
        """The halves of a cell that may hold another value: those whose ends differ.

        Without leaving the others out, a quantised normal would cost twice as much each time for
        the few values that its tails still have.
        """
        decode = self._dimension.decode
        first, middle, last = (decode(step * (2 * cell + end)) for end in range(3))
        return [2 * cell] * (first != middle) + [2 * cell + 1] * (middle != last)

    def _distinct(self, points: list[float]) -> list[float]:
        """The points as their values encode, each value once."""
        encode, decode = self._dimension.encode, self._dimension.decode
        return list(dict.fromkeys(encode(decode(point)) for point in points))


def _spaced(dimension: Dimension, count: int) -> list[float]:
    """Evenly spaced points, with both ends of a range where it has some."""
    if not dimension.parameter.sampler.bounded or count == 1:
        return [(i + 0.5) / count for i in range(count)]
    return [i / (count - 1) for i in range(count)]
