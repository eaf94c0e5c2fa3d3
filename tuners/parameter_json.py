"""Parameters and their origins as plain JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnic.tuners.parameter import ABSENT, Absent, Condition, Origin, Parameter, Sampler


def parameter_to_json(parameter: Parameter) -> dict[str, Any]:
    """A parameter as plain JSON values."""
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


def parameter_from_json(entry: Mapping[str, Any]) -> Parameter:
    """The parameter of which :func:`parameter_to_json` made ``entry``."""
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
    """The origin of which :func:`origin_to_json` made ``entry``."""
    return Origin(
        path=entry["path"],
        line=entry["line"],
        column=entry["column"],
        scope=entry["scope"],
        default_source=entry["default_source"],
        option_sources=tuple(entry["option_sources"]),
    )
