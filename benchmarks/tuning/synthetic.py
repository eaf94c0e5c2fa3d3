"""Test functions of numbers. They are flipped and shifted at random, so that no tuner gains from
starting in the middle or at an end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnic.tuners.space import SearchSpace
from tuning.task import Objective, Task, uniform


def _synthetic(
    name: str,
    d: int,
    low: float,
    high: float,
    function: Callable[[Any], float],
    shift: float = 0.2,
    **more: Any,
) -> Task:
    space = SearchSpace(tuple(uniform(f"x{i}") for i in range(d)))

    def make(rng: np.random.Generator) -> Objective:
        flips, shifts = rng.random(d) < 0.5, rng.uniform(-shift, shift, d)

        def objective(config: Mapping[str, Any]) -> float:
            u = np.array([config[f"x{i}"] for i in range(d)])
            return float(function(low + (high - low) * (np.where(flips, 1 - u, u) + shifts)))

        return objective

    return Task(name, "numbers", space, make, **more)


def _ackley(x: Any) -> float:
    wave = np.exp(np.mean(np.cos(2 * np.pi * x)))
    return float(20 + math.e - 20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))) - wave)


def _levy(x: Any) -> float:
    w = 1 + (x - 1) / 4
    middle = np.sum((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2))
    return float(np.sin(np.pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2))


def _rosenbrock(x: Any) -> float:
    return float(np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))


def _branin(x: Any) -> float:
    a, b = 15 * x[0] - 5, 15 * x[1]
    valley = b - 5.1 / (4 * math.pi**2) * a**2 + 5 / math.pi * a - 6
    return float(valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10)


_HARTMANN_A = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
_HARTMANN_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def _hartmann(x: Any) -> float:
    inner = np.sum(_HARTMANN_A * (x - _HARTMANN_P) ** 2, axis=1)
    return float(-np.sum(np.array([1.0, 1.2, 3.0, 3.2]) * np.exp(-inner)))


def _ellipsoid(x: Any) -> float:
    return float(np.sum(10.0 ** (2 * np.arange(len(x)) / (len(x) - 1)) * x**2))


SYNTHETIC = (
    _synthetic("ellipsoid 5", 5, -2.5, 2.5, _ellipsoid, tuned_on=True),
    _synthetic("ackley 5", 5, -5, 5, _ackley, tuned_on=True, core=True),
    _synthetic("hartmann 6", 6, 0, 1, _hartmann, tuned_on=True, optimum=-3.32237, shift=0.1),
    _synthetic("rosenbrock 4", 4, -2.5, 2.5, _rosenbrock, shift=0.15, core=True),
    _synthetic("levy 6", 6, -6, 8, _levy),
    _synthetic("branin 2", 2, 0, 1, _branin, optimum=0.397887, shift=0.1),
)
