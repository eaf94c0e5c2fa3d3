"""Kernel densities over rows of a search space, evaluated for many candidates at once.

Every kernel is a product over the parameters. Its logarithm is linear in ``(x**2, x, 1)`` of each
number and in an indicator of each option, so that all kernels at all candidates are one product of
two matrices: :func:`features` of the candidates and :func:`coefficients` of the kernels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.cube import Cube
from nnic.tuners.warps import Floats

_BLOCK = 100_000  # multiplications of one product of matrices


class Parzen:
    """A mixture of one kernel an observation, and a uniform one for the prior.

    Over a numeric parameter a kernel is a normal density truncated to [0, 1]; over a choice it is
    the observed option with most of the mass, the rest spread evenly. Where a parameter did not
    exist in an observation its kernel is uniform, so that a conditional parameter is modelled
    jointly with all others wherever they occurred together.

    Parameters
    ----------
    cube
        The space.
    rows
        Observations, shape (k, d).
    sigmas
        Deviations of the kernels over numeric parameters, shape (k, numeric parameters).
    leak
        The weight of a uniform distribution over the options in a choice's kernel, relative to
        the 1 of the observed option; for all choices, or one for each.
    weights
        Of the observations, and last of the prior; positive; shape (k + 1,).
    """

    def __init__(
        self, cube: Cube, rows: Floats, sigmas: Floats, leak: float | Floats, weights: Floats
    ) -> None:
        self._cube = cube
        self._rows = rows
        self._sigmas = sigmas
        self._leak = leak
        self._weights = weights / weights.sum()
        self._numeric = np.flatnonzero(cube.numeric)
        self._categorical = np.flatnonzero(~cube.numeric)
        self._coefficients = coefficients(cube, rows, sigmas, leak)

    def log_density(self, candidates: Floats) -> Floats:
        """The logarithm of the density where ``candidates`` are :func:`features`; shape (m,)."""
        return log_mixture(candidates, self._coefficients, self._weights)

    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        """Draw ``n`` rows; shape (n, d).

        Every column gets a value; what does not exist under the drawn choices is to be removed,
        and numbers are to be snapped.
        """
        k = len(self._rows)
        kernels = np.searchsorted(np.cumsum(self._weights)[:-1], rng.random(n), side="right")
        rows: Floats = rng.random((n, len(self._cube)))
        options = self._cube.options[self._categorical]
        rows[:, self._categorical] = np.floor(rows[:, self._categorical] * options)
        if not k:
            return rows
        observed = (kernels < k)[:, None]
        kernels = np.minimum(kernels, k - 1)
        chosen = self._rows[kernels]
        own, means = chosen[:, self._categorical], chosen[:, self._numeric]
        stay = rng.random(own.shape) < 1.0 / (1.0 + self._leak)
        keep = observed & stay & ~np.isnan(own)
        rows[:, self._categorical] = np.where(keep, own, rows[:, self._categorical])
        drawn = _truncated_normal(rng, means, self._sigmas[kernels])
        keep = observed & ~np.isnan(means)
        rows[:, self._numeric] = np.where(keep, drawn, rows[:, self._numeric])
        return rows


def log_mixture(candidates: Floats, kernels: Floats, weights: Floats) -> Floats:
    """The logarithm of a mixture, relative to the uniform density over the parameters that exist.

    Parameters
    ----------
    candidates
        :func:`features`, shape (m, f).
    kernels
        :func:`coefficients`, shape (k, f).
    weights
        Of the kernels, 0 for those that are left out, and last of the uniform prior, which is
        positive; they sum to 1; shape (k + 1,).

    Returns
    -------
    Floats
        Shape (m,).
    """
    with np.errstate(divide="ignore"):
        log_weights = np.log(weights)
    logs = np.empty((len(kernels), len(candidates)))
    # In blocks that a BLAS does not share out among threads: they cost more than the product (16 ms
    # against 0.3 for 5,000 kernels on two busy cores), and their number would decide the last digits.
    block = max(8, _BLOCK // max(candidates.size, 1))
    for start in range(0, len(kernels), block):
        np.matmul(kernels[start : start + block], candidates.T, out=logs[start : start + block])
    logs += log_weights[:-1, None]
    top = np.maximum(logs.max(axis=0, initial=-np.inf), log_weights[-1])
    logs -= top
    np.exp(logs, out=logs)
    result: Floats = top + np.log(logs.sum(axis=0) + np.exp(log_weights[-1] - top))
    return result


def features(cube: Cube, rows: Floats) -> Floats:
    """What the logarithm of a kernel is linear in, of each row; shape (m, f)."""
    numbers = rows[:, cube.numeric]
    present = ~np.isnan(numbers)
    numbers = np.where(present, numbers, 0.0)
    parts = [numbers**2, numbers, present.astype(np.float64)]
    for column in np.flatnonzero(~cube.numeric):
        parts.append((rows[:, column, None] == np.arange(cube.options[column])).astype(np.float64))
    return np.concatenate(parts, axis=1)


def coefficients(cube: Cube, rows: Floats, sigmas: Floats, leak: float | Floats) -> Floats:
    """Of the kernel at each row; shape (k, f). See :class:`Parzen` for the parameters."""
    from scipy.special import ndtr  # here, so that a run starts without it

    means = rows[:, cube.numeric]
    present = ~np.isnan(means)
    means = np.where(present, means, 0.5)
    variances = sigmas**2 + _cell_variances(cube, means)
    deviations = np.sqrt(variances)
    mass = ndtr((1.0 - means) / deviations) - ndtr(-means / deviations)
    constant = -0.5 * means**2 / variances - np.log(deviations * mass * np.sqrt(2 * np.pi))
    parts = [np.where(present, block, 0.0) for block in (-0.5 / variances, means / variances, constant)]
    categorical = np.flatnonzero(~cube.numeric)
    for column, own in zip(categorical, np.broadcast_to(leak, categorical.shape).tolist()):
        parts.append(_option_logs(rows[:, column], int(cube.options[column]), own))
    return np.concatenate(parts, axis=1)


def _option_logs(own: Floats, options: int, leak: float) -> Floats:
    """Logarithms of a choice's kernels relative to the even distribution; shape (k, options)."""
    other = leak / (1.0 + leak)
    table: Floats = np.full((len(own), options), np.log(other))
    seen = np.flatnonzero(~np.isnan(own))
    table[seen, own[seen].astype(np.intp)] = np.log(other + options / (1.0 + leak))
    table[np.isnan(own)] = 0.0
    return table


def _cell_variances(cube: Cube, means: Floats) -> Floats:
    """What rounding to cells adds to the variance of a kernel: a twelfth of the width squared."""
    variances = np.zeros_like(means)
    for place, column in enumerate(np.flatnonzero(cube.numeric)):
        parameter = cube.dimensions[column].parameter
        if parameter.sampler.quantized or parameter.integer:
            variances[:, place] = cube.dimensions[column].widths(means[:, place]) ** 2 / 12
    return variances


def _truncated_normal(rng: np.random.Generator, means: Floats, sigmas: Floats) -> Floats:
    """Normal numbers, drawn again where they leave [0, 1]; NaN for means that are NaN."""
    drawn: Floats = means + sigmas * rng.standard_normal(means.shape)
    for _ in range(4):
        outside = (drawn < 0) | (drawn > 1)
        if not outside.any():
            break
        drawn[outside] = means[outside] + sigmas[outside] * rng.standard_normal(int(outside.sum()))
    return np.clip(drawn, 0.0, 1.0)


def neighbour_gaps(values: Floats) -> Floats:
    """The larger distance of each value to its neighbours in its column; shape (k, d).

    The middle of the range counts as a value; a value at the end of a column has one neighbour.
    NaN are left out, and get 1.
    """
    k, d = values.shape
    if k == 0:
        return np.ones((0, d))
    absent = np.isnan(values)
    padded = np.concatenate([np.where(absent, np.inf, values), np.full((1, d), 0.5)])
    order: NDArray[np.intp] = np.argsort(padded, axis=0, kind="stable")
    ordered = np.take_along_axis(padded, order, axis=0)
    with np.errstate(invalid="ignore"):  # inf - inf between absent values
        gaps = np.diff(ordered, axis=0)
    gaps[~np.isfinite(gaps)] = 0.0
    edge = np.zeros((1, d))
    larger = np.maximum(np.concatenate([edge, gaps]), np.concatenate([gaps, edge]))
    result: Floats = np.ones((k + 1, d))
    np.put_along_axis(result, order, larger, axis=0)
    result[:k][absent] = 1.0
    return result[:k]
