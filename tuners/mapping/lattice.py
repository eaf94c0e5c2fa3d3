"""The mapping of a parameter that has a step width."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cached_property

import numpy as np

from nnic.tuners.mapping.warps import Floats, Linear, make_warp
from nnic.tuners.space import Parameter, Value

EXACT_CELLS = 2**52
"""With no more cells than this, neighbouring ones differ in [0, 1]."""

_LARGEST = float(np.finfo(np.float64).max)
_LISTED = 1000  # Up to this many cells are looked up rather than worked out.


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
        if self.size is not None and self.size > EXACT_CELLS:
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


def _to_float(number: Fraction | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.copysign(_LARGEST, number)
