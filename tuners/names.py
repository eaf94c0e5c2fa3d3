"""The names that people use for parameters: the shortest ones that tell them apart.

A key such as ``train/model/function_choice/0/gamma/loguniform`` is exact and long. People read and write
``gamma``; where two options have a ``gamma``, ``svc__gamma`` and ``rbf__gamma``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nnic.tuners.parameter import Condition, Parameter, Value

if TYPE_CHECKING:
    from nnic.tuners.space import SearchSpace

_BREAK = re.compile(r"\s*[\r\n]\s*")
_BREAK_AT_BRACKET = re.compile(r"(?<=[(\[{])\s*[\r\n]\s*|\s*[\r\n]\s*(?=[)\]}])")
_CALL = re.compile(r"(?:\w+\.)*(\w+)\(.*\)", re.DOTALL)


def shortest_names(space: SearchSpace) -> dict[str, str]:
    """Return the shortest unambiguous name of each parameter, by key.

    Each has a ladder of names, from the shortest to its key; those that clash climb until they differ.
    """
    ladders = {parameter.key: names_of(space, parameter) for parameter in space}
    chosen = dict.fromkeys(ladders, 0)
    while True:
        names = {key: ladders[key][step] for key, step in chosen.items()}
        counts = Counter(names.values())
        clashing = [k for k, name in names.items() if counts[name] > 1 and chosen[k] + 1 < len(ladders[k])]
        if not clashing:
            return names
        for key in clashing:
            chosen[key] += 1


def names_of(space: SearchSpace, parameter: Parameter) -> list[str]:
    """Return all names that a parameter may go by, from the shortest to its key."""
    condition = parameter.condition
    if condition is None:
        own = [_on_one_line(parameter.name), parameter.name]
    else:
        own = _names_in_option(space, parameter, condition)
    module_and_name = parameter.key.rsplit("/", 1)[0]
    name_and_sampler = parameter.key.split("/", 1)[-1]
    return list(dict.fromkeys([*own, module_and_name, name_and_sampler, parameter.key]))


def _names_in_option(space: SearchSpace, parameter: Parameter, condition: Condition) -> list[str]:
    """Return the short names of a parameter that exists within an option of another one."""
    parent = space[condition.parent]
    prefix = f"{parent.key}/{condition.option}/"
    if not parameter.key.startswith(prefix):
        return [parameter.name]
    # A call's argument ends in a name or its number; a sampler that is the option itself has nothing.
    inner = parameter.key[len(prefix) :].rpartition("/")[0].rpartition("/")[2]
    above, whole = names_of(space, parent)[0], _path(space, parent)
    if not inner:
        sampler, option = parameter.sampler.value, condition.option
        return [f"{above}__{sampler}", f"{above}__{option}", f"{whole}__{option}"]
    label = _label(parent.options[condition.option]) or str(condition.option)
    names = [f"{label}__{inner}", f"{above}__{label}__{inner}", f"{whole}__{label}__{inner}"]
    names.append(f"{whole}__{condition.option}__{inner}")
    return names if inner.isdecimal() else [inner, *names]


def _path(space: SearchSpace, parameter: Parameter) -> str:
    """Return the longest of a parameter's names that is made of words alone: ``model__svc__gamma``."""
    if parameter.condition is None:
        return _on_one_line(parameter.name)
    return max(_names_in_option(space, parameter, parameter.condition), key=lambda name: name.count("__"))


def _on_one_line(name: str) -> str:
    """Return a name without the line breaks that NNI puts into long ones."""
    return _BREAK.sub(" ", _BREAK_AT_BRACKET.sub("", name))


def _label(option: Value) -> str:
    """Return a word for an option: what it calls, or itself where it is a word; ``""`` for none."""
    text = str(option)
    call = _CALL.fullmatch(text)
    return call[1] if call else text if text.isidentifier() else ""


class ParameterNames:
    """All names that the parameters of a space may go by; ``shown`` has the shortest of each, by key."""

    def __init__(self, space: SearchSpace) -> None:
        self.shown = shortest_names(space)
        self._keys: dict[str, list[str]] = {}
        for parameter in space:
            for name in names_of(space, parameter):
                self._keys.setdefault(name, []).append(parameter.key)
        # What people are shown means that parameter, also where it is a part of another one's name.
        self._keys.update({name: [key] for key, name in self.shown.items()})
        self._keys.update({parameter.key: [parameter.key] for parameter in space})

    def keys_of(self, name: str) -> list[str]:
        """Return the keys of the parameters that ``name`` may mean: none, one, or several that clash."""
        return self._keys.get(name, [])


class NamedValues(dict[str, Value]):
    """The values of a configuration, by the full keys of their parameters or by their short names.

    It is a dictionary of the full keys, as the store has them: so they are what iterating over it gives.
    Looking a value up takes a short name too, and so do ``in`` and ``get``. :meth:`by_name` is a plain
    dictionary of the short names.
    """

    def __init__(self, values: Mapping[str, Value], names: ParameterNames) -> None:
        super().__init__(values)
        self._names = names

    def __missing__(self, name: str) -> Value:
        keys = self._present(name)
        if len(keys) == 1:
            return self[keys[0]]
        if keys:
            raise KeyError(f"{name} may be {' or '.join(keys)}; write the one that is meant")
        if self._names.keys_of(name):
            raise KeyError(f"{name} has no value in this trial: it belongs to an option that was not chosen")
        raise KeyError(f"there is no parameter {name}; this trial has {', '.join(self.by_name())}")

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and len(self._present(name)) == 1)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a parameter, ``default`` where it has none in this trial."""
        if name in self:
            return self[name]
        return default

    def by_name(self) -> dict[str, Value]:
        """Return the values by the names that tables show: ``{"lr": 0.01, "svc__gamma": 0.1}``."""
        return {self._names.shown.get(key, key): value for key, value in self.items()}

    def __repr__(self) -> str:
        return repr(self.by_name())

    def __reduce__(self) -> tuple[Any, ...]:
        return (NamedValues, (dict(self), self._names))

    def _present(self, name: str) -> list[str]:
        return [key for key in self._names.keys_of(name) if dict.__contains__(self, key)]
