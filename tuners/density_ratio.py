"""Proposals of the tree-structured Parzen estimator from a table of results."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.cube import Cube
from nnic.tuners.distinct import DistinctSampler
from nnic.tuners.parzen import Parzen, coefficients, features, log_mixture, neighbour_gaps
from nnic.tuners.trial_table import TrialTable
from nnic.tuners.warps import Floats

# Chosen on the tasks of benchmarks/tuners.py that are marked for it. There 12 candidates did better
# than 24 or 64, and a local search from the best of them worse: the ratio is trusted too far.
_GOOD_SHARE = 0.1
_GOOD_CAP = 25
_FLOOR = 0.05  # the narrowest kernel, as a part of the range
_SPREAD = 8.0  # observations' worth of mass that the kernels of a choice give to other options
_PRIOR = 0.5  # the weight of the prior, in observations
_DENSE = 400  # observations from which on all kernels of the rest are the narrowest
_LEAST_WEIGHT = 1e-3


class DensityRatio:
    """Splits the results of a table into good ones and the rest, and compares their densities.

    See :class:`~nnic.tuners.tpe.TPETuner` for the method.

    Parameters
    ----------
    cube
        The space.
    table
        The results; lines may be added to it, those that are there keep their rows.
    distinct
        What was proposed before.
    rng
        Of the draws.
    candidates
        Draws from the good density of which the best is proposed.
    """

    def __init__(
        self,
        cube: Cube,
        table: TrialTable,
        distinct: DistinctSampler,
        rng: np.random.Generator,
        candidates: int,
    ) -> None:
        self._cube = cube
        self._table = table
        self._distinct = distinct
        self._rng = rng
        self._candidates = candidates
        self._dense: Floats = np.empty((0, 0))  # coefficients of each line's kernel, and how many
        self._dense_lines = 0

    def forget(self) -> None:
        """The table was restored: its lines may have other rows."""
        self._dense_lines = 0

    def propose(self, ranking: NDArray[np.intp], running: Floats) -> Floats | None:
        """The new candidate with the largest ratio of densities; ``None`` when none is new.

        Parameters
        ----------
        ranking
            Lines of the table with a result, best first; not empty.
        running
            Rows of trials that run, which count among the rest; shape (k, d).
        """
        count = min(math.ceil(_GOOD_SHARE * len(ranking)), _GOOD_CAP)
        good, rest = ranking[:count], ranking[count:]
        rows = self._table.rows[good]
        weights = np.append(self._weights(good, rest), _PRIOR)
        better = Parzen(self._cube, rows, _sigmas(self._cube, rows), _SPREAD / count, weights)
        drawn = self._cube.activate(self._cube.snap(better.sample(self._rng, self._candidates)))
        points = features(self._cube, drawn)
        ratio = better.log_density(points) - self._log_worse(points, rest, running)
        return self._distinct.find(drawn[np.argsort(-ratio, kind="stable")])

    def _log_worse(self, points: Floats, rest: NDArray[np.intp], running: Floats) -> Floats:
        """The logarithm of the density of the lines ``rest`` and ``running`` at ``points``; shape (m,)."""
        count = len(rest) + len(running)
        total = count + _PRIOR
        if count > _DENSE:
            kernels = self._dense_coefficients()
            if len(running):
                kernels = np.concatenate([kernels, self._narrowest(running)])
            weights = np.zeros(len(kernels) + 1)
            weights[rest], weights[len(self._table) : -1] = 1.0 / total, 1.0 / total
            weights[-1] = _PRIOR / total
            return log_mixture(points, kernels, weights)
        weights = np.append(np.ones(count), _PRIOR) / total
        rows, leak = np.concatenate([self._table.rows[rest], running]), _SPREAD / max(count, 1)
        return log_mixture(points, coefficients(self._cube, rows, _sigmas(self._cube, rows), leak), weights)

    def _dense_coefficients(self) -> Floats:
        """Of the kernels at all lines, when there are many; shape (n, f).

        So many lie closer together than the narrowest kernel is wide. All kernels are therefore
        that narrow, and the coefficients of a line never change.
        """
        known, lines = self._dense_lines, len(self._table)
        if known < lines:
            more = self._narrowest(self._table.rows[known:])
            if lines > len(self._dense):
                grown = np.empty((2 * lines, more.shape[1]))
                if known:
                    grown[:known] = self._dense[:known]
                self._dense = grown
            self._dense[known:lines] = more
            self._dense_lines = lines
        return self._dense[:lines]

    def _narrowest(self, rows: Floats) -> Floats:
        sigmas = np.full((len(rows), int(self._cube.numeric.sum())), _FLOOR)
        return coefficients(self._cube, rows, sigmas, _SPREAD / _DENSE)

    def _weights(self, good: NDArray[np.intp], rest: NDArray[np.intp]) -> Floats:
        """How much each of ``good`` improves on the best of ``rest``; 1 on average, shape (k,)."""
        losses = self._table.losses[good]
        comparable = np.isfinite(losses).all() and not self._table.violations[good].any()
        if not comparable or not len(rest):
            return np.ones(len(good))
        threshold = self._table.losses[rest[0]]
        if not math.isfinite(threshold) or self._table.violations[rest[0]] > 0:
            threshold = losses.max()
        # Halved first: the difference of two floats can overflow.
        gains = np.maximum(threshold / 2 - losses / 2, 0.0)
        top = gains.max()
        if top == 0:
            return np.ones(len(good))
        gains = gains / top
        weights: Floats = np.maximum(gains / gains.mean(), _LEAST_WEIGHT)
        return weights


def _sigmas(cube: Cube, rows: Floats) -> Floats:
    """Deviations of the kernels at ``rows``: the larger neighbour gap, within limits."""
    floor = max(_FLOOR, (1.0 + len(rows)) ** -2.0)
    return np.clip(neighbour_gaps(rows[:, cube.numeric]), floor, 1.0)
