"""``--params FILE``: the values of one trial, as a person or a program wrote them down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnic.cli.errors import UsageError
from nnic.tuners.space import Absent, Parameter, SearchSpace, Value

_NAME = "_name"


def read_params(path: Path, space: SearchSpace) -> dict[str, Value]:
    """The values in a JSON file by full key; parameters that have the script's own value are left out.

    The file holds names and values, where a name is a key or any unambiguous end of one; NNI's nested
    dictionaries with a ``_name``; or what ``nnic best --format json`` prints.

    Raises
    ------
    UsageError
        Names every parameter that is unknown, missing, not there in this configuration or out of range.
    """
    data, is_own = _load(path)
    reader = _Reader(space)
    reader.read(data)
    config = reader.checked(is_own)
    if reader.problems:
        raise UsageError(f"--params {path}: " + "\n  ".join(reader.problems))
    return config


def _load(path: Path) -> tuple[Mapping[str, Any], bool]:
    """The names and values, and whether they are those of trial 0, of which some may be unknown."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"--params {path}: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"--params {path} is no JSON: {error}") from None
    if isinstance(data, Mapping) and isinstance(data.get("parameters"), Mapping) and "metric" in data:
        return data["parameters"], data.get("trial") == 0
    if not isinstance(data, Mapping):
        raise UsageError(
            f'--params {path} holds no values by name, such as {{"lr": 0.01}}; '
            "what nnic best --format json prints will do"
        )
    return data, False


class _Reader:
    """Reads names and values against a space, and collects what is wrong with them."""

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.problems: list[str] = []
        self._given: dict[str, Any] = {}
        self._shown = space.display_names()

    def read(self, data: Mapping[str, Any], within: str = "") -> None:
        """Take up values; ``within`` is the option that they belong to, as a key ends in a ``/``."""
        for name, value in data.items():
            if within and name == _NAME:
                continue
            key = self._find(name, within)
            if key is None:
                continue
            if isinstance(value, Mapping):
                self._read_nested(key, value)
            else:
                self._given[key] = value

    def _read_nested(self, key: str, value: Mapping[str, Any]) -> None:
        parameter = self.space[key]
        if _NAME not in value:
            self.problems.append(f"{self._shown[key]}: a dictionary needs the chosen option as {_NAME!r}")
            return
        self._given[key] = value[_NAME]
        option = parameter.option_of(value[_NAME])
        if option is not None:
            self.read(value, f"{key}/{option}/")

    def _find(self, name: str, within: str) -> str | None:
        keys = [p.key for p in self.space if p.key.startswith(within)]
        for found in (
            [key for key in keys if key in (name, within + name)],
            [key for key in keys if self._shown[key] == name],
            [key for key in keys if name in _ends(key)],
        ):
            if len(found) == 1:
                return found[0]
            if found:
                self.problems.append(f"{name} may be {' or '.join(found)}; write the one that is meant")
                return None
        self.problems.append(f"there is no parameter {name}; there are {', '.join(self._shown.values())}")
        return None

    def checked(self, is_own: bool) -> dict[str, Value]:
        """The values in the types that their parameters have."""
        config: dict[str, Value] = {}
        for parameter in self.space:
            key, name = parameter.key, self._shown[parameter.key]
            active = self.space.is_active(parameter, config)
            if key not in self._given:
                if active and not is_own and not any(p.startswith(f"{name} ") for p in self.problems):
                    self.problems.append(f"{name} has no value; it is {_described(parameter)}")
                continue
            if not active:
                condition = parameter.condition
                assert condition is not None
                option = self.space[condition.parent].options[condition.option]
                parent = self._shown[condition.parent]
                self.problems.append(f"{name} exists only when {parent} is {option!r}")
                continue
            value = self._given[key]
            if _is_own(parameter, value):
                continue
            try:
                config[key] = parameter.normalize(value)
            except (ValueError, OverflowError):
                self.problems.append(f"{name} can't be {value!r}; it is {_described(parameter)}")
        return config


def _ends(key: str) -> set[str]:
    """The parts of a key from each ``/`` on, with the sampler and without."""
    parts = key.split("/")
    return {"/".join(parts[start:end]) for end in (len(parts), len(parts) - 1) for start in range(end)}


def _is_own(parameter: Parameter, value: object) -> bool:
    """Whether ``value`` is the script's own although no trial could have it."""
    default = parameter.default
    own = not isinstance(default, Absent) and type(default) is type(value) and default == value
    return own and not parameter.contains(value)


def _described(parameter: Parameter) -> str:
    if parameter.options:
        return f"one of {', '.join(map(repr, parameter.options))}"
    from nnic.screens.format import format_number

    numbers = ", ".join(format_number(number, 12) for number in parameter.numbers)
    kind = "a whole number" if parameter.integer else "a number"
    return f"{kind} of {parameter.sampler.value}({numbers})"
