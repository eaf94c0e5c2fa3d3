"""NNI's samplers as functions: what a smart parameter gives where no trial decides its value.

A value is drawn at random, as NNI's own standalone mode does, from a generator of its own, so that
the script's random numbers stay what they are. In trial 0 it starts from the trial's seed.
"""

import math

from nnic.runtime import trial

_generator = None


def _random() -> "object":
    global _generator
    if _generator is None:
        from random import Random  # Most scripts never need it.

        _generator = Random(trial.trial_seed())
    return _generator


def choice(*options: object, name: "str | None" = None) -> object:
    """Return one of the options, or of the values of a dict of options."""
    del name
    if len(options) == 1 and isinstance(options[0], dict):
        options = tuple(options[0].values())
    return _random().choice(options)  # type: ignore[attr-defined]


def function_choice(functions: "dict[object, object]", name: "str | None" = None) -> object:
    """Call one of the functions and return its result."""
    return choice(functions, name=name)()  # type: ignore[operator]


def randint(low: int, high: int, name: "str | None" = None) -> int:
    """Return a whole number in [low, high)."""
    del name
    return _random().randrange(low, high)  # type: ignore[attr-defined,no-any-return]


def uniform(low: float, high: float, name: "str | None" = None) -> float:
    """Return a number in [low, high]."""
    del name
    return _random().uniform(low, high)  # type: ignore[attr-defined,no-any-return]


def quniform(low: float, high: float, q: float, name: "str | None" = None) -> float:
    """Return a multiple of ``q``, clipped to [low, high]."""
    return min(max(round(uniform(low, high, name) / q) * q, low), high)


def loguniform(low: float, high: float, name: "str | None" = None) -> float:
    """Return a number in [low, high] whose logarithm is uniform."""
    return math.exp(uniform(math.log(low), math.log(high), name))


def qloguniform(low: float, high: float, q: float, name: "str | None" = None) -> float:
    """Return a multiple of ``q``, clipped to [low, high], of a loguniform number."""
    return min(max(round(loguniform(low, high, name) / q) * q, low), high)


def normal(mu: float, sigma: float, name: "str | None" = None) -> float:
    """Return a normally distributed number."""
    del name
    return _random().gauss(mu, sigma)  # type: ignore[attr-defined,no-any-return]


def qnormal(mu: float, sigma: float, q: float, name: "str | None" = None) -> float:
    """Return a multiple of ``q`` near a normally distributed number."""
    return round(normal(mu, sigma, name) / q) * q


def lognormal(mu: float, sigma: float, name: "str | None" = None) -> float:
    """Return a number whose logarithm is normally distributed."""
    return math.exp(normal(mu, sigma, name))


def qlognormal(mu: float, sigma: float, q: float, name: "str | None" = None) -> float:
    """Return a multiple of ``q`` near a number whose logarithm is normally distributed."""
    return round(lognormal(mu, sigma, name) / q) * q
