"""Finding the configuration of a space at which an acquisition function is largest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.gp.batched_ascent import ascend
from nnic.tuners.gp.features import FeatureMap
from nnic.tuners.gp.log_ei import LogEI
from nnic.tuners.mapping.cube import Cube, all_units
from nnic.tuners.mapping.distinct import DistinctSampler
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.search.sobol_points import sobol_points

_SPREAD_OUT = 1024  # candidates all over the region
_NEAR = 512  # candidates around the best trials
_STARTS = 10
_EVALUATIONS = 30  # of the acquisition function in a ascend
_ROUNDS = 3  # ascents and sweeps in turn
_SWEEPS = 4  # exchanges in a row
_SWEPT = 16  # values of a column that are all tried in its turn
_EXCHANGES = 2000  # configurations of a sweep
_APART = 0.005  # of the range: the least distance from a running trial in some number
_COARSE = 64  # numbers with more values are ascended over as if they were continuous
_CHECKED = 400  # candidates that are held against the constraints
_SHARES = (1.0, 0.9, 0.7, 0.5, 0.3, 0.1, 0.03, 0.0)  # of a ascend, from where a border was crossed
_SCATTER = (0.1, 0.05, 0.02, 0.01, 0.003, 0.001)
_SCATTERED = 48
_OFFSETS = np.array([-8, -4, -2, -1, 1, 2, 4, 8])  # of the values tried of columns with more
_TAIL = 0.5 * math.erfc(3.0 / math.sqrt(2.0))  # of a normal distribution beyond three deviations
_MAX_DIMENSIONS = 1000  # of Sobol points; columns beyond are drawn


@dataclass(frozen=True, slots=True)
class Region:
    """Where to look: a box of the numeric columns, around ``center`` where there is one.

    The columns of ``held`` have the options that it says. Configurations very close to a row of
    ``running`` are left out.
    """

    low: Floats
    high: Floats
    center: Floats | None = None
    held: tuple[tuple[int, int], ...] = ()
    running: Floats | None = None

    def leaves_out(self, rows: Floats, numeric: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of ``rows``, in which NaN is what does not exist; shape (n,)."""
        found = np.zeros(len(rows), dtype=np.bool_)
        for other in () if self.running is None else self.running:
            gaps = np.nan_to_num(np.abs(rows - other))
            found |= (gaps <= np.where(numeric, _APART, 0.0)).all(axis=1)
        return found


def usual_range(cube: Cube) -> tuple[Floats, Floats]:
    """The ends of each column's range, of normal samplers at three deviations; shapes (d,).

    What lies beyond is allowed, but the corner of such a range is where nobody wants to look.
    """
    bounded = np.array([dimension.parameter.sampler.bounded for dimension in cube.dimensions])
    return np.where(bounded, 0.0, _TAIL), np.where(bounded, 1.0, 1.0 - _TAIL)


class Maximizer:
    """Candidates, then ascents over the numbers and sweeps over the choices from the best of them.

    Rows here have a value in every column, those that do not exist included, so that a changed
    choice finds values below it.
    """

    def __init__(self, cube: Cube, features: FeatureMap, distinct: DistinctSampler) -> None:
        self._cube, self._features, self._distinct = cube, features, distinct
        sizes = [cube.dimensions[c].size for c in features.numbers]
        smooth = np.array([size is None or size > _COARSE for size in sizes], dtype=np.bool_)
        self._places = np.flatnonzero(smooth)  # among the numbers, and so among the features
        self._smooth = features.numbers[self._places]
        self._discrete = [int(c) for c in features.columns if c not in set(self._smooth.tolist())]
        self._units = {c: np.array(all_units(cube.dimensions[c])) for c in self._discrete}
        width = min(max(1, len(cube)), _MAX_DIMENSIONS)
        self._region = Region(np.empty(0), np.empty(0))
        self._low, self._high = usual_range(cube)
        self._points: Floats = sobol_points(_SPREAD_OUT, width)

    def best(
        self,
        rng: np.random.Generator,
        acquisition: LogEI,
        incumbents: Floats,
        lengths: Floats,
        region: Region,
    ) -> Floats | None:
        """A new, feasible, canonical row; ``None`` where none was found.

        Parameters
        ----------
        rng
            Shifts the candidates.
        acquisition
            What is maximised.
        incumbents
            Good rows, best first; shape (k, d), k at least 1.
        lengths
            Length scales of the numeric columns of the features.
        region
            Where to look.
        """
        filled = self._filled(incumbents, rng)
        candidates = np.concatenate([self._spread_out(rng, region), self._near(rng, filled), filled])
        for column, option in region.held:
            candidates[:, column] = option
        rows = self._cube.snap(candidates)
        self._region = region
        values = self._values(acquisition, rows)
        rows, values = self._feasible(rows, values)
        if not len(rows):
            return None
        starts = rows[self._starts(rng, values)]
        for _ in range(_ROUNDS):
            ascended = self._ascended(acquisition, starts, lengths, region)
            swept = self._swept(rng, acquisition, ascended)
            if np.array_equal(swept, ascended):
                starts = ascended
                break
            starts = swept
        if self._distinct.constrained:
            starts = self._scattered(rng, acquisition, starts)
        both = np.concatenate([starts, rows])
        values = np.concatenate([self._values(acquisition, starts), values])
        order = np.argsort(-values, kind="stable")
        order = order[np.isfinite(values[order])][:_CHECKED]
        return self._distinct.find(self._cube.activate(both[order].copy()))

    # -- candidates ------------------------------------------------------------------------------

    def _spread_out(self, rng: np.random.Generator, region: Region) -> Floats:
        """Sobol points, shifted at random; around a center some columns keep its values."""
        d = len(self._cube)
        shifted = np.mod(self._points + rng.random(self._points.shape[1]), 1.0)
        more = rng.random((len(shifted), max(0, d - shifted.shape[1])))
        rows = self._cube.complete(np.concatenate([shifted, more], axis=1)[:, :d])
        numbers = self._features.numbers
        rows[:, numbers] = region.low + rows[:, numbers] * (region.high - region.low)
        if region.center is None:
            return rows
        # As in TuRBO (Eriksson et al. 2019, section 2): of many columns only some change at once.
        changed = rng.random(rows.shape) < min(1.0, 20.0 / max(len(self._features.columns), 1))
        changed &= self._cube.numeric | (rng.random(rows.shape) < 0.3)
        return np.where(changed | np.isnan(region.center), rows, region.center)

    def _near(self, rng: np.random.Generator, incumbents: Floats) -> Floats:
        """Incumbents of which some columns are changed, by more and less."""
        d = len(self._cube)
        rows = incumbents[np.minimum(rng.geometric(0.4, _NEAR) - 1, len(incumbents) - 1)]
        step = 10.0 ** rng.uniform(-3.0, -0.5, (_NEAR, 1))
        moved = rows + step * rng.standard_normal(rows.shape)
        moved = np.clip(moved, np.minimum(self._low, rows), np.maximum(self._high, rows))
        few = np.where(rng.random((_NEAR, 1)) < 0.5, 1.0, min(1.0, 2.0 / max(d, 1)))
        changed = rng.random(rows.shape) < few
        drawn = self._cube.sample_all(rng, _NEAR)
        options = rng.random(rows.shape) < 1.0 / max(len(self._discrete), 1)
        found = np.where(self._cube.numeric, moved, np.where(options, drawn, rows))
        return np.where(changed, found, rows)

    def _filled(self, rows: Floats, rng: np.random.Generator) -> Floats:
        """What does not exist in a row comes from the best that has it, else from anywhere."""
        first = self._cube.sample_all(rng, 1)[0]
        for row in rows[::-1]:
            first = np.where(np.isnan(row), first, row)
        return np.where(np.isnan(rows), first, rows)

    def _feasible(self, rows: Floats, values: Floats) -> tuple[Floats, Floats]:
        """The best candidates that satisfy the constraints, where there are any."""
        if not self._distinct.constrained:
            return rows, values
        order = np.argsort(-values, kind="stable")[:_CHECKED]
        kept = [i for i in order if self._allowed(rows[i])]
        return rows[kept], values[kept]

    def _starts(self, rng: np.random.Generator, values: Floats) -> NDArray[np.intp]:
        """The best, the best incumbent, and others the more likely the better they are."""
        noisy = values + rng.gumbel(size=len(values))
        noisy[np.argmax(values)] = np.inf
        if not self._distinct.constrained:
            noisy[_SPREAD_OUT + _NEAR] = np.inf
        return np.argsort(-noisy, kind="stable")[:_STARTS]

    # -- ascents and sweeps -----------------------------------------------------------------------

    def _ascended(self, acquisition: LogEI, starts: Floats, lengths: Floats, region: Region) -> Floats:
        """Better points over the numbers that are as good as continuous."""
        if not len(self._smooth):
            return starts
        active = ~np.isnan(self._cube.activate(starts.copy()))[:, self._smooth]
        fixed = self._features(self._cube.activate(starts.copy()))

        def function(points: Floats, which: NDArray[np.intp]) -> tuple[Floats, Floats]:
            features = fixed[which]
            features[:, self._places] = np.where(active[which], points, features[:, self._places])
            value, gradient = acquisition.with_gradient(features)
            return value, np.where(active[which], gradient[:, self._places], 0.0)

        low = np.minimum(region.low[self._places], starts[:, self._smooth].min(axis=0))
        high = np.maximum(region.high[self._places], starts[:, self._smooth].max(axis=0))
        scale = np.minimum(lengths[self._places], 1.0)
        found, _ = ascend(function, starts[:, self._smooth], low, high, scale, _EVALUATIONS)
        ends = starts.copy()
        ends[:, self._smooth] = found
        return self._retreated(starts, self._cube.snap(ends))

    def _retreated(self, starts: Floats, ends: Floats) -> Floats:
        """Ends that violate constraints, moved back towards where they began."""
        if not self._distinct.constrained:
            return ends
        for i, (start, end) in enumerate(zip(starts, ends.copy())):
            moved = self._cube.snap(np.array([start + share * (end - start) for share in _SHARES]))
            ends[i] = next((row for row in moved if self._allowed(row)), start)
        return ends

    def _scattered(self, rng: np.random.Generator, acquisition: LogEI, rows: Floats) -> Floats:
        """Along a border no ascend gets on: ever smaller steps at random from the best row."""
        best = rows[int(np.argmax(self._values(acquisition, rows)))]
        for step in _SCATTER:
            moved = best + step * rng.standard_normal((_SCATTERED, len(best)))
            moved = np.where(self._cube.numeric, np.clip(moved, 0.0, 1.0), best)
            moved = self._cube.snap(np.concatenate([best[None], moved]))
            moved = np.array([row for i, row in enumerate(moved) if not i or self._allowed(row)])
            best = moved[int(np.argmax(self._values(acquisition, moved)))]
        return np.concatenate([rows, best[None]])

    def _swept(self, rng: np.random.Generator, acquisition: LogEI, rows: Floats) -> Floats:
        """Exchange the value of one discrete column at a time, as long as that is better."""
        held = {column for column, _ in self._region.held}
        free = [column for column in self._discrete if column not in held]
        if not free:
            return rows
        rows = rows.copy()
        current = self._values(acquisition, rows)
        going = np.ones(len(rows), dtype=np.bool_)
        for _ in range(_SWEEPS):
            left = np.flatnonzero(going)
            if not len(left):
                break
            neighbours, owners = self._neighbours(rng, rows[left], free)
            values = self._values(acquisition, neighbours)
            for place, start in enumerate(left):
                own = np.flatnonzero(owners == place)
                top = own[np.argmax(values[own])]
                better = values[top] > current[start] + 1e-9
                going[start] = better and (not self._distinct.constrained or self._allowed(neighbours[top]))
                if going[start]:
                    rows[start], current[start] = neighbours[top], values[top]
        return rows

    def _neighbours(
        self, rng: np.random.Generator, rows: Floats, columns: list[int]
    ) -> tuple[Floats, NDArray[np.intp]]:
        """Rows that differ in one of the discrete ``columns``, and whose they are."""
        limit = _EXCHANGES // max(len(rows), 1)
        if sum(min(len(self._units[c]), _SWEPT) for c in columns) > limit:
            columns = [columns[i] for i in rng.permutation(len(columns))[: max(1, limit // _SWEPT)]]
        found, owners = [], []
        for column in columns:
            units = self._units[column]
            if len(units) > _SWEPT:
                near = np.searchsorted(units, rows[:, column] - 1e-12)[:, None] + _OFFSETS
                values = units[np.clip(near, 0, len(units) - 1)]
            else:
                values = np.broadcast_to(units, (len(rows), len(units)))
            changed = np.repeat(rows, values.shape[1], axis=0)
            changed[:, column] = values.ravel()
            found.append(changed)
            owners.append(np.repeat(np.arange(len(rows)), values.shape[1]))
        return np.concatenate(found), np.concatenate(owners)

    def _values(self, acquisition: LogEI, rows: Floats) -> Floats:
        active = self._cube.activate(rows.copy())
        values = acquisition.value(self._features(active))
        values[self._region.leaves_out(active, self._cube.numeric)] = -np.inf
        return values

    def _allowed(self, row: Floats) -> bool:
        return self._distinct.violation(self._cube.activate(row.copy()[None])[0]) == 0
