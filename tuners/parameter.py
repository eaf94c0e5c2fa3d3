"""One dimension of a search space says how its values are distributed, and when it exists.

Standard library only, like ``space.py``, through which everything here is imported elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, TypeGuard, cast

Value = int | float | str | bool | None
Config = Mapping[str, Value]


class Absent(Enum):
    """The type of :data:`ABSENT`, which stands where ``None`` would be a legal value."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class Sampler(StrEnum):
    """The ten samplers of the annotation language, by the names that NNI's JSON uses."""

    CHOICE = "choice"
    RANDINT = "randint"
    UNIFORM = "uniform"
    QUNIFORM = "quniform"
    LOGUNIFORM = "loguniform"
    QLOGUNIFORM = "qloguniform"
    NORMAL = "normal"
    QNORMAL = "qnormal"
    LOGNORMAL = "lognormal"
    QLOGNORMAL = "qlognormal"

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments in order; none for ``choice``, which takes options."""
        return _ARGUMENTS[self]

    @property
    def quantized(self) -> bool:
        """Whether the last argument is a step width ``q``."""
        return "q" in _ARGUMENTS[self]

    @property
    def logarithmic(self) -> bool:
        """Whether values are spread evenly over the logarithm of the range."""
        return "log" in self.value

    @property
    def bounded(self) -> bool:
        """Whether the first two arguments are a range (else a mean and a deviation)."""
        return "low" in _ARGUMENTS[self]


_ARGUMENTS: Final[dict[Sampler, tuple[str, ...]]] = {
    Sampler.CHOICE: (),
    Sampler.RANDINT: ("low", "high"),
    Sampler.UNIFORM: ("low", "high"),
    Sampler.QUNIFORM: ("low", "high", "q"),
    Sampler.LOGUNIFORM: ("low", "high"),
    Sampler.QLOGUNIFORM: ("low", "high", "q"),
    Sampler.NORMAL: ("mu", "sigma"),
    Sampler.QNORMAL: ("mu", "sigma", "q"),
    Sampler.LOGNORMAL: ("mu", "sigma"),
    Sampler.QLOGNORMAL: ("mu", "sigma", "q"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A parameter exists only while ``parent`` has its option number ``option`` (from 0)."""

    parent: str
    option: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a parameter was found.

    Lines and columns are 1-based and count characters. ``scope`` is the qualified name of the
    enclosing function or class, ``""`` at module level; ``default_source`` is the text of the
    slot; ``option_sources`` the text of each option as its author wrote it.
    """

    path: str
    line: int
    column: int
    scope: str = ""
    default_source: str = ""
    option_sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dimension of a search space.

    Parameters
    ----------
    key
        What identifies it within a space: ``<module>/<name>/<sampler>``.
    sampler
        How values are distributed.
    args
        The numeric arguments in the order of ``sampler.arguments``, or the options of a choice.
        An option that is no literal is its text.
    default
        The script's own value; ``ABSENT`` when it is not known before trial 0.
    condition
        When the parameter exists; ``None`` for always.
    integer
        Whether values are ``int``, as those of ``randint`` and of quantised samplers over integers.
    origin
        Where it stands in the source; ``None`` in a space that was read from NNI's JSON.
    surplus
        The numbers behind the sampler's own (``randint(2, 3, 5)``), which NNI accepted and ignored; kept
        for its JSON alone.
    """

    key: str
    sampler: Sampler
    args: tuple[Value, ...]
    default: Value | Absent = ABSENT
    condition: Condition | None = None
    integer: bool = False
    origin: Origin | None = None
    surplus: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("a parameter needs a key")
        if self.sampler is Sampler.CHOICE:
            if not self.args:
                raise ValueError(f"{self.key}: a choice needs at least one option")
            return
        names = self.sampler.arguments
        if len(self.args) != len(names):
            raise ValueError(f"{self.key}: {self.sampler.value} takes {', '.join(names)}, got {self.args!r}")
        for name, arg in zip(names, self.args):
            if not _is_finite(arg):
                raise ValueError(f"{self.key}: {name} must be a finite number, got {arg!r}")
        if self.sampler is Sampler.RANDINT and not self.integer:
            object.__setattr__(self, "integer", True)

    @property
    def options(self) -> tuple[Value, ...]:
        """The options of a choice; empty for numeric samplers."""
        return self.args if self.sampler is Sampler.CHOICE else ()

    @property
    def numbers(self) -> tuple[float, ...]:
        """The arguments of a numeric sampler; empty for a choice."""
        return () if self.sampler is Sampler.CHOICE else cast("tuple[float, ...]", self.args)

    @property
    def name(self) -> str:
        """The middle part of the key, which is what the script calls the value."""
        return self.key.split("/", 1)[-1].rsplit("/", 1)[0]

    def option_of(self, value: object) -> int | None:
        """The index of the option that ``value`` means: by type and value, then by unique numeric
        equality, then by text; ``None`` where it means none."""
        for index, option in enumerate(self.options):
            if type(option) is type(value) and option == value:
                return index
        numeric = [
            i for i, o in enumerate(self.options) if _is_number(o) and _is_number(value) and o == value
        ]
        if len(numeric) == 1:
            return numeric[0]
        text = str(value)
        textual = [i for i, o in enumerate(self.options) if str(o) == text]
        return textual[0] if len(textual) == 1 else None

    def contains(self, value: object) -> bool:
        """Whether a tuner could have proposed ``value`` (type and quantisation included)."""
        if self.sampler is Sampler.CHOICE:
            return any(type(o) is type(value) and o == value for o in self.options)
        if not _is_finite(value):
            return False
        if self.integer and not isinstance(value, int):
            return False
        first, second = self.numbers[:2]
        if self.sampler is Sampler.RANDINT:
            return first <= value < second
        if self.sampler.bounded and not min(first, second) <= value <= max(first, second):
            return False
        if self.sampler is Sampler.LOGNORMAL and value <= 0:
            return False
        if self.sampler is Sampler.QLOGNORMAL and value < 0:  # Zero comes of rounding.
            return False
        if not self.sampler.quantized or (self.sampler.bounded and value in (first, second)):
            return True
        return _is_multiple(value, self.numbers[2])

    def normalize(self, value: object) -> Value:
        """Return ``value`` in the type that the parameter has.

        Raises
        ------
        ValueError
            When it is no option, or out of range.
        """
        if self.sampler is Sampler.CHOICE:
            option = self.option_of(value)
            if option is None:
                raise ValueError(f"{self.key!r}: {value!r} is not one of its options {list(self.options)!r}")
            return self.options[option]
        if self.integer and isinstance(value, float) and value.is_integer():
            value = int(value)
        if not self.integer and isinstance(value, int) and _is_finite(value):
            value = float(value) if abs(value) < 2**1023 else value
        if not self.contains(value):
            raise ValueError(f"{self.key!r}: {value!r} is outside {self.sampler.value}{self.args!r}")
        assert isinstance(value, (int, float))
        return value


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_finite(value: object) -> TypeGuard[int | float]:
    # Used alone, math.isfinite overflows for integers beyond the range of a float.
    return _is_number(value) and (isinstance(value, int) or math.isfinite(value))


def _is_multiple(value: float, q: float) -> bool:
    """Whether ``value`` is a whole number of steps, up to the rounding of floats."""
    if isinstance(value, int) and isinstance(q, int):
        return value % q == 0
    try:
        steps = value / q
    except OverflowError:
        return True
    if abs(steps) >= 2**52:  # Every float of that size is a whole number.
        return True
    return abs(steps - round(steps)) <= 1e-9 + 1e-15 * abs(steps)
