"""The twelve families of learning curves, and the exact posterior of where a curve will end.

The families are those of Domhan et al. 2015 (IJCAI, Table 1) with linear and logarithmic growth,
which NNI's curve fitting assessor has as well. Each is linear in two of its parameters, where it
begins and where it ends, and has at most two others, its *shape*. So given a shape and a noise
level the posterior of the ends is normal and known exactly; shapes and noise levels are summed
over a fixed grid. Nothing is optimised or sampled, so the answer is the same every time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats

_GRID = 12  # Each parameter of a shape has this many values.
_NOISE = np.geomspace(0.005, 1.0, 10)  # The levels of noise: deviations, as parts of the curve's range.
_POINTS = 64  # No more points of a curve are used.
_WHOLE = 256  # The shapes of whole curves are kept up to this many reports.
_STEEPEST = 1e6  # A curve may have reached this many times its last value.
_END = 2.0  # The prior deviation of the end from the last value, in ranges.
_CHANGE = 4.0  # The prior deviation of the change from the first step to the end, in ranges.

Shape = Callable[[Floats, Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Family:
    """A family of curves ``f(x) = offset + factor * g(x; a, b)``, x counting reports from 1.

    ``offset`` says whether there is one; ``grid`` gives the values of ``a`` and ``b`` for curves of
    a length.
    """

    name: str
    g: Shape
    grid: Callable[[float], tuple[Floats, Floats]]
    offset: bool = True


def _one(length: float) -> tuple[Floats, Floats]:
    del length
    return np.ones(1), np.ones(1)


def _powers(length: float) -> tuple[Floats, Floats]:
    del length
    return np.geomspace(0.05, 4.0, 2 * _GRID), np.ones(1)


def _shifted(length: float) -> tuple[Floats, Floats]:
    return np.geomspace(0.1, length, _GRID), np.geomspace(0.05, 4.0, _GRID)


def _rates(length: float) -> tuple[Floats, Floats]:
    return np.geomspace(0.3 / length, 3.0, _GRID), np.linspace(0.3, 2.5, _GRID)


def _signed(length: float) -> tuple[Floats, Floats]:
    half = np.geomspace(0.2, 4.0, _GRID // 2)
    return np.geomspace(0.3, 2 * length, _GRID), np.concatenate([-half, half])


def _vapour(length: float) -> tuple[Floats, Floats]:
    del length
    return np.linspace(-4.0, 4.0, _GRID), np.linspace(-1.0, 1.0, _GRID)


FAMILIES = (
    Family("vap", lambda x, b, c: np.exp(b / x + c * np.log(x)), _vapour, offset=False),
    Family("pow3", lambda x, a, _: x**-a, _powers),
    Family("linear", lambda x, _, __: x, _one),
    Family("logx_linear", lambda x, _, __: np.log(x), _one),
    Family("dr_hill_zero_background", lambda x, k, n: 1 / (1 + (k / x) ** n), _signed, offset=False),
    Family("log_power", lambda x, b, c: 1 / (1 + (x / b) ** c), _signed, offset=False),
    Family("pow4", lambda x, b, a: (x + b) ** -a, _shifted),
    Family("mmf", lambda x, k, d: 1 / (1 + (k * x) ** d), _rates),
    Family("exp4", lambda x, a, d: np.exp(-a * x**d), _rates),
    Family("ilog2", lambda x, _, __: 1 / np.log2(x + 1), _one),
    Family("weibull", lambda x, k, d: np.exp(-((k * x) ** d)), _rates),
    Family("janoschek", lambda x, k, d: np.exp(-(k**d) * x ** (d / 2)), _rates),
)


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of all families, at some reports of a curve.

    ``ends`` and ``starts`` have shape (k, n): the curve is ``end * ends + change * starts``, where
    ``end`` is its value at the last report; ``starts`` is zero for families without an offset.
    ``log_prior``, shape (k,), gives every family the same weight, and every shape within one.
    """

    ends: Floats
    starts: Floats
    log_prior: Floats


@lru_cache(maxsize=4)
def shapes_at(steps: tuple[int, ...], length: int) -> Shapes:
    """The shapes of curves of ``length`` reports, at ``steps`` counted from 0."""
    x = np.array([*steps, 0, length - 1]) + 1.0
    ends, starts, log_prior = [], [], []
    for family in FAMILIES:
        first, second = family.grid(float(length))
        a, b = (grid.reshape(-1, 1) for grid in np.meshgrid(first, second))
        with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
            curves = np.broadcast_to(family.g(x, a, b), (len(a), len(x)))
            begin, last = curves[:, -2:-1], curves[:, -1:]
            end = np.ones_like(curves) if family.offset else curves / last
            start = (curves - last) / (begin - last) if family.offset else np.zeros_like(curves)
        # Some shapes underflow over long curves; other shapes hold what is left of them.
        usable = np.isfinite(start).all(axis=1) & (np.abs(end).max(axis=1) < _STEEPEST)
        ends.append(end[usable, :-2])
        starts.append(start[usable, :-2])
        count = int(usable.sum())
        log_prior.append(np.full(count, -np.log(max(count, 1))))
    return Shapes(np.concatenate(ends), np.concatenate(starts), np.concatenate(log_prior))


@dataclass(frozen=True, slots=True)
class Forecast:
    """The posterior predictive of a curve's last value: a mixture of normal distributions.

    ``weights``, ``means`` and ``deviations`` have the same shape (m,); weights sum to 1. Means and
    deviations are in units of ``scale``, and means from ``location`` on.
    """

    weights: Floats
    means: Floats
    deviations: Floats
    location: float
    scale: float

    def probability_above(self, value: float) -> float:
        """The probability that the last value is above ``value``."""
        from scipy.special import ndtr

        distance = (value - self.location) / self.scale
        return min(1.0, float(self.weights @ ndtr((self.means - distance) / self.deviations)))

    @property
    def mean(self) -> float:
        """The mean of the last value."""
        return self.location + self.scale * float(self.weights @ self.means)


def forecast(steps: NDArray[np.intp], values: Floats, length: int) -> Forecast:
    """Forecast where a curve will be at report number ``length``.

    Domhan et al. 2015, section 3.3: the models are averaged by their posterior probabilities, and
    their parameters are integrated out. The end of the curve has a normal prior around the last
    value, the change until there one around zero, both several times as wide as the range of the
    values so far; the noise is uniform on a logarithmic scale.

    Parameters
    ----------
    steps
        The ascending steps of the reports, counted from 0 and below ``length``; shape (n,). Of more than
        64 an even selection is used.
    values
        The finite values of the reports, at least 2 of them; shape (n,).
    length
        How many reports a whole curve has, at least 2.
    """
    chosen = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), _POINTS)).round().astype(np.intp))
    steps, values = steps[chosen], values[chosen]
    if length <= _WHOLE:  # They are the same for every curve, so they are computed once.
        shapes = shapes_at(tuple(range(length)), length)
        shapes = Shapes(shapes.ends[:, steps], shapes.starts[:, steps], shapes.log_prior)
    else:
        shapes = shapes_at(tuple(steps.tolist()), length)
    location = float(values[-1])
    scale = max(float(np.ptp(values)), 1e-9 * float(np.abs(values).max()), 1e-300)
    # This is what remains of the values when the end is where the last value is.
    rest = (values - location) / scale - location / scale * (shapes.ends - 1.0)
    weights, means, deviations = _posterior(shapes, rest)
    return Forecast(weights, means, deviations, location, scale)


def _posterior(shapes: Shapes, rest: Floats) -> tuple[Floats, Floats, Floats]:
    """The weights, means and deviations of the last value, for each shape and level of noise.

    This is the linear regression of ``rest``, shape (k, n), on ends and starts with normal priors.
    """
    from scipy.special import logsumexp

    ends, starts = shapes.ends, shapes.starts
    pairs = ((ends, ends), (ends, starts), (starts, starts), (ends, rest), (starts, rest), (rest, rest))
    ee, es, ss, ey, sy, yy = (np.einsum("kn,kn->k", a, b)[:, None] for a, b in pairs)
    precision = 1.0 / _NOISE**2  # Its shape is (q,); all shapes below are (k, q).
    aa, ab, bb = ee * precision + _END**-2, es * precision, ss * precision + _CHANGE**-2
    determinant = aa * bb - ab * ab
    p, r = ey * precision, sy * precision
    end, change = (bb * p - ab * r) / determinant, (aa * r - ab * p) / determinant
    fit = yy * precision - end * p - change * r
    log_evidence = -rest.shape[1] * np.log(_NOISE) - 0.5 * np.log(determinant) - 0.5 * fit
    log_weights = log_evidence + shapes.log_prior[:, None]
    weights = np.exp(log_weights - logsumexp(log_weights))
    deviations = np.sqrt(bb / determinant + _NOISE**2)
    return weights.ravel(), end.ravel(), deviations.ravel()
