"""Search spaces: what a program leaves open, as the tuners, the store and the screens see it.

Standard library only, because the compiler and the command line read and write spaces without
loading numpy. The numeric mapping to the unit cube is in ``cube.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nnic.tuners.parameter import (
    ABSENT,
    Absent,
    Condition,
    Config,
    Origin,
    Parameter,
    Sampler,
    Value,
)
from nnic.tuners.parameter_json import (
    origin_from_json,
    origin_to_json,
    parameter_from_json,
    parameter_to_json,
)

__all__ = [
    "ABSENT",
    "Absent",
    "Condition",
    "Config",
    "Constraint",
    "Fidelity",
    "Origin",
    "Parameter",
    "Sampler",
    "SearchSpace",
    "Value",
    "origin_from_json",
    "origin_to_json",
]


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
    """The parameters of a program; parents stand before their children.

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
                    raise ValueError(f"{parameter.key}: {condition.parent!r} is not an earlier parameter")
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
            The message names the parameter that is unknown, missing, inactive or out of range.
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
            result[parameter.key] = parameter.normalize(config[parameter.key])
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
        from nnic.tuners.names import shortest_names

        return shortest_names(self)

    def to_nni(self) -> dict[str, dict[str, Any]]:
        """NNI's search-space JSON: ``{key: {"_type": ..., "_value": [...]}}``, conditional parameters
        within their options."""
        from nnic.tuners.nni_format import space_to_nni

        return space_to_nni(self)

    @classmethod
    def from_nni(cls, data: Mapping[str, Any]) -> SearchSpace:
        """Read NNI's search-space JSON.

        Raises
        ------
        ValueError
            The message names the entry that is malformed.
        """
        from nnic.tuners.nni_format import space_from_nni

        return space_from_nni(data)

    def to_json(self) -> list[dict[str, Any]]:
        """Everything that is known of the space, as plain JSON values."""
        return [parameter_to_json(p) for p in self.parameters]

    @classmethod
    def from_json(cls, data: list[dict[str, Any]]) -> SearchSpace:
        """The space of which :meth:`to_json` made ``data``."""
        return cls(tuple(parameter_from_json(entry) for entry in data))
