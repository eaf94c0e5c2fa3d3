"""Kernel densities over rows of a search space, evaluated for many candidates at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.tpe.product_kernels import ProductKernels

_BLOCK = 100_000  # One product of matrices has this many multiplications.


class Parzen:
    """A mixture of a kernel for each observation, and a uniform one for the prior.

    Over a numeric parameter a kernel is a normal density truncated to [0, 1]; over a choice it is
    the observed option with most of the mass, the rest spread evenly. Where a parameter did not
    exist in an observation its kernel is uniform, so that a conditional parameter is modelled
    jointly with all others wherever they occurred together.

    Parameters
    ----------
    kernels
        The kernels of the space.
    rows
        The rows of the observations; shape (k, d).
    sigmas
        The deviations of the kernels over numeric parameters; shape (k, numeric parameters).
    leak
        The weight of a uniform distribution over the options in a choice's kernel, relative to
        the 1 of the observed option; for all choices, or one for each.
    weights
        The positive weights of the observations, and last that of the prior; shape (k + 1,).
    """

    def __init__(
        self, kernels: ProductKernels, rows: Floats, sigmas: Floats, leak: float | Floats, weights: Floats
    ) -> None:
        self._kernels = kernels
        self._rows = rows
        self._sigmas = sigmas
        self._leak = leak
        self._weights = weights / weights.sum()
        self._coefficients = kernels.coefficients(rows, sigmas, leak)

    def log_density(self, candidates: Floats) -> Floats:
        """The logarithm of the density at candidates, given by their features, shape (m, f); shape (m,)."""
        return log_mixture(candidates, self._coefficients, self._weights)

    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        """Draw ``n`` rows; shape (n, d).

        Every column gets a value; what does not exist under the drawn choices is to be removed,
        and numbers are to be snapped.
        """
        k = len(self._rows)
        picked = np.searchsorted(np.cumsum(self._weights)[:-1], rng.random(n), side="right")
        numbers, choices = self._kernels.numbers, self._kernels.choices
        rows: Floats = rng.random((n, len(numbers) + len(choices)))
        spread, options = rows[:, numbers], np.floor(rows[:, choices] * self._kernels.options)
        rows[:, choices] = options
        if not k:
            return rows
        observed = (picked < k)[:, None]
        picked = np.minimum(picked, k - 1)
        chosen = self._rows[picked]
        means, own = chosen[:, numbers], chosen[:, choices]
        drawn = _truncated_normal(spread, means, self._sigmas[picked])
        rows[:, numbers] = np.where(observed & (means == means), drawn, spread)
        stay = observed & (rng.random(own.shape) < 1.0 / (1.0 + self._leak)) & (own == own)
        rows[:, choices] = np.where(stay, own, options)
        return rows


def log_mixture(candidates: Floats, kernels: Floats, weights: Floats) -> Floats:
    """The logarithm of a mixture, relative to the uniform density over the parameters that exist.

    Parameters
    ----------
    candidates
        The features of the candidates (see :mod:`nnic.tuners.tpe.product_kernels`); shape (m, f).
    kernels
        The coefficients of the kernels; shape (k, f).
    weights
        The positive weights of the kernels, and last that of the prior; they sum to 1; shape (k + 1,).

    Returns
    -------
    Floats
        The logarithms; shape (m,).
    """
    log_weights = np.log(weights)
    logs = np.empty((len(kernels), len(candidates)))
    # Products are in blocks that a BLAS does not share out among threads. These cost more than the product
    # (16 ms against 0.3 for 5,000 kernels on two busy cores), and their number decides the last digits.
    block = max(8, _BLOCK // max(candidates.size, 1))
    for start in range(0, len(kernels), block):
        np.matmul(kernels[start : start + block], candidates.T, out=logs[start : start + block])
    logs += log_weights[:-1, None]
    top = np.maximum(logs.max(axis=0, initial=-np.inf), log_weights[-1])
    logs -= top
    np.exp(logs, out=logs)
    result: Floats = top + np.log(logs.sum(axis=0) + np.exp(log_weights[-1] - top))
    return result


def _truncated_normal(uniform: Floats, means: Floats, sigmas: Floats) -> Floats:
    """Draw from normal densities cut off outside [0, 1], by inversion; NaN where the mean is NaN."""
    from scipy.special import ndtr, ndtri  # A run starts without it.

    low = ndtr(-means / sigmas)
    share = low + uniform * (ndtr((1.0 - means) / sigmas) - low)
    inside: Floats = np.minimum(np.maximum(means + sigmas * ndtri(share), 0.0), 1.0)
    return inside


def neighbour_gaps(values: Floats) -> Floats:
    """The larger distance of each value to its neighbours in its column; shape (k, d).

    The middle of the range counts as a value; a value at the end of a column has one neighbour.
    NaN are left out, and get the distance 1.
    """
    k, d = values.shape
    padded = np.empty((k + 1, d))
    padded[:k] = values
    padded[k] = 0.5
    columns = np.arange(d)
    order: NDArray[np.intp] = padded.argsort(axis=0, kind="stable")  # NaN come last.
    ordered = padded[order, columns]
    gaps = np.zeros((k + 2, d))
    np.subtract(ordered[1:], ordered[:-1], out=gaps[1:-1])
    result = np.empty((k + 1, d))
    result[order, columns] = np.fmax(gaps[1:], gaps[:-1])  # Of a number and NaN it gives the number.
    result = result[:k]
    result[np.isnan(values)] = 1.0
    return result
