"""Proposals of the tree-structured Parzen estimator, from observations."""

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

# These were chosen on the tasks of benchmarks/tuners.py that are marked for it. There 12 candidates did
# better than 24 or 64, and a local search from the best of them worse: it trusts the ratio too far.
_GOOD_SHARE = 0.1  # This share of the results is good.
_GOOD_CAP = 25  # No more results than this are good.
_FLOOR = 0.05  # The narrowest kernel is this part of the range wide.
_SPREAD = 8.0  # The kernels of a choice give other options the mass of this many observations.
_PRIOR = 0.5  # The prior weighs as much as this many observations.
_DENSE = 400  # With more observations all kernels of the rest are the narrowest.
_MOST = 2000  # The rest has no more kernels; of more observations every second, third, ... counts.
_LEAST_WEIGHT = 1e-3  # No good observation weighs less, where 1 is the average.


class DensityRatio:
    """Splits observations into good ones and the rest, and compares their densities.

    See :class:`~nnic.tuners.tpe.tuner.TPETuner` for the method.

    Parameters
    ----------
    cube
        The space.
    observations
        The observations; lines may be added, but those that are there keep their rows.
    distinct
        Knows what was proposed before, and the constraints.
    rng
        The generator of the draws.
    candidates
        How many draws from the good density the best one is chosen of.
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
        self._dense: Floats = np.empty((0, 0))  # The coefficients of each line's kernel.
        self._dense_lines = 0  # This many lines have coefficients.

    def forget(self) -> None:
        """Forget the kernels of all lines: the observations were restored and may have other rows."""
        self._dense_lines = 0

    def propose(self, known: int, running: Floats | None = None) -> Floats | None:
        """The new candidate with the largest ratio of densities; ``None`` when none is new.

        Parameters
        ----------
        known
            How many lines have a result; at least 1.
        running
            Rows of trials that run, which count among the rest; shape (k, d). Lines without a result do
            so anyway.
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
        """The coefficients of the kernels at all lines, when there are many; shape (n, f).

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
        return self._kernels.coefficients(rows, np.array(_FLOOR), _SPREAD / _DENSE)

    def _weights(self, best: NDArray[np.intp], count: int) -> Floats:
        """How much each of the first ``count`` improves on the next of ``best``; the average is 1."""
        losses, violations = self._observations.losses[best], self._observations.violations[best]
        own = losses[:count]
        if len(best) == count or not np.isfinite(own).all() or violations[:count].any():
            return np.ones(count)
        threshold = losses[count]
        if not math.isfinite(threshold) or violations[count] > 0:
            threshold = own.max()
        # Losses are halved first, since the difference of two floats can overflow.
        gains = np.maximum(threshold / 2 - own / 2, 0.0)
        top = gains.max()
        if top == 0:
            return np.ones(count)
        gains = gains / top
        weights: Floats = np.maximum(gains / gains.mean(), _LEAST_WEIGHT)
        return weights


def _sigmas(cube: Cube, rows: Floats) -> Floats:
    """The deviations of the kernels at ``rows``: the larger gap to a neighbour, within limits."""
    floor = max(_FLOOR, (1.0 + len(rows)) ** -2.0)
    sigmas: Floats = np.minimum(np.maximum(neighbour_gaps(rows[:, cube.numeric]), floor), 1.0)
    return sigmas
