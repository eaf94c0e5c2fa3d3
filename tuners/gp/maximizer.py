"""Finds the configuration of a space at which an acquisition function is largest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.gp.batched_ascent import ascend
from nnic.tuners.gp.features import FeatureMap
from nnic.tuners.gp.log_ei import LogEI
from nnic.tuners.gp.region import Region, usual_range
from nnic.tuners.mapping.cube import Cube, all_units
from nnic.tuners.mapping.distinct import DistinctSampler
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.search.sobol_points import sobol_points

_SPREAD_OUT = 1024  # This many candidates lie all over the region.
_NEAR = 512  # This many candidates lie around the best trials.
_STARTS = 10  # This many candidates are improved by ascents and sweeps.
_EVALUATIONS = 30  # An ascent calls the acquisition function this often.
_ROUNDS = 3  # There are this many rounds of an ascent and a sweep.
_SWEEPS = 4  # A sweep makes this many exchanges in a row.
_SWEPT = 16  # All values of a column are tried where it has no more.
_EXCHANGES = 2000  # A sweep tries this many configurations at once.
_COARSE = 64  # A number with more values is treated as if it were continuous.
_CHECKED = 400  # This many candidates are held against the constraints.
# An ascent that crossed a border is followed this far, of these shares the largest that is allowed.
_SHARES = (1.0, 0.9, 0.7, 0.5, 0.3, 0.1, 0.03, 0.0)
# Random steps along a border have these deviations, and each of them this many tries.
_SCATTER = (0.1, 0.05, 0.02, 0.01, 0.003, 0.001)
_SCATTERED = 48
_OFFSETS = np.array([-8, -4, -2, -1, 1, 2, 4, 8])  # In longer columns values so far away are tried.
_MAX_DIMENSIONS = 1000  # Columns beyond this many are drawn instead of being Sobol points.


class Maximizer:
    """Makes candidates, and improves the best by ascents over numbers and sweeps over choices.

    Rows have a value in every column here, also in those that do not exist, so that a changed choice
    finds values below it.

    Parameters
    ----------
    cube
        The space.
    features
        The features that the acquisition function takes.
    distinct
        Knows what was tried, and the constraints.
    """

    def __init__(self, cube: Cube, features: FeatureMap, distinct: DistinctSampler) -> None:
        self._cube, self._features, self._distinct = cube, features, distinct
        sizes = [cube.dimensions[c].size for c in features.numbers]
        smooth = np.array([size is None or size > _COARSE for size in sizes], dtype=np.bool_)
        self._places = np.flatnonzero(smooth)  # Places among the numbers, and so among the features.
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
        """Find a new, feasible, canonical row with a large value; ``None`` where there is none.

        Parameters
        ----------
        rng
            The generator, which shifts the candidates.
        acquisition
            The function that is maximised.
        incumbents
            Good rows, best first; shape (k, d), where k is at least 1.
        lengths
            The length scales of the numeric columns that have features; shape (q,).
        region
            The part of the space to search.
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

    def _spread_out(self, rng: np.random.Generator, region: Region) -> Floats:
        """Make Sobol points, shifted at random; around a center some columns keep its values."""
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
        """Change some columns of incumbents, by more and by less."""
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
        """Fill in what does not exist in a row: from the best row that has it, or else at random."""
        first = self._cube.sample_all(rng, 1)[0]
        for row in rows[::-1]:
            first = np.where(np.isnan(row), first, row)
        return np.where(np.isnan(rows), first, rows)

    def _feasible(self, rows: Floats, values: Floats) -> tuple[Floats, Floats]:
        """The best candidates that satisfy the constraints, if there are constraints."""
        if not self._distinct.constrained:
            return rows, values
        order = np.argsort(-values, kind="stable")[:_CHECKED]
        kept = [i for i in order if self._allowed(rows[i])]
        return rows[kept], values[kept]

    def _starts(self, rng: np.random.Generator, values: Floats) -> NDArray[np.intp]:
        """Choose the best candidate, the best incumbent, and others the likelier the better they are."""
        noisy = values + rng.gumbel(size=len(values))
        noisy[np.argmax(values)] = np.inf
        if not self._distinct.constrained:
            noisy[_SPREAD_OUT + _NEAR] = np.inf
        return np.argsort(-noisy, kind="stable")[:_STARTS]

    def _ascended(self, acquisition: LogEI, starts: Floats, lengths: Floats, region: Region) -> Floats:
        """Improve starts by an ascent over the numbers that are as good as continuous."""
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
        """Move ends that violate constraints back towards their starts."""
        if not self._distinct.constrained:
            return ends
        for i, (start, end) in enumerate(zip(starts, ends.copy())):
            moved = self._cube.snap(np.array([start + share * (end - start) for share in _SHARES]))
            ends[i] = next((row for row in moved if self._allowed(row)), start)
        return ends

    def _scattered(self, rng: np.random.Generator, acquisition: LogEI, rows: Floats) -> Floats:
        """Add a row that ever smaller random steps from the best lead to: no ascent follows a border."""
        best = rows[int(np.argmax(self._values(acquisition, rows)))]
        for step in _SCATTER:
            moved = best + step * rng.standard_normal((_SCATTERED, len(best)))
            moved = np.where(self._cube.numeric, np.clip(moved, 0.0, 1.0), best)
            moved = self._cube.snap(np.concatenate([best[None], moved]))
            moved = np.array([row for i, row in enumerate(moved) if not i or self._allowed(row)])
            best = moved[int(np.argmax(self._values(acquisition, moved)))]
        return np.concatenate([rows, best[None]])

    def _swept(self, rng: np.random.Generator, acquisition: LogEI, rows: Floats) -> Floats:
        """Exchange the value of one discrete column at a time, as long as the value rises."""
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
        """The rows that differ from ``rows`` in one of the discrete ``columns``, and from which of them."""
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
