"""The mapping of one parameter between its values and the numbers that the tuners work with.

A numeric parameter is a number in [0, 1], spread the way its sampler spreads it: a uniform draw
from [0, 1] decodes to a draw from the sampler. A choice is the index of its option.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats, Linear, make_warp
from nnic.tuners.space import Parameter, Sampler, Value

_LARGEST = float(np.finfo(np.float64).max)
_LISTED = 1000  # Up to this many cells of a lattice are looked up rather than worked out.
_EXACT = 2**52  # With no more cells than this, neighbouring ones differ in [0, 1].


class Dimension(Protocol):
    """The mapping of one parameter.

    ``size`` is the number of distinct values, ``None`` where they cannot be counted.
    """

    parameter: Parameter
    size: int | None

    def decode(self, unit: float) -> Value:
        """The value at ``unit``, in the exact type of the parameter and inside its range."""
        ...

    def encode(self, value: Value) -> float:
        """The number of ``value``, which ``decode`` gives back, up to rounding where it is continuous."""
        ...

    def nth(self, index: int) -> Value:
        """The value number ``index`` of a dimension with a size, from 0."""
        ...

    def snap(self, units: Floats) -> Floats:
        """The numbers ``encode(decode(u))`` of each ``u``, up to rounding of the last digits."""
        ...

    def widths(self, units: Floats) -> Floats:
        """How much of [0, 1] has the same value as each of ``units``; 0 where values are continuous."""
        ...

    def cells(self, units: Floats) -> tuple[Floats, Floats]:
        """Where the part of [0, 1] begins and ends that has the same value as each of ``units``."""
        ...


class Category:
    """A choice; equal options count as the first of them."""

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        first = [_first_equal(parameter.options, index) for index in range(len(parameter.options))]
        self.canonical: NDArray[np.intp] = np.array(first)
        self.indices = tuple(sorted(set(first)))
        self.size: int | None = len(self.indices)

    def decode(self, unit: float) -> Value:
        """The option itself, by identity."""
        return self.parameter.options[int(self.canonical[int(unit)])]

    def encode(self, value: Value) -> float:
        """The index of the option that ``value`` means."""
        option = self.parameter.option_of(value)
        if option is None:
            raise ValueError(f"{self.parameter.key}: {value!r} is none of its options")
        return float(option)

    def nth(self, index: int) -> Value:
        """The option among the distinct ones."""
        return self.parameter.options[self.indices[index]]

    def snap(self, units: Floats) -> Floats:
        """The first of equal options."""
        return self.canonical[units.astype(np.intp)].astype(np.float64)

    def widths(self, units: Floats) -> Floats:
        """Zeros, since indices have no width."""
        return np.zeros_like(units)

    def cells(self, units: Floats) -> tuple[Floats, Floats]:
        """The indices themselves, since they are points."""
        return units, units


class Integers:
    """``randint``: ``high - low`` cells of the same width, of any magnitude."""

    def __init__(self, parameter: Parameter) -> None:
        low, high = int(parameter.numbers[0]), int(parameter.numbers[1])
        if low != parameter.numbers[0] or high != parameter.numbers[1]:
            raise ValueError(f"{parameter.key}: randint needs whole numbers, got {parameter.args!r}")
        if low >= high:
            raise ValueError(f"{parameter.key}: randint({low}, {high}) holds no integer (high is excluded)")
        self.parameter = parameter
        self.low = low
        self.count = high - low
        self.size: int | None = self.count

    def decode(self, unit: float) -> int:
        """The integer of the cell, exact at any size since integers alone are multiplied."""
        scaled = min(max(int(unit * 2**53), 0), 2**53 - 1)
        return self.low + ((scaled * self.count) >> 53)

    def encode(self, value: Value) -> float:
        """The middle of the value's cell."""
        assert isinstance(value, (int, float))
        return min(max((2 * (int(value) - self.low) + 1) / (2 * self.count), 0.0), 1.0)

    def nth(self, index: int) -> int:
        """The integer ``index`` above ``low``."""
        return self.low + index

    def snap(self, units: Floats) -> Floats:
        """The middle of each cell."""
        if self.count > _EXACT:
            return units
        return (np.clip(np.floor(units * self.count), 0, self.count - 1) + 0.5) / self.count

    def widths(self, units: Floats) -> Floats:
        """The same width for every integer."""
        return np.full_like(units, 1.0 / self.count)

    def cells(self, units: Floats) -> tuple[Floats, Floats]:
        """The ends of one of ``count`` equal parts of [0, 1]."""
        index = np.clip(np.floor(units * self.count), 0, self.count - 1)
        return index / self.count, (index + 1) / self.count


class Continuous:
    """A sampler without a step width."""

    def __init__(self, parameter: Parameter) -> None:
        if parameter.integer:
            raise ValueError(f"{parameter.key}: {parameter.sampler.value} gives no integers")
        self.parameter = parameter
        self.warp = make_warp(parameter)
        self.size: int | None = 1 if self.warp.low == self.warp.high else None

    def decode(self, unit: float) -> float:
        """The quantile at ``unit``, clipped so that rounding cannot leave the range."""
        value = float(self.warp.from_unit(unit))
        return min(max(value, self.warp.low), self.warp.high)

    def encode(self, value: Value) -> float:
        """The share of draws that are at most ``value``."""
        assert isinstance(value, (int, float))
        return float(min(max(self.warp.to_unit(float(value)), 0.0), 1.0))

    def nth(self, index: int) -> float:
        """The only value of an empty range."""
        return self.decode(0.5)

    def snap(self, units: Floats) -> Floats:
        """The same numbers, since every point is a value of its own."""
        return units

    def widths(self, units: Floats) -> Floats:
        """Zeros, since a value is a point."""
        return np.zeros_like(units)

    def cells(self, units: Floats) -> tuple[Floats, Floats]:
        """The points themselves, where each cell begins and ends."""
        return units, units


class Lattice:
    """A sampler with a step width ``q``: NNI's ``clip(round(x / q) * q, low, high)``.

    The cells at the ends of a range may therefore be narrower than the others. Steps are counted
    from the lowest one and multiplied exactly (``q`` as its decimal digits say), so that 3 steps
    of 0.1 are 0.3 and integers keep all their digits.
    """

    def __init__(self, parameter: Parameter) -> None:
        first, second, q = parameter.numbers
        if q <= 0:
            raise ValueError(f"{parameter.key}: the step width must be positive, got {q!r}")
        if parameter.integer and any(number != int(number) for number in parameter.numbers):
            raise ValueError(f"{parameter.key}: integers need whole arguments, got {parameter.args!r}")
        self.parameter = parameter
        self.q = Fraction(str(q))
        self.warp = make_warp(parameter)
        self.low: float | None = None
        self.high: float | None = None
        self.first = 0
        self.last: int | None = None
        self.size: int | None = None
        self._relative = False
        if parameter.sampler.bounded:
            self.low, self.high = sorted((first, second))
            low, high = Fraction(str(self.low)) / self.q, Fraction(str(self.high)) / self.q
            self.first = math.floor(low + Fraction(1, 2))
            self.last = max(math.ceil(high - Fraction(1, 2)), self.first)
            self.size = self.last - self.first + 1
            self._offset, self._span = float(low - self.first), _to_float(high - low)
            # Steps count from the lowest one, so that huge numbers with a small range keep their digits.
            self._relative = isinstance(self.warp, Linear) and self._span > 0

    def decode(self, unit: float) -> int | float:
        """The value of the step that ``unit`` falls on."""
        return self.nth(self._step(unit))

    def nth(self, index: int) -> int | float:
        """The value ``index`` steps above the lowest one (above zero for the normal family)."""
        scaled = (self.first + index) * self.q.numerator
        if self.parameter.integer:
            return int(self._clip(scaled))
        try:
            return float(self._clip(scaled / self.q.denominator))  # Python rounds this division correctly.
        except OverflowError:
            return math.copysign(_LARGEST, scaled)

    def _clip(self, value: float) -> float:
        if self.low is None or self.high is None:
            return value
        return min(max(value, self.low), self.high)

    def _step(self, unit: float) -> int:
        if self._relative:
            exact = self._offset + unit * self._span
            step = math.floor(exact + 0.5)
            if step - exact == 0.5 and (step + self.first) % 2:  # A half goes to the even multiple.
                step -= 1
        else:
            ratio = float(self.warp.from_unit(unit)) / float(self.q)
            step = round(min(max(ratio, -1e300), 1e300)) - self.first
        return step if self.last is None else min(max(step, 0), self.last - self.first)

    def encode(self, value: Value) -> float:
        """The quantile of the value itself, which need not be the middle of its cell."""
        assert isinstance(value, (int, float))
        if self._relative and isinstance(value, int):
            scaled = value * self.q.denominator - self.first * self.q.numerator
            unit = (scaled / self.q.numerator - self._offset) / self._span
        else:
            unit = float(self.warp.to_unit(_to_float(value)))
        return min(max(unit, 0.0), 1.0)

    def snap(self, units: Floats) -> Floats:
        """The quantile of each value."""
        if self.size is not None and self.size > _EXACT:
            return units
        if self.size is not None and self.size <= _LISTED:
            ends, points, _ = self._listed
            return points[ends.searchsorted(units, side="right")]
        return self._to_unit(self._rounded(units))

    def widths(self, units: Floats) -> Floats:
        """The part of [0, 1] that rounds to the same value."""
        if self.size is not None and self.size <= _LISTED:
            ends, _, widths = self._listed
            return widths[ends.searchsorted(units, side="right")]
        first, last = self.cells(units)
        return last - first

    def cells(self, units: Floats) -> tuple[Floats, Floats]:
        """The cells from half a step below each value to half a step above it, within the range."""
        steps = self._rounded(units)
        return np.asarray(self._to_unit(steps - 0.5)), np.asarray(self._to_unit(steps + 0.5))

    @cached_property
    def _listed(self) -> tuple[Floats, Floats, Floats]:
        """The ends of all cells but the last, the quantiles of all values, and the widths of all cells."""
        assert self.size is not None
        steps = np.arange(self.size, dtype=np.float64)
        points = self._to_unit(steps)
        first, last = self._to_unit(steps - 0.5), self._to_unit(steps + 0.5)
        return last[:-1], points, last - first

    def _rounded(self, units: Floats) -> Floats:
        """The step that each of ``units`` falls on, counted from the lowest one."""
        if self._relative:
            steps: Floats = np.floor(self._offset + units * self._span + 0.5)
        else:
            steps = np.rint(np.asarray(self.warp.from_unit(units)) / float(self.q)) - float(self.first)
        return steps if self.last is None else np.clip(steps, 0.0, float(self.last - self.first))

    def _to_unit(self, steps: Floats) -> Floats:
        if self._relative:
            return np.clip((steps - self._offset) / self._span, 0.0, 1.0)
        values = np.clip((steps + float(self.first)) * float(self.q), self.warp.low, self.warp.high)
        return np.clip(self.warp.to_unit(values), 0.0, 1.0)


def make_dimension(parameter: Parameter) -> Dimension:
    """Make the mapping of ``parameter``.

    Raises
    ------
    ValueError
        When nothing can be drawn from it (an empty range, a logarithm of zero, a negative width).
    """
    if parameter.sampler is Sampler.CHOICE:
        return Category(parameter)
    if parameter.sampler is Sampler.RANDINT:
        return Integers(parameter)
    return Lattice(parameter) if parameter.sampler.quantized else Continuous(parameter)


def _first_equal(options: tuple[Value, ...], index: int) -> int:
    option = options[index]
    return next(i for i, other in enumerate(options) if type(other) is type(option) and other == option)


def _to_float(number: Fraction | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.copysign(_LARGEST, number)
