"""PED-ANOVA tells how much each parameter matters for being among the best."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import erf

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.warps import Floats

_SAMPLES = 64  # The trials are resampled this often.
_CELLS = 50  # A numeric range has this many cells.
_SQRT_2 = math.sqrt(2.0)


def ped_anova(cube: Cube, rows: Floats, losses: Floats, best: float, rng: np.random.Generator) -> Floats:
    """Pearson divergences of the best from all (Watanabe, Bansal, Hutter 2023, arXiv 2304.10255).

    For each parameter the density of its values among the best trials is compared with that among
    all of them (Theorem 1 there, Algorithm 1): how tuners came to try what they tried cancels out.
    A parameter that does not always exist counts as far as it does: by the trials that have it.

    Parameters
    ----------
    cube
        The space.
    rows
        The configurations as in :mod:`nnic.tuners.mapping.cube`, NaN where a parameter does not exist;
        shape (n, d).
    losses
        Their losses, of which infinite ones are not among the best; shape (n,).
    best
        The part of the trials that counts as the best, above 0 and below 1.
    rng
        The generator of the resamplings.

    Returns
    -------
    ndarray
        The divergences, 0 for a parameter that makes no difference; shape (resamplings, d). Each
        resampling is of trials with replacement.
    """
    n, d = rows.shape
    found = np.zeros((_SAMPLES, d))
    for sample in range(_SAMPLES):
        chosen = rng.integers(n, size=n)
        order = chosen.take(losses[chosen].argsort(kind="stable"))
        top = order[: max(2, math.ceil(best * n))]
        for column in range(d):
            among = rows[order, column]
            every, good = among[~np.isnan(among)], rows[top, column]
            good = good[~np.isnan(good)]
            if len(good) and len(every):
                options = int(cube.options[column])
                found[sample, column] = _divergence(good, every, options) * len(every) / n
    return found


def _divergence(good: Floats, every: Floats, options: int) -> float:
    """The Pearson divergence of one set of values from another."""
    p, q = (_masses(values, options) for values in (good, every))
    return float(np.sum((p / q - 1.0) ** 2 * q))


def _masses(values: Floats, options: int) -> Floats:
    """The density of values, as the masses of the options or of equal cells of [0, 1]."""
    if options:
        counts = np.bincount(values.astype(np.intp), minlength=options) + 1.0 / options
        frequencies: Floats = counts / counts.sum()
        return frequencies
    # The width is by Scott's rule, but no narrower than a cell; kernels are cut off at the ends of the range.
    width = max(1.06 * float(values.std()) * len(values) ** -0.2, 1.0 / _CELLS)
    points, repeats = np.unique(values, return_counts=True)
    edges = np.linspace(0.0, 1.0, _CELLS + 1)
    below = erf((edges[:, None] - points) / (_SQRT_2 * width))
    inside = np.diff(below, axis=0) / (below[-1] - below[0])
    sums = inside @ repeats + 1.0 / _CELLS  # One more observation may be anywhere.
    masses: Floats = sums / sums.sum()
    return masses
