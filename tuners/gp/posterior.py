"""What a Gaussian process knows: mean and variance anywhere, and new points one by one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.gp.matern import MEAN_VARIANCE, Hyperparameters, matern, squared_distances
from nnic.tuners.mapping.warps import Floats

_LEAST = 1e-10  # of a variance


class Posterior:
    """A Gaussian process given values at some points.

    Rasmussen and Williams 2006, algorithm 2.1, with the inverse of the Cholesky factor kept, so
    that a prediction is two products of matrices. The values may come in several versions
    (fantasies of what is not known yet), which share the variance.

    Parameters
    ----------
    group
        The length scale of each feature; shape (f,).
    hyper
        The kernel's parameters.
    points
        Features, shape (n, f).
    values
        Shape (n, s), a column a version.
    """

    def __init__(
        self, group: NDArray[np.intp], hyper: Hyperparameters, points: Floats, values: Floats
    ) -> None:
        self._hyper = hyper
        self._weights = 1.0 / hyper.lengths[group]
        self._points = points * self._weights
        self.values = values
        kernel = hyper.variance * matern(squared_distances(self._points, self._points))[0] + MEAN_VARIANCE
        kernel[np.diag_indices_from(kernel)] += hyper.noise
        self._inverse = _inverse_factor(kernel)
        self._solve()

    def __len__(self) -> int:
        return len(self._points)

    @property
    def prior_variance(self) -> float:
        """Before anything is known."""
        return self._hyper.variance + MEAN_VARIANCE

    @property
    def noise(self) -> float:
        """The variance of a result about the function."""
        return self._hyper.noise

    def expected(self) -> Floats:
        """The mean of the function at the known points; shape (n, s)."""
        return np.asarray(self.values - self._hyper.noise * self._alpha)

    def log_likelihood(self, values: Floats) -> float:
        """Of other values at the known points, shape (n,), up to a constant of the points."""
        half = self._inverse @ values
        return -0.5 * float(half @ half)

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Mean, shape (m, s), and variance, shape (m,), of the function without noise."""
        found = self.at(points)
        return found.mean, found.variance

    def at(self, points: Floats) -> Prediction:
        """What :meth:`predict` tells, of features of shape (m, f), and what its gradient needs."""
        return Prediction(self, points * self._weights)

    def joint(self, points: Floats) -> tuple[Floats, Floats]:
        """Mean, shape (m, s), and covariance, shape (m, m)."""
        weighted = points * self._weights
        kernel, _ = self._kernel(weighted)
        half = kernel @ self._inverse.T
        prior = self._hyper.variance * matern(squared_distances(weighted, weighted))[0] + MEAN_VARIANCE
        return kernel @ self._alpha, prior - half @ half.T

    def extended(self, points: Floats, values: Floats) -> Posterior:
        """With more points, shape (m, f), and their values, shape (m, s), one by one.

        Each appends a line to the Cholesky factor and to its inverse: n**2 operations instead of
        n**3 (Rasmussen and Williams, appendix A.3).
        """
        new = object.__new__(Posterior)
        new._hyper, new._weights = self._hyper, self._weights
        new._points = np.concatenate([self._points, points * self._weights])
        versions = max(self.values.shape[1], values.shape[1])
        shapes = [(len(part), versions) for part in (self.values, values)]
        new.values = np.concatenate(
            [np.broadcast_to(p, shape) for p, shape in zip((self.values, values), shapes)]
        )
        n, total = len(self), len(new._points)
        inverse = np.zeros((total, total))
        inverse[:n, :n] = self._inverse
        for i in range(n, total):
            _append(inverse, i, new._column(i), self.prior_variance + self._hyper.noise)
        new._inverse = inverse
        new._solve()
        return new

    def _column(self, i: int) -> Floats:
        """The kernel between point i and those before it; shape (i,)."""
        squared = squared_distances(self._points[i : i + 1], self._points[:i])[0]
        return np.asarray(self._hyper.variance * matern(squared)[0] + MEAN_VARIANCE)

    def _kernel(self, weighted: Floats) -> tuple[Floats, Floats]:
        value, slope = matern(squared_distances(weighted, self._points))
        value *= self._hyper.variance
        value += MEAN_VARIANCE
        slope *= self._hyper.variance
        return value, slope

    def _solve(self) -> None:
        self._alpha = self._inverse.T @ (self._inverse @ self.values)


class Prediction:
    """Mean, shape (m, s), and variance, shape (m,), at m points; made by :meth:`Posterior.at`."""

    def __init__(self, posterior: Posterior, weighted: Floats) -> None:
        self._posterior, self._weighted = posterior, weighted
        kernel, self._slope = posterior._kernel(weighted)
        self._half = kernel @ posterior._inverse.T
        variance = posterior.prior_variance - np.einsum("ij,ij->i", self._half, self._half)
        self.mean: Floats = kernel @ posterior._alpha
        self.variance: Floats = np.maximum(variance, _LEAST)

    def pull_back(self, by_mean: Floats, by_variance: Floats) -> Floats:
        """The gradient by features of a function of mean and variance at each point.

        Parameters
        ----------
        by_mean, by_variance
            The function's derivatives, shapes (m, s) and (m,).

        Returns
        -------
        Floats
            Shape (m, f).
        """
        known = self._posterior
        outer = by_mean @ known._alpha.T - 2.0 * by_variance[:, None] * (self._half @ known._inverse)
        outer *= self._slope
        # The derivative of the squared distance is 2 w**2 (x - x_j).
        found = self._weighted * outer.sum(axis=1)[:, None] - outer @ known._points
        return np.asarray(2.0 * found * known._weights)


def _inverse_factor(kernel: Floats) -> Floats:
    """The inverse of the lower Cholesky factor; jitter is added where there is none."""
    from scipy.linalg import lapack

    jitter = 0.0
    while True:
        factor, failed = lapack.dpotrf(kernel + jitter * np.eye(len(kernel)), lower=1, clean=1)
        if not failed:
            return np.asarray(lapack.dtrtri(factor, lower=1)[0])
        jitter = max(10.0 * jitter, 1e-8 * float(kernel.diagonal().max()))


def _append(inverse: Floats, i: int, column: Floats, variance: float) -> None:
    """Line ``i`` of the inverse factor, for a point with ``column`` to those before it."""
    line = inverse[:i, :i] @ column
    diagonal = math.sqrt(max(variance - float(line @ line), _LEAST))
    inverse[i, :i] = -(line @ inverse[:i, :i]) / diagonal
    inverse[i, i] = 1.0 / diagonal
