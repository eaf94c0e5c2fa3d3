"""Monotone maps between [0, 1] and the real line, one for each family of samplers.

A uniform number from [0, 1] maps to a draw from the family; ``to_unit`` is its distribution
function. All of them take scalars and arrays. ``scipy.special``, which takes longer to load than numpy,
is loaded by the normal families alone.
"""

from __future__ import annotations

import math
from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.space import Parameter

Floats: TypeAlias = NDArray[np.float64]
Number = TypeVar("Number", float, Floats)

_LARGEST = float(np.finfo(np.float64).max)
_SMALLEST = float(np.finfo(np.float64).tiny)
_LOW, _HIGH = math.log(_SMALLEST), math.log(_LARGEST)
_TAIL = 2.0**-53  # Quantiles of the normal families stay within 8.2 deviations.


class Warp(Protocol):
    """A distribution function and its inverse; ``low`` and ``high`` bound the values."""

    low: float
    high: float

    def to_unit(self, x: Number) -> Number:
        """The share of draws that are at most ``x``."""
        ...

    def from_unit(self, unit: Number) -> Number:
        """The quantile at ``unit``."""
        ...


class Linear:
    """Numbers that are spread evenly over [low, high]."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        # Numbers are halved where their difference itself would overflow.
        self._scale = 1.0 if math.isfinite(high - low) else 0.5
        self._width = high * self._scale - low * self._scale

    def to_unit(self, x: Number) -> Number:
        """The position of ``x`` within the range, which is the middle where the range is a point."""
        if self._width == 0:
            return x * 0.0 + 0.5
        return (x * self._scale - self.low * self._scale) / self._width

    def from_unit(self, unit: Number) -> Number:
        """The number at a position; it is precise in narrow ranges far from zero, too."""
        if self._scale != 1.0:
            return self.low * (1.0 - unit) + self.high * unit
        return self.low + unit * self._width


class Log:
    """Numbers whose logarithms are spread evenly over those of [low, high]."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        self._line = Linear(math.log(low), math.log(high))

    def to_unit(self, x: Number) -> Number:
        """The position of the logarithm of ``x`` within the range."""
        return self._line.to_unit(_log(x))

    def from_unit(self, unit: Number) -> Number:
        """The number whose logarithm is at a position."""
        return _exp(self._line.from_unit(unit))


class Normal:
    """Normal numbers with mean ``mu`` and deviation ``sigma``, which may be 0."""

    def __init__(self, mu: float, sigma: float) -> None:
        self._mu, self._sigma = mu, sigma
        self.low = self.high = mu
        if sigma > 0:
            self.low, self.high = -_LARGEST, _LARGEST

    def to_unit(self, x: Number) -> Number:
        """The normal distribution function."""
        if self._sigma == 0:
            return x * 0.0 + 0.5
        from scipy.special import ndtr

        # A tiny deviation may overflow to infinity, whose distribution function is 0 or 1.
        with np.errstate(over="ignore"):
            share: Number = ndtr(np.divide(x - self._mu, self._sigma))
        return share

    def from_unit(self, unit: Number) -> Number:
        """The quantile, which is finite at 0 and 1 as well."""
        from scipy.special import ndtri

        quantile: Number = ndtri(np.clip(unit, _TAIL, 1.0 - _TAIL))
        return self._mu + self._sigma * quantile


class LogNormal:
    """Numbers whose logarithms are normal."""

    def __init__(self, mu: float, sigma: float) -> None:
        self._normal = Normal(mu, sigma)
        self.low, self.high = _SMALLEST, _LARGEST
        if sigma == 0:
            self.low = self.high = float(_exp(mu))

    def to_unit(self, x: Number) -> Number:
        """The log-normal distribution function, which is 0 at zero."""
        return self._normal.to_unit(_log(x))

    def from_unit(self, unit: Number) -> Number:
        """The quantile, within the range of a float."""
        return _exp(self._normal.from_unit(unit))


def make_warp(parameter: Parameter) -> Warp:
    """Make the map for the family of ``parameter``; its step width plays no part.

    Raises
    ------
    ValueError
        When the arguments describe no distribution.
    """
    sampler, numbers = parameter.sampler, parameter.numbers
    try:
        first, second = float(numbers[0]), float(numbers[1])
    except OverflowError:
        raise ValueError(f"{parameter.key}: {parameter.args!r} is beyond the range of a float") from None
    if not sampler.bounded:
        if second < 0:
            raise ValueError(f"{parameter.key}: a deviation cannot be negative, got {second!r}")
        return LogNormal(first, second) if sampler.logarithmic else Normal(first, second)
    low, high = _inside(*sorted(numbers[:2]))
    if low > high:
        raise ValueError(f"{parameter.key}: no float lies in {parameter.args!r}")
    if not sampler.logarithmic:
        return Linear(low, high)
    if low <= 0:
        raise ValueError(f"{parameter.key}: {sampler.value} needs a range above 0, got {parameter.args!r}")
    return Log(low, high)


def _inside(low: float, high: float) -> tuple[float, float]:
    """The floats closest to two numbers, which may be huge integers, without leaving them."""
    first, last = float(low), float(high)
    if first < low:
        first = math.nextafter(first, math.inf)
    if last > high:
        last = math.nextafter(last, -math.inf)
    return first, last


def _exp(x: Number) -> Number:
    # For one number numpy's clip takes ten times as long.
    inside: Any = min(max(x, _LOW), _HIGH) if isinstance(x, float) else np.minimum(np.maximum(x, _LOW), _HIGH)
    result: Number = np.exp(inside)
    return result


def _log(x: Number) -> Number:
    positive: Any = max(x, _SMALLEST) if isinstance(x, float) else np.maximum(x, _SMALLEST)
    result: Number = np.log(positive)
    return result
