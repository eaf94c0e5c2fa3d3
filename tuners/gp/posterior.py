"""What a Gaussian process knows after some values: its mean and variance anywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.gp.matern import MEAN_VARIANCE, Hyperparameters, matern, squared_distances
from nnic.tuners.mapping.warps import Floats

_LEAST = 1e-10  # No variance is smaller.


class Posterior:
    """A Gaussian process given values at some points.

    Rasmussen and Williams 2006, algorithm 2.1, with the inverse of the Cholesky factor kept, so
    that a prediction is two products of matrices. The values may come in several versions
    (fantasies of what is not known yet), which share the variance.

    Parameters
    ----------
    group
        The number of the length scale of each feature; shape (f,).
    hyper
        The kernel's parameters.
    points
        The features of the points; shape (n, f).
    values
        The values at the points, a column a version; shape (n, s).
    inverse
        The inverse of the Cholesky factor of their covariance where it is known already; shape (n, n).
    """

    def __init__(
        self,
        group: NDArray[np.intp],
        hyper: Hyperparameters,
        points: Floats,
        values: Floats,
        inverse: Floats | None = None,
    ) -> None:
        self._group, self._hyper, self._given = group, hyper, points
        self._weights = 1.0 / hyper.lengths[group]
        self._points = points * self._weights
        self.values = values
        if inverse is None:
            kernel = _covariance(hyper, self._points, self._points)
            kernel[np.diag_indices_from(kernel)] += hyper.noise
            inverse = _inverse_factor(kernel)
        self._inverse = inverse
        self._alpha = inverse.T @ (inverse @ values)

    def __len__(self) -> int:
        return len(self._points)

    @property
    def prior_variance(self) -> float:
        """The variance of the function where nothing is known."""
        return self._hyper.variance + MEAN_VARIANCE

    @property
    def noise(self) -> float:
        """The variance of a result about the function."""
        return self._hyper.noise

    def expected(self) -> Floats:
        """The mean of the function at the known points; shape (n, s)."""
        return np.asarray(self.values - self._hyper.noise * self._alpha)

    def log_likelihood(self, values: Floats) -> float:
        """The log likelihood of other values at the known points, shape (n,), up to a constant."""
        half = self._inverse @ values
        return -0.5 * float(half @ half)

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Mean, shape (m, s), and variance, shape (m,), of the function without noise."""
        found = self.at(points)
        return found.mean, found.variance

    def at(self, points: Floats) -> Prediction:
        """What :meth:`predict` tells of points with features of shape (m, f), with what a gradient needs."""
        weighted = points * self._weights
        value, slope = matern(squared_distances(weighted, self._points))
        value *= self._hyper.variance
        value += MEAN_VARIANCE
        slope *= self._hyper.variance
        half = value @ self._inverse.T
        variance = self.prior_variance - np.einsum("ij,ij->i", half, half)
        slopes = _Slopes(weighted, self._points, self._weights, slope, half, self._inverse, self._alpha)
        return Prediction(value @ self._alpha, np.maximum(variance, _LEAST), slopes)

    def joint(self, points: Floats) -> tuple[Floats, Floats]:
        """The mean of the function at several points, shape (m, s), and their covariance, shape (m, m)."""
        weighted = points * self._weights
        kernel = _covariance(self._hyper, weighted, self._points)
        half = kernel @ self._inverse.T
        prior = _covariance(self._hyper, weighted, weighted)
        return kernel @ self._alpha, prior - half @ half.T

    def extended(self, points: Floats, values: Floats) -> Posterior:
        """The posterior of more points, shape (m, f), and their values, shape (m, s).

        Each point appends a line to the inverse of the Cholesky factor: n**2 operations instead of
        n**3 (Rasmussen and Williams, appendix A.3).
        """
        versions = max(self.values.shape[1], values.shape[1])
        parts = [np.broadcast_to(part, (len(part), versions)) for part in (self.values, values)]
        given = np.concatenate([self._given, points])
        weighted = given * self._weights
        inverse = np.zeros((len(given), len(given)))
        inverse[: len(self), : len(self)] = self._inverse
        for i in range(len(self), len(given)):
            column = _covariance(self._hyper, weighted[i : i + 1], weighted[:i])[0]
            _append(inverse, i, column, self.prior_variance + self._hyper.noise)
        return Posterior(self._group, self._hyper, given, np.concatenate(parts), inverse)


@dataclass(frozen=True, slots=True)
class _Slopes:
    """What the gradient of a prediction at m points is made of; the n known points as they are."""

    weighted: Floats  # The features over their length scales, at the m points; shape (m, f).
    known: Floats  # The same at the known points; shape (n, f).
    weights: Floats  # One over the length scale of each feature; shape (f,).
    kernel: Floats  # The derivative of the kernel by the squared distance; shape (m, n).
    half: Floats  # The kernel times the inverse Cholesky factor; shape (m, n).
    inverse: Floats  # The inverse Cholesky factor; shape (n, n).
    alpha: Floats  # The inverse covariance times the values; shape (n, s).


@dataclass(frozen=True, slots=True)
class Prediction:
    """Mean, shape (m, s), and variance, shape (m,), at m points; made by :meth:`Posterior.at`."""

    mean: Floats
    variance: Floats
    slopes: _Slopes

    def pull_back(self, by_mean: Floats, by_variance: Floats) -> Floats:
        """The gradient by the features, of a function of mean and variance at each point.

        Parameters
        ----------
        by_mean, by_variance
            The function's derivatives, shapes (m, s) and (m,).

        Returns
        -------
        Floats
            The gradient; shape (m, f).
        """
        of = self.slopes
        outer = by_mean @ of.alpha.T - 2.0 * by_variance[:, None] * (of.half @ of.inverse)
        outer *= of.kernel
        # The derivative of the squared distance is 2 w**2 (x - x_j).
        found = of.weighted * outer.sum(axis=1)[:, None] - outer @ of.known
        return np.asarray(2.0 * found * of.weights)


def _covariance(hyper: Hyperparameters, a: Floats, b: Floats) -> Floats:
    """The kernel between weighted points, shapes (n, f) and (m, f), without noise; shape (n, m)."""
    return np.asarray(hyper.variance * matern(squared_distances(a, b))[0] + MEAN_VARIANCE)


def _inverse_factor(kernel: Floats) -> Floats:
    """The inverse of the lower Cholesky factor of ``kernel``, with jitter where it has none."""
    from scipy.linalg import lapack

    jitter = 0.0
    while True:
        factor, failed = lapack.dpotrf(kernel + jitter * np.eye(len(kernel)), lower=1, clean=1)
        if not failed:
            return np.asarray(lapack.dtrtri(factor, lower=1)[0])
        jitter = max(10.0 * jitter, 1e-8 * float(kernel.diagonal().max()))


def _append(inverse: Floats, i: int, column: Floats, variance: float) -> None:
    """Write line ``i`` of the inverse factor, for a point with covariances ``column`` to those before it."""
    line = inverse[:i, :i] @ column
    diagonal = math.sqrt(max(variance - float(line @ line), _LEAST))
    inverse[i, :i] = -(line @ inverse[:i, :i]) / diagonal
    inverse[i, i] = 1.0 / diagonal
