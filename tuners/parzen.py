"""Kernel densities over rows of a search space, evaluated for many candidates at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nnic.tuners.cube import Cube
from nnic.tuners.warps import Floats


class Parzen:
    """A mixture of one product kernel an observation, and a uniform one for the prior.

    Over a numeric parameter a kernel is a normal density truncated to [0, 1], as wide as the
    larger of the gaps to its neighbours, within limits; over a choice it is the observed option
    with most of the mass, the rest spread evenly. Where a parameter did not exist in an
    observation its kernel is uniform, so that a conditional parameter is modelled jointly with
    all others wherever they occurred together.

    The logarithm of a product kernel is linear in (x**2, x, 1) of each number and in the indicator
    of each option. All kernels at all candidates are therefore one product of matrices.

    Parameters
    ----------
    cube
        The space.
    rows
        Observations, shape (k, d).
    weights
        Of the observations, and last of the prior; positive; shape (k + 1,).
    floor
        The narrowest kernel, as a part of the range.
    spread
        The mass that a choice's kernel gives to the other options, times k.
    """

    def __init__(self, cube: Cube, rows: Floats, weights: Floats, floor: float, spread: float = 1.0) -> None:
        self._cube = cube
        self._rows = rows
        self._log_weights = np.log(weights / weights.sum())
        self._weights = weights / weights.sum()
        self._numeric = np.flatnonzero(cube.numeric)
        self._categorical = np.flatnonzero(~cube.numeric)
        self._means = rows[:, self._numeric]
        self._present = ~np.isnan(self._means)
        self._sigmas = np.clip(neighbour_gaps(self._means), floor, 1.0)
        self._spread = spread / max(len(rows), 1)
        self._coefficients = self._build()

    def log_density(self, rows: Floats) -> Floats:
        """The logarithm of the density at each row, up to a constant a parameter; shape (m,)."""
        logs = self._features(rows) @ self._coefficients + self._log_weights
        top = logs.max(axis=1)
        result: Floats = top + np.log(np.exp(logs - top[:, None]).sum(axis=1))
        return result

    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        """Draw ``n`` rows; shape (n, d). The options of choices and the snapping are the caller's.

        Every column gets a value; what does not exist under the drawn choices is to be removed.
        """
        k = len(self._rows)
        kernels = np.searchsorted(np.cumsum(self._weights)[:-1], rng.random(n), side="right")
        rows: Floats = rng.random((n, len(self._cube)))
        uniform = rows[:, self._categorical]
        options = self._cube.options[self._categorical]
        rows[:, self._categorical] = np.floor(uniform * options)
        if not k:
            return rows
        observed = kernels < k
        chosen = self._rows[np.minimum(kernels, k - 1)]
        own = chosen[:, self._categorical]
        stay = rng.random(own.shape) < 1.0 / (1.0 + self._spread)
        keep = observed[:, None] & stay & ~np.isnan(own)
        rows[:, self._categorical] = np.where(keep, own, rows[:, self._categorical])
        means = chosen[:, self._numeric]
        drawn = self._truncated(rng, means, self._sigmas[np.minimum(kernels, k - 1)])
        keep = observed[:, None] & ~np.isnan(means)
        rows[:, self._numeric] = np.where(keep, drawn, rows[:, self._numeric])
        return rows

    @staticmethod
    def _truncated(rng: np.random.Generator, means: Floats, sigmas: Floats) -> Floats:
        """Normal numbers, drawn again where they leave [0, 1]."""
        drawn: Floats = means + sigmas * rng.standard_normal(means.shape)
        for _ in range(4):
            outside = (drawn < 0) | (drawn > 1)
            if not outside.any():
                return drawn
            again = means[outside] + sigmas[outside] * rng.standard_normal(int(outside.sum()))
            drawn[outside] = again
        return np.clip(drawn, 0.0, 1.0)

    def _build(self) -> Floats:
        """Coefficients of every kernel, the prior's (zeros) last; shape (features, k + 1)."""
        k = len(self._rows)
        variances = self._sigmas**2 + self._cell_variances()
        means = np.where(self._present, self._means, 0.0)
        deviations = np.sqrt(variances)
        mass = ndtr((1.0 - means) / deviations) - ndtr(-means / deviations)
        constant = -0.5 * means**2 / variances - np.log(deviations * mass * np.sqrt(2 * np.pi))
        blocks = [-0.5 / variances, means / variances, constant]
        dn = len(self._numeric)
        width = 3 * dn + int(self._cube.options.sum())
        coefficients: Floats = np.zeros((width, k + 1))
        for place, block in enumerate(blocks):
            coefficients[place * dn : (place + 1) * dn, :k] = np.where(self._present, block, 0.0).T
        start = 3 * dn
        for column in self._categorical:
            options = int(self._cube.options[column])
            own = self._rows[:, column]
            # Relative to the uniform density of the prior.
            other = self._spread / (1.0 + self._spread)
            table = np.full((options, k), np.log(other))
            seen = np.flatnonzero(~np.isnan(own))
            table[own[seen].astype(np.intp), seen] = np.log(other + options / (1.0 + self._spread))
            table[:, np.isnan(own)] = 0.0
            coefficients[start : start + options, :k] = table
            start += options
        return coefficients

    def _features(self, rows: Floats) -> Floats:
        numbers = rows[:, self._numeric]
        present = ~np.isnan(numbers)
        numbers = np.where(present, numbers, 0.0)
        parts = [numbers**2, numbers, present.astype(np.float64)]
        for column in self._categorical:
            parts.append((rows[:, column, None] == np.arange(self._cube.options[column])).astype(np.float64))
        return np.concatenate(parts, axis=1)

    def _cell_variances(self) -> Floats:
        """What rounding to cells adds to the variance of a kernel: a twelfth of the width squared."""
        variances = np.zeros_like(self._means)
        for place, column in enumerate(self._numeric):
            dimension = self._cube.dimensions[column]
            if dimension.parameter.sampler.quantized or dimension.parameter.integer:
                there = self._present[:, place]
                variances[there, place] = dimension.widths(self._means[there, place]) ** 2 / 12
        return variances


def neighbour_gaps(values: Floats) -> Floats:
    """The larger distance of each value to its neighbours in its column; shape (k, d).

    The middle of the range counts as a value; a value at the end of a column has one neighbour.
    NaN are left out, and get 1.
    """
    k, d = values.shape
    if k == 0:
        return np.ones((0, d))
    padded = np.concatenate([np.where(np.isnan(values), np.inf, values), np.full((1, d), 0.5)])
    order: NDArray[np.intp] = np.argsort(padded, axis=0)
    ordered = np.take_along_axis(padded, order, axis=0)
    with np.errstate(invalid="ignore"):  # inf - inf between absent values
        gaps = np.diff(ordered, axis=0)
    gaps[~np.isfinite(gaps)] = 0.0
    edge = np.zeros((1, d))
    larger = np.maximum(np.concatenate([edge, gaps]), np.concatenate([gaps, edge]))
    result: Floats = np.ones((k + 1, d))
    np.put_along_axis(result, order, larger, axis=0)
    result[:k][np.isnan(values)] = 1.0
    return result[:k]
