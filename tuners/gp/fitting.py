"""The hyperparameters of a Gaussian process that are most likely after some values."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.gp.matern import MEAN_VARIANCE, Hyperparameters, matern, squared_distances
from nnic.tuners.mapping.warps import Floats

_LONGEST = math.log(1e3)
_VARIANCES = (math.log(1e-3), math.log(1e3))
_NOISES = (math.log(1e-6), math.log(10.0))
_SPREAD = math.sqrt(3.0)  # of the logarithm of a length scale
_SHORTER = 1.5
_REFUSED = 1e12  # where the kernel has no Cholesky factor


class Fit:
    """The search for the maximum a posteriori.

    Length scales are log-normal with location ``sqrt(2) + log(active) / 2`` and scale ``sqrt(3)``
    (Hvarfner et al. 2024, arXiv 2402.02229, section 4), so that a function of many parameters is
    expected to be as smooth as one of few; the mode is taken to be 1.5 below the location. The
    variance has a Gamma(2, 1) prior, the noise one of shape 1.1 and rate 30.

    Parameters
    ----------
    group
        The length scale of each feature; shape (f,).
    scales
        How many length scales there are, p.
    active
        How many of them belong to parameters that exist in a configuration, on average.
    shortest
        The least length scale.
    """

    def __init__(self, group: NDArray[np.intp], scales: int, active: float, shortest: float = 0.01) -> None:
        self._group, self._scales = group, scales
        # Between the modes of the density by the length (3 less) and by its logarithm: with the one
        # ripples are taken for the function, with the other what is hardly known for flat.
        self._location = math.sqrt(2.0) + 0.5 * math.log(max(active, 1.0)) - _SHORTER
        self._bounds = [(math.log(shortest), _LONGEST)] * scales + [_VARIANCES, _NOISES]

    def default(self) -> Hyperparameters:
        """Where a search begins without an earlier one."""
        return Hyperparameters(np.full(self._scales, math.exp(self._location)), 1.0, 1e-3)

    def search(
        self, points: Floats, values: Floats, starts: list[Hyperparameters], steps: int
    ) -> Hyperparameters:
        """The best that L-BFGS-B finds from ``starts``, each of ``steps`` iterations.

        Parameters
        ----------
        points
            Features, shape (n, f).
        values
            Standardised, shape (n,).
        """
        from scipy.optimize import minimize  # takes half a second, before the first model only

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
        inverse = lapack.dpotri(factor, lower=1)[0]  # its lower half
        inverse = inverse + np.tril(inverse, -1).T
        loss = 0.5 * float(values @ alpha) + float(np.log(factor.diagonal()).sum())
        outer = 0.5 * (inverse - np.outer(alpha, alpha))
        gradient = np.empty_like(vector)
        gradient[-2] = hyper.variance * float(np.einsum("ij,ij->", outer, unit))
        gradient[-1] = hyper.noise * float(np.trace(outer))
        outer *= slope
        # sum_jk G_jk (x_j - x_k)**2 of each feature, without a matrix a feature.
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
