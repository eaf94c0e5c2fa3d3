"""Search spaces: what a program leaves open, as the tuners, the store and the screens see it.

Standard library only, because the compiler and the command line read and write spaces without
loading numpy. The numeric mapping to the unit cube is in ``cube.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Union

if TYPE_CHECKING:
    from typing import TypeGuard

Value = Union[int, float, str, bool, None]
Config = Mapping[str, Value]


class Absent(Enum):
    """Type of :data:`ABSENT`, which stands where ``None`` would be a legal value."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class Sampler(str, Enum):
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
        """Names of the arguments in order; empty for ``choice``, which takes options."""
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
        ``<module>/<name>/<sampler>``; unique within a space.
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
        Values are ``int`` (``randint``, and quantised samplers over integers).
    origin
        Where it stands in the source; ``None`` for a space that was read from NNI's JSON.
    surplus
        Numbers behind the sampler's own (``randint(2, 3, 5)``), which NNI accepted and ignored; kept
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
        return () if self.sampler is Sampler.CHOICE else self.args  # type: ignore[return-value]

    @property
    def name(self) -> str:
        """The middle part of the key, which is what the script calls the value."""
        return self.key.split("/", 1)[-1].rsplit("/", 1)[0]

    def option_of(self, value: object) -> int | None:
        """Index of the option that ``value`` means: by type and value, then by unique numeric
        equality, then by text; ``None`` when there is none."""
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
        if self.sampler is Sampler.QLOGNORMAL and value < 0:  # zero by rounding
            return False
        if not self.sampler.quantized or (self.sampler.bounded and value in (first, second)):
            return True
        return _is_multiple(value, self.numbers[2])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_finite(value: object) -> TypeGuard[int | float]:
    # Not math.isfinite alone, which overflows for integers beyond the range of a float.
    return _is_number(value) and (isinstance(value, int) or math.isfinite(value))  # type: ignore[arg-type]


def _is_multiple(value: float, q: float) -> bool:
    """Whether ``value`` is a whole number of steps, up to the rounding of floats."""
    if isinstance(value, int) and isinstance(q, int):
        return value % q == 0
    try:
        steps = value / q
    except OverflowError:
        return True
    if abs(steps) >= 2**52:  # every float of that size is a whole number
        return True
    return abs(steps - round(steps)) <= 1e-9 + 1e-15 * abs(steps)


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The budget of a trial (epochs, samples): the smallest and the largest that make sense."""

    low: float
    high: float
    integer: bool = True
    key: str = ""
    origin: Origin | None = None

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high:
            raise ValueError(f"a budget needs 0 < low <= high, got {self.low!r} and {self.high!r}")


@dataclass(frozen=True, slots=True)
class Constraint:
    """An expression over parameters that every proposed configuration satisfies.

    ``names`` maps the names that occur in ``expression`` to parameter keys. How far a
    configuration is from satisfying it is computed in ``constraints.py``.
    """

    expression: str
    names: tuple[tuple[str, str], ...]
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """The parameters of a program, parents before their children.

    Raises
    ------
    ValueError
        When two parameters share a key, or a condition names no earlier choice or none of its
        options.
    """

    parameters: tuple[Parameter, ...] = ()
    _index: dict[str, int] = field(default_factory=dict, repr=False, compare=False, hash=False, init=False)

    def __post_init__(self) -> None:
        for position, parameter in enumerate(self.parameters):
            if parameter.key in self._index:
                raise ValueError(f"two parameters have the key {parameter.key!r}")
            condition = parameter.condition
            if condition is not None:
                if condition.parent not in self._index:
                    raise ValueError(f"{parameter.key}: {condition.parent!r} is no earlier parameter")
                if not 0 <= condition.option < len(self[condition.parent].options):
                    raise ValueError(
                        f"{parameter.key}: {condition.parent!r} has no option {condition.option}"
                    )
            self._index[parameter.key] = position

    def __len__(self) -> int:
        return len(self.parameters)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __getitem__(self, key: str) -> Parameter:
        return self.parameters[self._index[key]]

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def is_active(self, parameter: Parameter, config: Config) -> bool:
        """Whether ``parameter`` exists under ``config``, which must hold its ancestors."""
        condition = parameter.condition
        if condition is None:
            return True
        if condition.parent not in config:
            return False
        return self[condition.parent].option_of(config[condition.parent]) == condition.option

    def active(self, config: Config) -> tuple[Parameter, ...]:
        """The parameters that exist under ``config``, in order."""
        return tuple(p for p in self.parameters if self.is_active(p, config))

    def contains(self, config: Config) -> bool:
        """Whether ``config`` holds exactly its active parameters, each within its range."""
        active = self.active(config)
        return {p.key for p in active} == set(config) and all(p.contains(config[p.key]) for p in active)

    def normalize(self, config: Mapping[str, object]) -> dict[str, Value]:
        """Return ``config`` with each value in the type that its parameter has.

        Raises
        ------
        ValueError
            Names the parameter that is unknown, missing, inactive or out of range.
        """
        unknown = [key for key in config if key not in self]
        if unknown:
            raise ValueError(f"the search space has no parameter {unknown[0]!r}")
        result: dict[str, Value] = {}
        for parameter in self.parameters:
            active = self.is_active(parameter, result)
            if parameter.key not in config:
                if active:
                    raise ValueError(f"no value for {parameter.key!r}")
                continue
            if not active:
                raise ValueError(f"{parameter.key!r} does not exist in this configuration")
            result[parameter.key] = _normalized(parameter, config[parameter.key])
        return result

    def defaults(self) -> dict[str, Value] | None:
        """The script's own values as a configuration, or ``None`` when one is not known or lies
        outside its range."""
        config: dict[str, Value] = {}
        for parameter in self.parameters:
            if not self.is_active(parameter, config):
                continue
            if isinstance(parameter.default, Absent):
                return None
            config[parameter.key] = parameter.default
        return config if self.contains(config) else None

    def display_names(self) -> dict[str, str]:
        """The shortest unambiguous name of each parameter, by key."""
        names: dict[str, str] = {}
        for parameter in self.parameters:
            names[parameter.key] = parameter.name
        counts: dict[str, int] = {}
        for name in names.values():
            counts[name] = counts.get(name, 0) + 1
        for parameter in self.parameters:
            if counts[names[parameter.key]] > 1:
                names[parameter.key] = parameter.key.rsplit("/", 1)[0]
        counts = {}
        for name in names.values():
            counts[name] = counts.get(name, 0) + 1
        return {key: name if counts[name] == 1 else key for key, name in names.items()}

    def to_nni(self) -> dict[str, dict[str, Any]]:
        """NNI's search-space JSON: ``{key: {"_type": ..., "_value": [...]}}``."""
        return {p.key: {"_type": p.sampler.value, "_value": [*p.args, *p.surplus]} for p in self.parameters}

    @classmethod
    def from_nni(cls, data: Mapping[str, Any]) -> SearchSpace:
        """Read NNI's search-space JSON.

        Raises
        ------
        ValueError
            Names the entry that is malformed.
        """
        parameters = []
        for key, entry in data.items():
            if not isinstance(entry, Mapping) or "_type" not in entry or "_value" not in entry:
                raise ValueError(f"{key!r}: expected {{'_type': ..., '_value': [...]}}, got {entry!r}")
            try:
                sampler = Sampler(entry["_type"])
            except ValueError:
                raise ValueError(f"{key!r}: unknown _type {entry['_type']!r}") from None
            values = tuple(entry["_value"])
            count = len(sampler.arguments) or len(values)
            parameters.append(
                Parameter(key=key, sampler=sampler, args=values[:count], surplus=values[count:])
            )
        return cls(tuple(parameters))

    def to_json(self) -> list[dict[str, Any]]:
        """Everything that is known of the space, as plain JSON values."""
        return [_parameter_to_json(p) for p in self.parameters]

    @classmethod
    def from_json(cls, data: list[dict[str, Any]]) -> SearchSpace:
        """Inverse of :meth:`to_json`."""
        return cls(tuple(_parameter_from_json(entry) for entry in data))


def _normalized(parameter: Parameter, value: object) -> Value:
    if parameter.sampler is Sampler.CHOICE:
        option = parameter.option_of(value)
        if option is None:
            raise ValueError(
                f"{parameter.key!r}: {value!r} is none of its options {list(parameter.options)!r}"
            )
        return parameter.options[option]
    if parameter.integer and isinstance(value, float) and value.is_integer():
        value = int(value)
    if not parameter.integer and isinstance(value, int) and _is_finite(value):
        value = float(value) if abs(value) < 2**1023 else value
    if not parameter.contains(value):
        raise ValueError(
            f"{parameter.key!r}: {value!r} is outside {parameter.sampler.value}{parameter.args!r}"
        )
    return value  # type: ignore[return-value]


def _parameter_to_json(parameter: Parameter) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "key": parameter.key,
        "type": parameter.sampler.value,
        "args": list(parameter.args),
        "integer": parameter.integer,
    }
    if not isinstance(parameter.default, Absent):
        entry["default"] = parameter.default
    if parameter.condition is not None:
        entry["condition"] = {"parent": parameter.condition.parent, "option": parameter.condition.option}
    if parameter.origin is not None:
        entry["origin"] = origin_to_json(parameter.origin)
    if parameter.surplus:
        entry["surplus"] = list(parameter.surplus)
    return entry


def _parameter_from_json(entry: Mapping[str, Any]) -> Parameter:
    condition = entry.get("condition")
    origin = entry.get("origin")
    return Parameter(
        key=entry["key"],
        sampler=Sampler(entry["type"]),
        args=tuple(entry["args"]),
        default=entry.get("default", ABSENT),
        condition=None if condition is None else Condition(condition["parent"], condition["option"]),
        integer=entry["integer"],
        origin=None if origin is None else origin_from_json(origin),
        surplus=tuple(entry.get("surplus", ())),
    )


def origin_to_json(origin: Origin) -> dict[str, Any]:
    """An origin as plain JSON values."""
    return {
        "path": origin.path,
        "line": origin.line,
        "column": origin.column,
        "scope": origin.scope,
        "default_source": origin.default_source,
        "option_sources": list(origin.option_sources),
    }


def origin_from_json(entry: Mapping[str, Any]) -> Origin:
    """Inverse of :func:`origin_to_json`."""
    return Origin(
        path=entry["path"],
        line=entry["line"],
        column=entry["column"],
        scope=entry["scope"],
        default_source=entry["default_source"],
        option_sources=tuple(entry["option_sources"]),
    )
