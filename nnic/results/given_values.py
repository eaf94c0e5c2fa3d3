"""Values of parameters as people and programs write them down, read against a search space."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from nnic.runtime.errors import WrongInputError
from nnic.runtime.reading import parse_json
from nnic.runtime.text import format_number
from nnic.tuners.names import ParameterNames
from nnic.tuners.space import Absent, Parameter, SearchSpace, Value

_NAME = "_name"


class ValuesError(WrongInputError):
    """Values do not fit a search space; ``problems`` has a sentence for each one that does not."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


def complete_values(
    space: SearchSpace,
    values: Mapping[str, Any],
    others: Mapping[str, Value],
    *,
    as_text: bool = False,
    own: bool = False,
) -> dict[str, Value]:
    """Return a configuration by full key: ``values``, and for the rest ``others``, those of another trial.

    Parameters
    ----------
    values
        By full keys or any unambiguous end of one.
    as_text
        They are texts, as they are typed on a command line.
    own
        The others are the script's own values. One that is not known, or outside of what is searched, is
        left out: a trial that is given no value runs with the script's own.

    Raises
    ------
    ValuesError
        Names every parameter that is unknown, missing, not there in this configuration or out of range.
    """
    reader = ValuesReader(space)
    if as_text:
        reader.read_texts(values)
    else:
        reader.read(values)
    reader.fill(others, own)
    config = reader.checked(own, nested=own)
    if reader.problems:
        raise ValuesError(reader.problems)
    return config


def stated_values(space: SearchSpace, values: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values of some parameters by full key; texts are read as they are typed.

    Raises
    ------
    ValuesError
        Names every parameter that is unknown or out of range.
    """
    reader = ValuesReader(space)
    reader.read_texts({name: value for name, value in values.items() if isinstance(value, str)})
    reader.read({name: value for name, value in values.items() if not isinstance(value, str)})
    return reader.single()


class ValuesReader:
    """Reads names and values against a space, and collects what is wrong with them."""

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.problems: list[str] = []
        self._given: dict[str, Any] = {}
        self._names = ParameterNames(space)
        self._shown = self._names.shown

    def read(self, data: Mapping[str, Any], within: str = "") -> None:
        """Take up values; ``within`` is the option that they belong to, as a key ends in a ``/``."""
        for name, value in data.items():
            if within and name == _NAME:
                continue
            key = self.find(name, within)
            if key is None:
                continue
            if isinstance(value, Mapping):
                self._read_nested(key, value)
            else:
                self._given[key] = value

    def read_texts(self, texts: Mapping[str, str]) -> None:
        """Take up values as they were typed on a command line."""
        for name, text in texts.items():
            key = self.find(name)
            if key is not None:
                self._given[key] = typed(self.space[key], text)

    def fill(self, others: Mapping[str, Value], own: bool = False) -> None:
        """Take the values of another configuration where none is given and they exist in this one; of the
        script's ``own`` values those that a trial can be given."""
        config: dict[str, Any] = {}
        for parameter in self.space:
            if not self.space.is_active(parameter, config):
                continue
            usable = parameter.key in others and (not own or parameter.contains(others[parameter.key]))
            if parameter.key not in self._given and usable:
                self._given[parameter.key] = others[parameter.key]
            if parameter.key in self._given:
                config[parameter.key] = self._given[parameter.key]

    def _read_nested(self, key: str, value: Mapping[str, Any]) -> None:
        parameter = self.space[key]
        if _NAME not in value:
            self.problems.append(f"{self._shown[key]}: a dictionary needs the chosen option as {_NAME!r}")
            return
        self._given[key] = value[_NAME]
        option = parameter.option_of(value[_NAME])
        if option is not None:
            self.read(value, f"{key}/{option}/")

    def find(self, name: str, within: str = "") -> str | None:
        """Return the key that ``name`` means, within an option; without one a problem is noted."""
        keys = [p.key for p in self.space if p.key.startswith(within)]
        for found in (
            [key for key in keys if key in (name, within + name)],
            [key for key in self._names.keys_of(name) if key in keys],
            [key for key in keys if name in _ends(key)],
            [key for key in keys if _plain(name) in map(_plain, (self._shown[key], *_ends(key)))],
            [key for key in keys if _last_subscript(self._shown[key]) == name],
        ):
            if len(found) == 1:
                return found[0]
            if found:
                self.problems.append(f"{name} may be {' or '.join(found)}; write the one that is meant")
                return None
        known = ", ".join(self._shown.values())
        there = f"there are {known}" if known else "the program has none (are the annotations still there?)"
        self.problems.append(f"there is no parameter {name}; {there}")
        return None

    def single(self) -> dict[str, Value]:
        """Return the values that were read, each by itself; whether they exist together is not looked at."""
        config: dict[str, Value] = {}
        for key, value in self._given.items():
            try:
                config[key] = self.space[key].normalize(value)
            except (ValueError, OverflowError):
                described = _described(self.space[key])
                self.problems.append(f"{self._shown[key]} can't be {value!r}; it is {described}")
        if self.problems:
            raise ValuesError(self.problems)
        return config

    def checked(self, is_own: bool, nested: bool = False) -> dict[str, Value]:
        """Return the values in the types that their parameters have.

        Of the script's own values some may be missing; where ``nested`` only those that no option brings.
        """
        config: dict[str, Value] = {}
        for parameter in self.space:
            key, name = parameter.key, self._shown[parameter.key]
            active = self.space.is_active(parameter, config)
            if key not in self._given:
                missing = active and (not is_own or (nested and parameter.condition is not None))
                if missing and not any(p.startswith(f"{name} ") for p in self.problems):
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


def _plain(name: str) -> str:
    """Return a name without the quotes and blanks in it, which shells and people leave out: ``C[k]``."""
    return re.sub(r"[\s'\"]+", "", name)


def _last_subscript(name: str) -> str:
    """Return ``k`` of ``C['k']``; ``""`` for a name without a subscript."""
    return "" if not name.endswith("]") else _plain(name[name.rfind("[") + 1 : -1])


def _ends(key: str) -> set[str]:
    """Return the parts of a key from each ``/`` on, with the sampler and without."""
    parts = key.split("/")
    return {"/".join(parts[start:end]) for end in (len(parts), len(parts) - 1) for start in range(end)}


def as_text(parameter: Parameter, value: Value) -> str:
    """Return a value as a text that :func:`typed` reads as the same value, and that is never empty."""
    plain = value if isinstance(value, str) else repr(value)
    written = json.dumps(value)
    # Where a text among the options reads the same, blanks tell the value from it.
    for text in (plain, written, f" {written}"):
        again = typed(parameter, text)
        if text and type(again) is type(value) and (again == value or again != again):
            return text
    return plain


def typed(parameter: Parameter, text: str) -> object:
    """Return what a text stands for: an option written out, else a JSON value, else itself."""
    if text in parameter.options:
        return text
    try:
        return float(text) if not parameter.options and "." in text else parse_json(text)
    except ValueError:
        return next((option for option in parameter.options if str(option) == text), text)


def _is_own(parameter: Parameter, value: object) -> bool:
    """Return whether ``value`` is the script's own although no trial could have it."""
    default = parameter.default
    own = not isinstance(default, Absent) and type(default) is type(value) and default == value
    return own and not parameter.contains(value)


def _described(parameter: Parameter) -> str:
    if parameter.options:
        return f"one of {', '.join(map(repr, parameter.options))}"
    numbers = ", ".join(format_number(number, 12) for number in parameter.numbers)
    kind = "a whole number" if parameter.integer else "a number"
    return f"{kind} of {parameter.sampler.value}({numbers})"
