"""The logarithm of the expected improvement, which keeps its slope where the improvement vanishes."""

from __future__ import annotations

import math

import numpy as np

from nnic.tuners.gp.posterior import Posterior, Prediction
from nnic.tuners.mapping.warps import Floats

_ROOT_HALF_PI = math.sqrt(math.pi / 2)
_LOG_ROOT_TAU = 0.5 * math.log(2 * math.pi)
_SLIGHT = 1e-3  # So much noise is taken for none, where values have variance 1.
_FAR = -1e3  # Below this the asymptote is exact to six digits and the formula no longer is.


def log_h(z: Floats) -> tuple[Floats, Floats]:
    """Compute ``log(phi(z) + z Phi(z))`` and its derivative.

    ``phi`` and ``Phi`` are the density and the distribution function of a standard normal number. This is
    equation 9 of Ament et al. 2023 (arXiv 2310.20708), in terms of the scaled complementary error function
    for negative z.
    """
    from scipy.special import erfcx, ndtr

    negative = np.minimum(z, 0.0)
    scaled = _ROOT_HALF_PI * erfcx(-negative / math.sqrt(2))  # Phi / phi
    rest = 1 + negative * scaled
    far = negative < _FAR
    if far.any():
        rest[far] = negative[far] ** -2.0
    value = np.log(rest) - 0.5 * negative**2 - _LOG_ROOT_TAU
    slope = scaled / rest
    positive = z > 0
    if positive.any():
        above = z[positive]
        h = np.exp(-0.5 * above**2 - _LOG_ROOT_TAU) + above * ndtr(above)
        value[positive], slope[positive] = np.log(h), ndtr(above) / h
    return value, slope


class LogEI:
    """The logarithm of the expected improvement of a process whose values may come in several versions.

    Where results are noisy it is augmented by the factor ``1 - s / sqrt(v + s**2)``, where ``s`` is the
    deviation of the noise and ``v`` the variance of the process: what one more result there can teach
    (Huang et al. 2006, augmented expected improvement). Without the factor the search repeats the
    configuration with the best average.

    Over versions (fantasies of running trials) the improvements are averaged. Where there is a
    model of failures, the logarithm of the probability of success is added (Gelbart et al. 2014,
    arXiv 1403.5607, equation 6).

    Parameters
    ----------
    objective
        The posterior of the losses.
    best
        The loss that is to be improved on in each version; shape (s,).
    failures
        The posterior of labels, 1 for failures and 0 for successes; ``None`` where nothing failed.
    """

    def __init__(self, objective: Posterior, best: Floats, failures: Posterior | None = None) -> None:
        self._objective, self._best, self._failures = objective, best, failures
        self._noise = max(objective.noise - _SLIGHT, 0.0)

    def value(self, points: Floats) -> Floats:
        """The value at points with features of shape (m, f); shape (m,)."""
        from scipy.special import log_ndtr

        found, _, _ = self._improvement(self._objective.at(points))
        if self._failures is not None:
            mean, variance = self._failures.predict(points)
            found = found + log_ndtr((0.5 - mean[:, 0]) / np.sqrt(variance))
        return found

    def with_gradient(self, points: Floats) -> tuple[Floats, Floats]:
        """The value at points, shape (m,), and its gradient by their features, shape (m, f)."""
        from scipy.special import log_ndtr

        objective = self._objective.at(points)
        value, by_mean, by_variance = self._improvement(objective)
        gradient = objective.pull_back(by_mean, by_variance)
        if self._failures is not None:
            failures = self._failures.at(points)
            deviation = np.sqrt(failures.variance)
            z = (0.5 - failures.mean[:, 0]) / deviation
            log_p = log_ndtr(z)
            value = value + log_p
            slope = np.exp(-0.5 * z**2 - _LOG_ROOT_TAU - log_p)
            by_variance = slope * -0.5 * z / failures.variance
            gradient += failures.pull_back(-(slope / deviation)[:, None], by_variance)
        return value, gradient

    def _improvement(self, at: Prediction) -> tuple[Floats, Floats, Floats]:
        """The value and its derivatives by mean and variance; shapes (m,), (m, s), (m,)."""
        deviation = np.sqrt(at.variance)
        z = (self._best - at.mean) / deviation[:, None]
        logs, slope = log_h(z)
        average, slope = _log_average(logs, slope)
        value = average + np.log(deviation)
        by_mean = -slope / deviation[:, None]
        by_deviation = (1.0 - (slope * z).sum(axis=1)) / deviation
        by_variance = by_deviation / (2.0 * deviation)
        if self._noise > 0:
            lesson, slope_of_lesson = _log_lesson(at.variance, self._noise)
            value, by_variance = value + lesson, by_variance + slope_of_lesson
        return value, by_mean, by_variance


def _log_average(logs: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    """The logarithm of the average over versions, shape (m,), and its slopes by each, shape (m, s)."""
    if logs.shape[1] == 1:
        return logs[:, 0], slopes
    top = logs.max(axis=1)
    shares = np.exp(logs - top[:, None])
    total = shares.sum(axis=1)
    shares /= total[:, None]
    return top + np.log(total / logs.shape[1]), shares * slopes


def _log_lesson(variance: Floats, noise: float) -> tuple[Floats, Floats]:
    """``log(1 - sqrt(noise / (variance + noise)))`` and its derivative by the variance."""
    total = variance + noise
    root = np.sqrt(noise / total)
    # A difference would vanish where the variance is small, so it is computed as a quotient.
    value = np.log(variance / total) - np.log1p(root)
    return value, 1.0 / variance - 1.0 / total + 0.5 * root / (total * (1.0 + root))
