"""Finds the hyperparameters of a Gaussian process that are most likely after some values."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.gp.matern import MEAN_VARIANCE, Hyperparameters, matern, squared_distances
from nnic.tuners.mapping.warps import Floats

# These are the limits of logarithms: of a length scale, the variance and the noise.
_LONGEST = math.log(1e3)
_VARIANCES = (math.log(1e-3), math.log(1e3))
_NOISES = (math.log(1e-6), math.log(10.0))
_SPREAD = math.sqrt(3.0)  # The logarithm of a length scale has this prior deviation.
_SHORTER = 1.5  # The mode of that logarithm lies so far below its location.
_REFUSED = 1e12  # This is the loss where the kernel has no Cholesky factor.


class Fit:
    """The search for the maximum a posteriori.

    Length scales are log-normal with location ``sqrt(2) + log(active) / 2`` and scale ``sqrt(3)``
    (Hvarfner et al. 2024, arXiv 2402.02229, section 4), so that a function of many parameters is
    expected to be as smooth as one of few; the mode is taken to be 1.5 below the location. The
    variance has a Gamma(2, 1) prior, the noise one of shape 1.1 and rate 30.

    Parameters
    ----------
    group
        The number of the length scale of each feature; shape (f,).
    scales
        How many length scales there are, p.
    active
        How many of them belong to parameters that exist in a configuration, on average.
    shortest
        The least length scale.
    """

    def __init__(self, group: NDArray[np.intp], scales: int, active: float, shortest: float = 0.01) -> None:
        self._group, self._scales = group, scales
        # This lies between the mode of the density of the length (3 less) and that of its logarithm. With
        # the first ripples are taken for the function, with the second the function seems flat where
        # little is known of it.
        self._location = math.sqrt(2.0) + 0.5 * math.log(max(active, 1.0)) - _SHORTER
        self._bounds = [(math.log(shortest), _LONGEST)] * scales + [_VARIANCES, _NOISES]

    def default(self) -> Hyperparameters:
        """The hyperparameters at which a search begins where there was none before."""
        return Hyperparameters(np.full(self._scales, math.exp(self._location)), 1.0, 1e-3)

    def search(
        self, points: Floats, values: Floats, starts: list[Hyperparameters], steps: int
    ) -> Hyperparameters:
        """The best hyperparameters that L-BFGS-B finds in ``steps`` iterations from each of ``starts``.

        Parameters
        ----------
        points
            The features of the points; shape (n, f).
        values
            The standardised values at the points; shape (n,).
        """
        from scipy.optimize import minimize  # It takes half a second, before the first model only.

        low, high = np.array(self._bounds).T
        best, found = math.inf, starts[0].to_vector()
        for start in starts:
            result = minimize(
                self.loss,
                np.clip(start.to_vector(), low, high),
                args=(points, values),
                jac=True,
                method="L-BFGS-B",
                bounds=self._bounds,
                options={"maxiter": steps, "ftol": 1e-5, "gtol": 1e-2},
            )
            if result.fun < best:
                best, found = result.fun, result.x
        return Hyperparameters.from_vector(found)

    def loss(self, vector: Floats, points: Floats, values: Floats) -> tuple[float, Floats]:
        """The negative logarithm of the posterior density, and its gradient by ``vector``.

        Rasmussen and Williams 2006, equations 2.30 and 5.9; :class:`Hyperparameters` says what the
        entries of ``vector`` are.
        """
        from scipy.linalg import lapack

        hyper = Hyperparameters.from_vector(vector)
        weighted = points / hyper.lengths[self._group]
        unit, slope = matern(squared_distances(weighted, weighted))
        kernel = hyper.variance * unit + MEAN_VARIANCE
        kernel[np.diag_indices_from(kernel)] += hyper.noise
        factor, failed = lapack.dpotrf(kernel, lower=1, clean=1)
        if failed:
            return _REFUSED, np.zeros_like(vector)
        alpha = lapack.dpotrs(factor, values, lower=1)[0]
        inverse = lapack.dpotri(factor, lower=1)[0]  # This is its lower half.
        inverse = inverse + np.tril(inverse, -1).T
        loss = 0.5 * float(values @ alpha) + float(np.log(factor.diagonal()).sum())
        outer = 0.5 * (inverse - np.outer(alpha, alpha))
        gradient = np.empty_like(vector)
        gradient[-2] = hyper.variance * float(np.einsum("ij,ij->", outer, unit))
        gradient[-1] = hyper.noise * float(np.trace(outer))
        outer *= slope
        # This is sum_jk G_jk (x_j - x_k)**2 of each feature, without a matrix for each of them.
        totals = 2.0 * (outer.sum(axis=1) @ weighted**2 - np.einsum("ij,ij->j", weighted, outer @ weighted))
        by_feature = -2.0 * hyper.variance * totals
        gradient[:-2] = np.bincount(self._group, by_feature, minlength=self._scales)
        penalty, slopes = self._penalty(vector, hyper)
        return loss + penalty, gradient + slopes

    def _penalty(self, vector: Floats, hyper: Hyperparameters) -> tuple[float, Floats]:
        """The negative logarithm of the prior, up to a constant."""
        gaps = (vector[:-2] - self._location) / _SPREAD
        slopes = np.empty_like(vector)
        slopes[:-2] = gaps / _SPREAD
        slopes[-2] = hyper.variance - 1.0
        slopes[-1] = 30.0 * hyper.noise - 0.1
        prior = 0.5 * float(gaps @ gaps) + hyper.variance - vector[-2] + 30.0 * hyper.noise - 0.1 * vector[-1]
        return prior, slopes
