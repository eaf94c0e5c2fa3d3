"""The normal distribution that CMA-ES moves, with a margin for integers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats

_TINY = 1e-300

Cells = Callable[[Floats], "tuple[Floats, Floats]"]
"""Tells where the cells begin and end in which positions of the columns with steps lie."""


class NormalDistribution:
    """The distribution of CMA-ES (Hansen 2016, arXiv 1604.00772), with margin (Hamano et al. 2022,
    arXiv 2205.13482).

    Points are ``mean + sigma * scale * y`` with y drawn from N(0, C); ``scale`` is the diagonal
    matrix A of the margin, 1 without integers. Numbers in parentheses are those of equations in
    Hansen's tutorial, except where Hamano is named.

    Parameters
    ----------
    mean
        Where the distribution starts; shape (d,), d at least 1.
    sigma
        The initial deviation.
    population
        How many points an update learns from, lambda.
    discrete
        The columns that have steps; shape (k,).
    cells
        Gives their cells at the mean; the ends of the range are ends of cells, too.
    """

    def __init__(
        self, mean: Floats, sigma: float, population: int, discrete: Floats | Any, cells: Cells
    ) -> None:
        d = len(mean)
        self.mean, self.sigma, self.population = mean.copy(), sigma, population
        self.generation = 0
        self._discrete, self._cells = np.asarray(discrete, dtype=np.intp), cells
        self._covariance = np.eye(d)
        self._path_sigma, self._path_c = np.zeros(d), np.zeros(d)
        self._scale = np.ones(d)
        self._set_constants(d, population)
        self._decompose()

    def sample(self, rng: np.random.Generator) -> Floats:
        """Draw a point; shape (d,) (equations 38 to 40)."""
        y = self._axes @ (self._lengths * rng.standard_normal(len(self.mean)))
        return np.asarray(self.mean + self.sigma * self._scale * y)

    def update(self, points: Floats, weights: Floats, stale: NDArray[np.bool_]) -> None:
        """Learn from a population.

        Parameters
        ----------
        points
            The points; shape (lambda, d).
        weights
            The weight of each point: :attr:`weights` in the order of their ranks; shape (lambda,).
        stale
            Which points come from an earlier distribution or from elsewhere. Their distance
            counts only up to a limit (Hansen 2011, arXiv 1110.4181, equations 3 and 4).
        """
        d = len(self.mean)
        y = (points - self.mean) / (self.sigma * self._scale)
        white = (y @ self._axes) / self._lengths
        lengths = np.linalg.norm(white, axis=1)
        limit = math.sqrt(d) + 2 * d / (d + 2)
        shorter = np.where(stale & (lengths > limit), limit / np.maximum(lengths, _TINY), 1.0)
        y, white, lengths = y * shorter[:, None], white * shorter[:, None], lengths * shorter
        positive = np.maximum(weights, 0.0)
        step, white_step = positive @ y, self._axes @ (positive @ white)
        self.mean = self.mean + self.sigma * self._scale * step  # (42)
        c_sigma, mu_eff = self._c_sigma, self._mu_eff
        self._path_sigma = (1 - c_sigma) * self._path_sigma + math.sqrt(
            c_sigma * (2 - c_sigma) * mu_eff
        ) * white_step  # (43)
        self.generation += 1
        length = float(np.linalg.norm(self._path_sigma))
        usual = self._expected * math.sqrt(1 - (1 - c_sigma) ** (2 * self.generation))
        moving = length < (1.4 + 2 / (d + 1)) * usual
        c_c = self._c_c
        self._path_c = (1 - c_c) * self._path_c
        if moving:
            self._path_c = self._path_c + math.sqrt(c_c * (2 - c_c) * mu_eff) * step  # (45)
        self._learn_covariance(y, lengths, weights, moving)
        self.sigma *= math.exp(min(1.0, c_sigma / self._damping * (length / self._expected - 1)))  # (44)
        self._decompose()
        self._keep_margin()

    @property
    def deviations(self) -> Floats:
        """The standard deviation in each column; shape (d,)."""
        return np.asarray(self.sigma * self._scale * np.sqrt(np.diag(self._covariance)))

    @property
    def healthy(self) -> bool:
        """Whether the distribution is neither degenerate nor beyond numbers, and so can go on."""
        return self._healthy and math.isfinite(self.sigma) and bool(np.isfinite(self.mean).all())

    def arrays(self) -> dict[str, Any]:
        """The state, which :meth:`restore` takes back."""
        return {
            "mean": self.mean,
            "covariance": self._covariance,
            "path_sigma": self._path_sigma,
            "path_c": self._path_c,
            "scale": self._scale,
            "numbers": np.array([self.sigma, float(self.generation), float(self.population)]),
        }

    def restore(self, arrays: dict[str, Any]) -> None:
        """Take back the state that :meth:`arrays` gave."""
        self.mean, self._covariance = arrays["mean"], arrays["covariance"]
        self._path_sigma, self._path_c = arrays["path_sigma"], arrays["path_c"]
        self._scale = arrays["scale"]
        sigma, generation, population = arrays["numbers"].tolist()
        self.sigma, self.generation, self.population = sigma, int(generation), int(population)
        self._set_constants(len(self.mean), self.population)
        self._decompose()

    def _set_constants(self, d: int, population: int) -> None:
        """Set the constants of table 1 of the tutorial."""
        raw = rank_weights(population)
        good, bad = raw[raw > 0], raw[raw <= 0]
        self._mu_eff = mu_eff = float(good.sum() ** 2 / (good**2).sum())
        bad_eff = float(bad.sum() ** 2 / (bad**2).sum()) if bad.any() else 0.0
        self._c_1 = c_1 = 2 / ((d + 1.3) ** 2 + mu_eff)
        self._c_mu = c_mu = min(1 - c_1, 2 * (mu_eff - 2 + 1 / mu_eff) / ((d + 2) ** 2 + mu_eff))
        self._c_sigma = (mu_eff + 2) / (d + mu_eff + 5)
        self._damping = 1 + 2 * max(0.0, math.sqrt((mu_eff - 1) / (d + 1)) - 1) + self._c_sigma
        self._c_c = (4 + mu_eff / d) / (d + 4 + 2 * mu_eff / d)
        self._expected = math.sqrt(d) * (1 - 1 / (4 * d) + 1 / (21 * d**2))
        limits = [1 + 2 * bad_eff / (mu_eff + 2)]
        if c_mu > 0:
            limits += [1 + c_1 / c_mu, (1 - c_1 - c_mu) / (d * c_mu)]  # (50) to (52)
        negative = min(limits) / max(float(-bad.sum()), _TINY)
        self.weights: Floats = np.where(raw > 0, raw / good.sum(), raw * negative)  # (53)

    def _learn_covariance(self, y: Floats, lengths: Floats, weights: Floats, moving: bool) -> None:
        """Adapt the covariance matrix (equations 46 and 47)."""
        d = len(self.mean)
        scaled = np.where(weights >= 0, weights, weights * d / np.maximum(lengths**2, _TINY))
        lost = 0.0 if moving else self._c_c * (2 - self._c_c)
        keep = 1 + self._c_1 * lost - self._c_1 - self._c_mu * float(weights.sum())
        path = np.outer(self._path_c, self._path_c)
        self._covariance = keep * self._covariance + self._c_1 * path + self._c_mu * (y.T * scaled) @ y

    def _decompose(self) -> None:
        self._covariance = (self._covariance + self._covariance.T) / 2
        self._healthy = bool(np.isfinite(self._covariance).all())
        if not self._healthy:
            self._covariance = np.eye(len(self.mean))
        values, self._axes = np.linalg.eigh(self._covariance)
        self._healthy = self._healthy and values[0] > 1e-14 * values[-1]
        self._lengths = np.sqrt(np.maximum(values, 1e-14 * max(float(values[-1]), _TINY)))

    def _keep_margin(self) -> None:
        """Keep every neighbouring value of a column with steps possible (Hamano, section 4)."""
        columns = self._discrete
        if not len(columns):
            return
        from scipy.special import ndtr

        margin = 1.0 / (len(self.mean) * self.population)  # This is alpha in the paper.
        deviation = self.deviations[columns]
        inside = np.clip(self.mean[columns], 0.0, 1.0)
        low, high = self._cells(inside)
        mean = self.mean[columns]
        at_end = (low <= 0.0) | (high >= 1.0)
        # At an end of the range the mean is moved towards the only border (equation 11).
        border = np.where(low <= 0.0, high, low)
        reach = np.sqrt(_chi2_quantile(1 - 2 * margin)) * deviation
        end_mean = border + np.clip(mean - border, -reach, reach)
        # Between two borders the mean and the deviation change (equations 12 to 19).
        share_low, share_high = ndtr((low - mean) / deviation), ndtr((mean - high) / deviation)
        middle = 1.0 - share_low - share_high
        kept_low, kept_high = np.maximum(margin / 2, share_low), np.maximum(margin / 2, share_high)
        total = kept_low + kept_high + middle
        excess = (1.0 - total) / (total - 3 * margin / 2)
        kept_low = kept_low + excess * (kept_low - margin / 2)
        kept_high = kept_high + excess * (kept_high - margin / 2)
        first = np.sqrt(_chi2_quantile(1 - 2 * np.minimum(kept_low, 0.5 - 1e-12)))
        last = np.sqrt(_chi2_quantile(1 - 2 * np.minimum(kept_high, 0.5 - 1e-12)))
        width = np.maximum(first + last, 1e-12)
        fixed = at_end | ((share_low >= margin / 2) & (share_high >= margin / 2))
        both = (low <= 0.0) & (high >= 1.0)
        self.mean[columns] = np.where(
            at_end,
            np.where(both, inside, end_mean),
            np.where(fixed, mean, (low * last + high * first) / width),
        )
        grown = self._scale[columns] * (high - low) / (width * deviation)
        self._scale[columns] = np.where(fixed, self._scale[columns], grown)


def rank_weights(population: int) -> Floats:
    """The raw weights of the ranks, best first (equation 49); shape (lambda,)."""
    return np.asarray(math.log((population + 1) / 2) - np.log(np.arange(1, population + 1)))


def _chi2_quantile(probability: Floats | Any) -> Floats:
    """The quantile of the chi-squared distribution with one degree of freedom."""
    from scipy.special import chdtri

    return np.asarray(chdtri(1, 1 - np.asarray(probability)))
