"""Proposals of the tree-structured Parzen estimator from a table of results."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.distinct import DistinctSampler
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.search.observations import KNOWN, Observations
from nnic.tuners.tpe.parzen import Parzen, log_mixture, neighbour_gaps
from nnic.tuners.tpe.product_kernels import ProductKernels

# Chosen on the tasks of benchmarks/tuners.py that are marked for it. There 12 candidates did better
# than 24 or 64, and a local search from the best of them worse: the ratio is trusted too far.
_GOOD_SHARE = 0.1
_GOOD_CAP = 25
_FLOOR = 0.05  # the narrowest kernel, as a part of the range
_SPREAD = 8.0  # observations' worth of mass that the kernels of a choice give to other options
_PRIOR = 0.5  # the weight of the prior, in observations
_DENSE = 400  # observations from which on all kernels of the rest are the narrowest
_MOST = 2000  # kernels of the rest; of more observations as many are taken at equal distances
_LEAST_WEIGHT = 1e-3


class DensityRatio:
    """Splits the results of a table into good ones and the rest, and compares their densities.

    See :class:`~nnic.tuners.tpe.tuner.TPETuner` for the method.

    Parameters
    ----------
    cube
        The space.
    observations
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
        observations: Observations,
        distinct: DistinctSampler,
        rng: np.random.Generator,
        candidates: int,
    ) -> None:
        self._cube = cube
        self._kernels = ProductKernels(cube)
        self._observations = observations
        self._distinct = distinct
        self._rng = rng
        self._candidates = candidates
        self._dense: Floats = np.empty((0, 0))  # coefficients of each line's kernel, and how many
        self._dense_lines = 0

    def forget(self) -> None:
        """The table was restored: its lines may have other rows."""
        self._dense_lines = 0

    def propose(self, known: int, running: Floats | None = None) -> Floats | None:
        """The new candidate with the largest ratio of densities; ``None`` when none is new.

        Parameters
        ----------
        known
            How many lines of the table have a result; at least 1.
        running
            Rows of trials that run, which count among the rest; shape (k, d). Lines of the table
            without a result do so anyway.
        """
        count = min(math.ceil(_GOOD_SHARE * known), _GOOD_CAP)
        best = self._observations.best(count + 1)
        good = best[:count]
        rows = self._observations.rows[good]
        weights = np.append(self._weights(best, count), _PRIOR)
        better = Parzen(self._kernels, rows, _sigmas(self._cube, rows), _SPREAD / count, weights)
        drawn = self._cube.activate(self._cube.snap(better.sample(self._rng, self._candidates)))
        points = self._kernels.features(drawn)
        ratio = better.log_density(points) - self._log_worse(points, good, running)
        return self._distinct.find(drawn[np.argsort(-ratio, kind="stable")])

    def _log_worse(self, points: Floats, good: NDArray[np.intp], running: Floats | None) -> Floats:
        """The logarithm at ``points`` of the density of what is not ``good``; shape (m,)."""
        others = self._observations.states <= KNOWN
        others[good] = False
        rest = np.flatnonzero(others)
        if len(rest) > _DENSE:
            rest = rest[:: math.ceil(len(rest) / _MOST)]
            kernels = self._dense_coefficients()[rest]
            if running is not None and len(running):
                kernels = np.concatenate([kernels, self._narrowest(running)])
        else:
            rows = self._observations.rows[rest]
            if running is not None and len(running):
                rows = np.concatenate([rows, running])
            leak = _SPREAD / max(len(rows), 1)
            kernels = self._kernels.coefficients(rows, _sigmas(self._cube, rows), leak)
        weights = np.ones(len(kernels) + 1)
        weights[-1] = _PRIOR
        return log_mixture(points, kernels, weights / weights.sum())

    def _dense_coefficients(self) -> Floats:
        """Of the kernels at all lines, when there are many; shape (n, f).

        So many lie closer together than the narrowest kernel is wide. All kernels are therefore
        that narrow, and the coefficients of a line never change.
        """
        known, lines = self._dense_lines, len(self._observations)
        if known < lines:
            more = self._narrowest(self._observations.rows[known:])
            if lines > len(self._dense):
                grown = np.empty((2 * lines, more.shape[1]))
                if known:
                    grown[:known] = self._dense[:known]
                self._dense = grown
            self._dense[known:lines] = more
            self._dense_lines = lines
        return self._dense[:lines]

    def _narrowest(self, rows: Floats) -> Floats:
        return self._kernels.coefficients(rows, np.float64(_FLOOR), _SPREAD / _DENSE)

    def _weights(self, best: NDArray[np.intp], count: int) -> Floats:
        """How much each of the first ``count`` improves on the next of ``best``; 1 on average."""
        losses, violations = self._observations.losses[best], self._observations.violations[best]
        own = losses[:count]
        if len(best) == count or not np.isfinite(own).all() or violations[:count].any():
            return np.ones(count)
        threshold = losses[count]
        if not math.isfinite(threshold) or violations[count] > 0:
            threshold = own.max()
        # Halved first: the difference of two floats can overflow.
        gains = np.maximum(threshold / 2 - own / 2, 0.0)
        top = gains.max()
        if top == 0:
            return np.ones(count)
        gains = gains / top
        weights: Floats = np.maximum(gains / gains.mean(), _LEAST_WEIGHT)
        return weights


def _sigmas(cube: Cube, rows: Floats) -> Floats:
    """Deviations of the kernels at ``rows``: the larger neighbour gap, within limits."""
    floor = max(_FLOOR, (1.0 + len(rows)) ** -2.0)
    sigmas: Floats = np.minimum(np.maximum(neighbour_gaps(rows[:, cube.numeric]), floor), 1.0)
    return sigmas
