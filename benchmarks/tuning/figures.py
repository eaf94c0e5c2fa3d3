"""The figures of the comparison, with intervals from resampling seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FLOOR = 0.01  # No ratio of a task counts as less.
_SAMPLES = 1000  # Intervals come from this many resamplings of the seeds.


@dataclass(frozen=True)
class Figure:
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def ratio(found: Floats, reference: Floats) -> Figure:
    """The geometric mean over tasks of the ratios of mean regrets; both have shape (tasks, seeds)."""

    def mean(a: Floats, b: Floats) -> float:
        return float(np.exp(np.mean(np.log(_share(a, b)))))

    return _resampled(mean, found, reference)


def advantage(found: Floats, other: Floats, reference: Floats) -> Figure:
    """How many times as large the first's ratios to the reference are as the second's.

    Below 1 the first is better.
    """

    def mean(both: Floats, b: Floats) -> float:
        a, o = both[: len(both) // 2], both[len(both) // 2 :]
        return float(np.exp(np.mean(np.log(_share(a, b) / _share(o, b)))))

    return _resampled(mean, np.concatenate([found, other]), reference)


def win_rate(found: Floats, reference: Floats) -> Figure:
    """The part of the pairs (task, seed) in which the first's regret is smaller; ties count half."""

    def mean(a: Floats, b: Floats) -> float:
        return float(np.mean((a < b) + 0.5 * (a == b)))

    return _resampled(mean, found, reference)


def interval(values: Floats) -> tuple[float, float]:
    """The interval of 95 % of the means of one number for each seed, shape (seeds,), resampling seeds."""
    rng = np.random.default_rng(0)
    means = rng.choice(values, (2000, len(values))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975]).tolist()
    return low, high


def _share(a: Floats, b: Floats) -> Floats:
    """The mean regrets as parts of the reference's, at least the floor; shape (tasks,)."""
    numerator, denominator = a.mean(axis=1), b.mean(axis=1)
    # Where the reference found the optimum itself, a player without regret is level with it.
    solved = denominator == 0
    shares = np.where(
        solved, np.where(numerator == 0, 1.0, np.inf), numerator / np.where(solved, 1.0, denominator)
    )
    return np.clip(shares, _FLOOR, 1 / _FLOOR)


def _resampled(mean: Callable[[Floats, Floats], float], a: Floats, b: Floats) -> Figure:
    """The figure with its interval; a seed is drawn with all that was reached with it."""
    rng = np.random.default_rng(0)
    draws = [rng.integers(a.shape[1], size=a.shape[1]) for _ in range(_SAMPLES)]
    low, high = np.quantile([mean(a[:, seeds], b[:, seeds]) for seeds in draws], [0.025, 0.975])
    return Figure(mean(a, b), float(low), float(high))
