"""NNI's forms of spaces and configurations: a conditional parameter stands within its option.

A space is ``{key: {"_type": "choice", "_value": [{"_name": "conv", "size": {"_type": ...}}]}}``, a
configuration ``{key: {"_name": "conv", "size": 3}}``. Ours are flat: the key of a conditional
parameter is that of its parent, the option's number, and its name there, joined by ``/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnic.tuners.parameter import Condition, Config, Parameter, Sampler, Value
from nnic.tuners.space import SearchSpace

_NAME = "_name"


def space_to_nni(space: SearchSpace) -> dict[str, dict[str, Any]]:
    """NNI's search-space JSON."""
    return {p.key: _entry(space, p) for p in space if p.condition is None}


def _entry(space: SearchSpace, parameter: Parameter) -> dict[str, Any]:
    values = [*parameter.args, *parameter.surplus]
    children = _children(space, parameter)
    if children:
        values = [
            _option(space, parameter, index, value, [c for c in children if _option_number(c) == index])
            for index, value in enumerate(values)
        ]
    return {"_type": parameter.sampler.value, "_value": values}


def _option(
    space: SearchSpace, parent: Parameter, index: int, value: Value, children: list[Parameter]
) -> Any:
    if not children and not isinstance(value, str):
        return value
    return {_NAME: value, **{_local(parent, index, child): _entry(space, child) for child in children}}


def _children(space: SearchSpace, parameter: Parameter) -> list[Parameter]:
    return [p for p in space if p.condition is not None and p.condition.parent == parameter.key]


def _option_number(parameter: Parameter) -> int:
    assert parameter.condition is not None
    return parameter.condition.option


def _local(parent: Parameter, index: int, child: Parameter) -> str:
    """What a conditional parameter is called within its option."""
    return child.key.removeprefix(f"{parent.key}/{index}/")


def space_from_nni(data: Mapping[str, Any]) -> SearchSpace:
    """Read NNI's search-space JSON.

    Raises
    ------
    ValueError
        Names the entry that is malformed.
    """
    parameters: list[Parameter] = []
    for key, entry in data.items():
        _read(key, entry, None, parameters)
    return SearchSpace(tuple(parameters))


def _read(key: str, entry: Any, condition: Condition | None, found: list[Parameter]) -> None:
    if not isinstance(entry, Mapping) or "_type" not in entry or "_value" not in entry:
        raise ValueError(f"{key!r}: expected {{'_type': ..., '_value': [...]}}, got {entry!r}")
    try:
        sampler = Sampler(entry["_type"])
    except ValueError:
        raise ValueError(f"{key!r}: unknown _type {entry['_type']!r}") from None
    if not isinstance(entry["_value"], (list, tuple)):
        raise ValueError(f"{key!r}: _value must be a list, got {entry['_value']!r}")
    values = []
    children: list[tuple[int, str, Any]] = []
    for index, value in enumerate(entry["_value"]):
        if sampler is Sampler.CHOICE and isinstance(value, Mapping):
            if _NAME not in value:
                raise ValueError(f"{key!r}: an option with parameters of its own needs a '_name': {value!r}")
            children += [(index, name, inner) for name, inner in value.items() if name != _NAME]
            value = value[_NAME]
        values.append(value)
    count = len(sampler.arguments) or len(values)
    found.append(
        Parameter(key, sampler, tuple(values[:count]), condition=condition, surplus=tuple(values[count:]))
    )
    for index, name, inner in children:
        _read(f"{key}/{index}/{name}", inner, Condition(key, index), found)


def nest(space: SearchSpace, config: Config) -> dict[str, Any]:
    """``config`` with conditional parameters within their option, as NNI hands it to a trial."""
    nested: dict[str, Any] = {}
    holders: dict[str, dict[str, Any]] = {}
    for parameter in space.active(config):
        if parameter.key not in config:
            continue
        value: Any = config[parameter.key]
        if _children(space, parameter):
            holders[parameter.key] = value = {_NAME: value}
        condition = parameter.condition
        if condition is None:
            nested[parameter.key] = value
        else:
            name = _local(space[condition.parent], condition.option, parameter)
            holders[condition.parent][name] = value
    return nested


def flatten(space: SearchSpace, data: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of :func:`nest`: flat, with full keys; values are not checked.

    Raises
    ------
    ValueError
        When a nested value names no option.
    """
    flat: dict[str, Any] = {}
    for key, value in data.items():
        _flatten(space, key, value, flat)
    return flat


def _flatten(space: SearchSpace, key: str, value: Any, flat: dict[str, Any]) -> None:
    if not isinstance(value, Mapping):
        flat[key] = value
        return
    if key not in space or _NAME not in value:
        raise ValueError(f"{key!r}: expected a value, or a dict with a '_name', got {dict(value)!r}")
    flat[key] = value[_NAME]
    option = space[key].option_of(value[_NAME])
    if option is None:
        raise ValueError(f"{key!r}: {value[_NAME]!r} is none of its options {list(space[key].options)!r}")
    for name, inner in value.items():
        if name != _NAME:
            _flatten(space, f"{key}/{option}/{name}", inner, flat)
