"""The mapping of one parameter between its values and the numbers that the tuners work with.

A numeric parameter is a number in [0, 1], spread the way its sampler spreads it: a uniform draw
from [0, 1] decodes to a draw from the sampler. A choice is the index of its option.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.lattice import EXACT_CELLS, Lattice
from nnic.tuners.mapping.warps import Floats, make_warp
from nnic.tuners.space import Parameter, Sampler, Value


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
            raise ValueError(f"{self.parameter.key}: {value!r} is not one of its options")
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
        if self.count > EXACT_CELLS:
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
