"""NNI's forms of spaces and configurations: a conditional parameter stands within its option.

A space is ``{key: {"_type": "choice", "_value": [{"_name": "conv", "size": {"_type": ...}}]}}``, a
configuration ``{key: {"_name": "conv", "size": 3}}``. Ours are flat: the key of a conditional
parameter is that of its parent, the option's number, and its name there, joined by ``/``.

A block of mutable layers is one entry of NNI's; here each of its layers is a choice of the operation
and a choice among the subsets of its optional inputs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from nnic.tuners.parameter import Condition, Config, Parameter, Sampler, Value
from nnic.tuners.space import SearchSpace

_NAME = "_name"
_LAYER = re.compile(
    r"(?P<block>.*/mutable_block_\d+)/(?P<layer>mutable_layer_\d+)/(?P<what>layer_choice|optional_inputs)"
)


def space_to_nni(space: SearchSpace) -> dict[str, dict[str, Any]]:
    """A space as NNI's search-space JSON."""
    found: dict[str, dict[str, Any]] = {}
    for parameter in space:
        match = _LAYER.fullmatch(parameter.key)
        if match is not None:
            block = found.setdefault(match["block"], {"_type": "mutable_layer", "_value": {}})
            if match["what"] == "layer_choice":
                inputs = json.loads(str(parameter.surplus[0])) if parameter.surplus else {}
                block["_value"][match["layer"]] = {"layer_choice": list(parameter.args), **inputs}
        elif parameter.condition is None or _LAYER.fullmatch(parameter.condition.parent):
            found[parameter.key] = _entry(space, parameter)
    return found


def layer_surplus(inputs: Sequence[str], size: int | list[int]) -> tuple[str]:
    """What NNI's entry of a layer holds beside its operations, for ``Parameter.surplus``."""
    return (json.dumps({"optional_inputs": list(inputs), "optional_input_size": size}),)


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
        The message names the entry that is malformed.
    """
    parameters: list[Parameter] = []
    for key, entry in data.items():
        if isinstance(entry, Mapping) and entry.get("_type") == "mutable_layer":
            _read_layers(key, entry, parameters)
        else:
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


def _read_layers(key: str, entry: Mapping[str, Any], found: list[Parameter]) -> None:
    try:
        for layer, data in entry["_value"].items():
            inputs, size = data.get("optional_inputs", []), data.get("optional_input_size", 0)
            low, high = size if isinstance(size, list) else (size, size)
            surplus = layer_surplus(inputs, size)
            operations = tuple(data["layer_choice"])
            found.append(
                Parameter(f"{key}/{layer}/layer_choice", Sampler.CHOICE, operations, surplus=surplus)
            )
            chosen = [c for size in range(low, high + 1) for c in combinations(inputs, size)]
            if len(chosen) > 1:
                subsets = tuple(f"[{', '.join(subset)}]" for subset in chosen)
                found.append(Parameter(f"{key}/{layer}/optional_inputs", Sampler.CHOICE, subsets))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{key!r}: a mutable_layer's _value is malformed: {error!r}") from None


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
