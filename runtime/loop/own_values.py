"""The script's own values: the configuration of trial 0."""

from __future__ import annotations

from collections.abc import Mapping

from nnic.tuners.space import Absent, Parameter, SearchSpace, Value


def own_values(space: SearchSpace, observed: Mapping[str, Value] | None = None) -> dict[str, Value]:
    """The script's own values as far as they are known: before it runs those in its source, afterwards
    also those that trial 0 ``observed``."""
    observed = observed or {}
    config: dict[str, Value] = {}
    for parameter in space:
        value: Value | Absent = parameter.default
        if isinstance(value, Absent) and parameter.key in observed:
            value = _as_proposed(parameter, observed[parameter.key])
        if not isinstance(value, Absent) and space.is_active(parameter, config):
            config[parameter.key] = value
    return config


def _as_proposed(parameter: Parameter, value: Value) -> Value | Absent:
    """Return ``value`` in the type that the parameter has, or as it is where it lies outside."""
    try:
        return parameter.normalize(value)
    except ValueError:
        return value
