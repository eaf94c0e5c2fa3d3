"""A task is a space, and for each seed a function over it whose smallest value is known."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnic.tuners.space import Parameter, Sampler, SearchSpace

Objective = Callable[[Mapping[str, Any]], float]


@dataclass(frozen=True)
class Task:
    """A space and, for a seed, the function over it whose smallest value is ``optimum``.

    ``noise`` is the standard deviation of what is added to each loss that a tuner is told; regret
    is that of the function itself. ``tuned_on`` says whether the defaults of our tuners were chosen
    on the task; ``core`` whether slow peers play it.
    """

    name: str
    family: str
    space: SearchSpace
    make: Callable[[np.random.Generator], Objective]
    tuned_on: bool = False
    optimum: float = 0.0
    noise: float = 0.0
    core: bool = False

    def generator(self, seed: int) -> np.random.Generator:
        """Make the generator of the task for a seed, the same whatever other tasks there are."""
        return np.random.default_rng([zlib.crc32(self.name.encode()), seed])


def uniform(key: str, low: float = 0.0, high: float = 1.0, **more: Any) -> Parameter:
    """Make a parameter that is a number, evenly spread."""
    return Parameter(key, Sampler.UNIFORM, (low, high), **more)


def loguniform(key: str, low: float, high: float, **more: Any) -> Parameter:
    """Make a parameter that is a number, evenly spread over its logarithm."""
    return Parameter(key, Sampler.LOGUNIFORM, (low, high), **more)


def choice(key: str, *options: Any, **more: Any) -> Parameter:
    """Make a parameter that is one of the options."""
    return Parameter(key, Sampler.CHOICE, options, **more)


def position(value: float, low: float, high: float) -> float:
    """Where a value stands in its range on the logarithmic scale, from 0 to 1."""
    return math.log(value / low) / math.log(high / low)
