"""The Matern kernel over weighted features."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nnic.tuners.mapping.warps import Floats

MEAN_VARIANCE = 1.0
"""The variance of the unknown mean of a process: a constant that the kernel adds."""


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """Length scales, one for each group of features, shape (p,); the variances of process and noise."""

    lengths: Floats
    variance: float
    noise: float

    def to_vector(self) -> Floats:
        """The logarithms of the lengths, the variance and the noise; shape (p + 2,)."""
        return np.asarray(np.log(np.append(self.lengths, [self.variance, self.noise])))

    @classmethod
    def from_vector(cls, vector: Floats) -> Hyperparameters:
        """The hyperparameters of which :meth:`to_vector` made ``vector``, up to rounding."""
        return cls(np.exp(vector[:-2]), math.exp(vector[-2]), math.exp(vector[-1]))

    def to_json(self) -> list[float]:
        """The state as plain JSON values, exactly."""
        return [*self.lengths.tolist(), self.variance, self.noise]

    @classmethod
    def from_json(cls, data: list[float]) -> Hyperparameters:
        """The hyperparameters of which :meth:`to_json` made ``data``."""
        return cls(np.array(data[:-2]), data[-2], data[-1])


def matern(squared: Floats) -> tuple[Floats, Floats]:
    """The Matern kernel with nu = 5/2, and its derivative by the squared distance.

    Rasmussen and Williams 2006, equation 4.17: ``(1 + a + a**2 / 3) exp(-a)`` of
    ``a = sqrt(5 r**2)``; the derivative ``-5/6 (1 + a) exp(-a)`` is finite at 0 too.
    """
    root = np.sqrt(5.0 * squared)
    decay = np.exp(-root)
    slope = (root + 1.0) * decay
    value = slope + squared * (5.0 / 3.0) * decay
    slope *= -5.0 / 6.0
    return value, slope


def squared_distances(a: Floats, b: Floats) -> Floats:
    """The squared distances between the rows of two arrays, shapes (n, f) and (m, f); shape (n, m)."""
    found: Floats = a @ b.T
    found *= -2.0
    found += np.einsum("ij,ij->i", a, a)[:, None]
    found += np.einsum("ij,ij->i", b, b)
    return np.maximum(found, 0.0, out=found)
