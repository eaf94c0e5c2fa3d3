"""CMA-ES: a normal distribution that moves to where results are better, and learns its shape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnic.tuners.mapping.dimensions import Category
from nnic.tuners.mapping.distinct import row_key
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import Problem
from nnic.tuners.search.categorical import CategoricalDistribution
from nnic.tuners.search.model_based import ModelBasedTuner
from nnic.tuners.search.normal import NormalDistribution, rank_weights
from nnic.tuners.search.observations import KNOWN

_TRIES = 100  # A new, allowed configuration is looked for among this many points.
_NARROW = 1e-9  # Where all deviations are smaller than this part of the range, a search has converged.
_STALLED = 1e-12  # It has converged, too, where losses differ by less than this part.
_LARGEST = 1024  # No population grows beyond this size.
_ELSEWHERE = -1  # This is the age of a point that was not drawn here.
_COUNTABLE = 2**20  # Ranges with more steps are as good as continuous.


class CMAESTuner(ModelBasedTuner):
    """CMA-ES with a margin for integers, and categories as in CatCMA.

    Numbers are drawn from one normal distribution (Hansen 2016, with the margin of Hamano et al. 2022),
    choices from independent categorical distributions (Hamano et al. 2024). Both are updated after
    every ``population_size`` results, in the order in which trials end. So several trials may run at
    once, and no trial waits for another one. Points outside of a range are moved to its end. A point
    that violates a constraint is not run, and its violation counts as its result. A point that was
    tried before is not run again, and its earlier loss counts once more. If a parameter does not exist
    in a configuration, its coordinate changes at random. This works, but ``tpe`` and ``evolution`` are
    better for conditional parameters.

    The search starts at the best imported result (the script's own values), or at the middle of the
    space if there is none. When it has converged, it starts again at another place with twice the
    population (IPOP, Auger and Hansen 2005).

    Parameters
    ----------
    problem
        The problem, with one objective.
    population_size
        How many results there are between updates, at least 4. By default ``4 + floor(3 ln d)`` for ``d``
        parameters, but at least the number of trials that run at once.
    sigma0
        The initial deviation as a fraction of each range, above 0 and at most 1.

    Raises
    ------
    ValueError
        When the problem has several objectives, or an option is out of range.
    """

    name = "cmaes"

    def __init__(self, problem: Problem, population_size: int | None = None, sigma0: float = 1 / 6) -> None:
        super().__init__(problem)
        sizes = [dimension.size for dimension in self.cube.dimensions]
        columns = [c for c, size in enumerate(sizes) if size != 1]
        self._numbers = np.array([c for c in columns if self.cube.numeric[c]], dtype=np.intp)
        self._choices = [c for c in columns if not self.cube.numeric[c]]
        if population_size is None:
            population_size = max(4 + math.floor(3 * math.log(max(len(columns), 1))), problem.jobs)
        if population_size < 4:
            raise ValueError(f"cmaes: population_size must be at least 4, got {population_size}")
        if not 0 < sigma0 <= 1:
            raise ValueError(f"cmaes: sigma0 must be above 0 and at most 1, got {sigma0}")
        self._sigma0 = sigma0
        small = [size is not None and size <= _COUNTABLE for size in sizes]
        self._steps = [place for place, c in enumerate(self._numbers) if small[c]]
        self._indices = [self._options_of(c) for c in self._choices]
        self._age = 0  # The number of updates, over all starts.
        self._drew = False
        self._results: list[tuple[tuple[bool, float, float], Floats, int]] = []
        self._drawn: dict[int, tuple[Floats, int]] = {}  # The points of running trials and their ages.
        self._lines: dict[bytes, int] = {}  # The line of the observations of each configuration.
        self._bests: list[float] = []  # The best loss of each of the latest populations.
        self._start(np.full(len(self.cube), 0.5), population_size)

    def _options_of(self, column: int) -> tuple[int, ...]:
        dimension = self.cube.dimensions[column]
        assert isinstance(dimension, Category)
        return dimension.indices

    def _start(self, row: Floats, population: int) -> None:
        """Begin a search around ``row``."""
        self._population = population
        self._bests = []
        self._normal: NormalDistribution | None = None
        if len(self._numbers):
            start = np.nan_to_num(row[self._numbers], nan=0.5)
            self._normal = NormalDistribution(start, self._sigma0, population, self._steps, self._cells)
        self._categorical = CategoricalDistribution([len(indices) for indices in self._indices])

    def _cells(self, units: Floats) -> tuple[Floats, Floats]:
        """Where the cells of the columns with steps begin and end, at ``units``, one an entry."""
        found = [
            self.cube.dimensions[self._numbers[place]].cells(units[i : i + 1])
            for i, place in enumerate(self._steps)
        ]
        return np.array([low[0] for low, _ in found]), np.array([high[0] for _, high in found])

    def _candidate(self) -> Floats | None:
        if not len(self._numbers) and not self._choices:
            return None
        self._drew = True
        for _ in range(_TRIES):
            point = self._point()
            row = self.distinct.canonical(self.cube.activate(self.cube.snap(self._clipped(point)[None]))[0])
            violation = self.distinct.violation(row)
            if violation > 0:
                self._count((True, violation, math.inf), point, self._age)
            elif self.distinct.is_new(row):
                self._drawn[len(self.observations)] = (point, self._age)
                return row
            else:
                line = self._lines.get(row_key(row))
                if line is not None and self.observations.states[line] == KNOWN:
                    self._count(self._rank(line)[:3], point, self._age)
        return None

    def _point(self) -> Floats:
        """A row before it is clipped and rounded; shape (d,)."""
        point = np.where(self.cube.numeric, 0.5, 0.0)  # Option 0 is the first of its equals.
        if self._normal is not None:
            numbers = self._normal.sample(self.rng)
            # Where the margin learns from rounding, the unrounded number counts, beyond the ends too.
            outside = (numbers < 0) | (numbers > 1)
            outside[self._steps] = False
            point[self._numbers] = np.where(outside, np.clip(numbers, 0.0, 1.0), numbers)
        if self._choices:
            chosen = self._categorical.sample(self.rng)
            point[self._choices] = [indices[o] for indices, o in zip(self._indices, chosen)]
        return point

    def _clipped(self, point: Floats) -> Floats:
        return np.where(self.cube.numeric, np.clip(point, 0.0, 1.0), point)

    def _learn(self, line: int) -> None:
        row = self.observations.rows[line].copy()
        self._lines[row_key(row)] = line
        point, age = self._drawn.pop(line, (row, _ELSEWHERE))
        if self._drew:
            self._count(self._rank(line)[:3], point, age)
        else:  # The best of what is known from the beginning.
            failed, _, _, best = self.ranked[0]
            start = np.full(len(row), 0.5) if failed else self.observations.rows[best].copy()
            self._start(start, self._population)

    def _count(self, rank: tuple[bool, float, float], point: Floats, age: int) -> None:
        self._results.append((rank, point, age))
        if len(self._results) >= self._population:
            self._update()

    def _update(self) -> None:
        """Learn from a population; start anew where nothing more is to be learned."""
        results = sorted(self._results, key=lambda result: result[0])
        self._results = []
        weights = self._weights([rank for rank, _, _ in results])
        points = np.array([point for _, point, _ in results])
        if self._normal is not None:
            numbers = points[:, self._numbers]
            numbers = np.where(np.isnan(numbers), self._normal.mean, numbers)
            stale = np.array([age != self._age for _, _, age in results])
            self._normal.update(numbers, weights, stale)
        if self._choices:
            options = [np.searchsorted(i, points[:, c]) for i, c in zip(self._indices, self._choices)]
            absent = np.isnan(points[:, self._choices])
            self._categorical.update(np.where(absent, -1, np.stack(options, axis=1)), weights)
        self._age += 1
        self._bests.append(results[0][0][2])
        if self._converged():
            self._start(self.rng.random(len(self.cube)), min(2 * self._population, _LARGEST))

    def _weights(self, ranks: list[tuple[bool, float, float]]) -> Floats:
        """The weights of results that are in the order of their ranks; equal ones share theirs."""
        raw = rank_weights(len(ranks))
        weights = raw / raw[raw > 0].sum() if self._normal is None else self._normal.weights.copy()
        start = 0
        for end in range(1, len(ranks) + 1):
            if end == len(ranks) or ranks[end] != ranks[start]:
                weights[start:end] = weights[start:end].mean()
                start = end
        return np.asarray(weights)

    def _converged(self) -> bool:
        columns = len(self._numbers) + len(self._choices)
        window = 10 + math.ceil(30 * columns / self._population)
        self._bests = self._bests[-window:]
        low, high = min(self._bests), max(self._bests)
        # Divided first: the difference of two floats can overflow.
        flat = low == high or high / 2 - low / 2 <= _STALLED * max(abs(low), abs(high))
        if len(self._bests) == window and flat:
            return True
        if self._normal is None:
            return False
        deviations = np.delete(self._normal.deviations, self._steps)
        return not self._normal.healthy or bool(len(deviations) and deviations.max() < _NARROW)

    def _more(self) -> tuple[dict[str, Any], dict[str, Any]]:
        meta = {
            "population": self._population,
            "age": self._age,
            "drew": self._drew,
            "bests": self._bests,
            "categorical": self._categorical.to_json(),
            "ranks": [list(rank) for rank, _, _ in self._results],
            "ages": [age for _, _, age in self._results],
            "running": {str(line): age for line, (_, age) in self._drawn.items()},
        }
        points = [point for _, point, _ in self._results] + [point for point, _ in self._drawn.values()]
        arrays: dict[str, Any] = {"points": np.array(points).reshape(len(points), len(self.cube))}
        if self._normal is not None:
            arrays |= {f"normal_{name}": array for name, array in self._normal.arrays().items()}
        return meta, arrays

    def _restore(self, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        self._start(np.full(len(self.cube), 0.5), meta["population"])
        self._age, self._drew, self._bests = meta["age"], meta["drew"], meta["bests"]
        self._categorical.from_json(meta["categorical"])
        if self._normal is not None:
            own = {name[7:]: array for name, array in arrays.items() if name.startswith("normal_")}
            self._normal.restore(own)
        points, count = list(arrays["points"]), len(meta["ages"])
        ranks = [(rank[0], rank[1], rank[2]) for rank in meta["ranks"]]
        self._results = list(zip(ranks, points[:count], meta["ages"]))
        running = zip(meta["running"].items(), points[count:])
        self._drawn = {int(line): (point, age) for (line, age), point in running}
        known = np.flatnonzero(self.observations.states == KNOWN)
        self._lines = {row_key(self.observations.rows[line]): int(line) for line in known}
