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


def complete_own(
    space: SearchSpace, config: Mapping[str, Value], own: Mapping[str, Value]
) -> dict[str, Value]:
    """A configuration of a user's, with the script's ``own`` values for what it leaves out.

    What it leaves out may stay out where the own value is not known or lies outside: without a value from
    the trial the script takes its own one.

    Raises
    ------
    ValueError
        The message names the parameter that is unknown, not there in this configuration, out of range, or
        has no own value because the script's own values have another option.
    """
    unknown = [key for key in config if key not in space]
    if unknown:
        raise ValueError(f"the search space has no parameter {unknown[0]!r}")
    result: dict[str, Value] = {}
    for parameter in space:
        key, active = parameter.key, space.is_active(parameter, result)
        if key in config:
            if not active:
                raise ValueError(f"{key!r} does not exist in this configuration")
            result[key] = parameter.normalize(config[key])
            if not parameter.contains(result[key]):
                raise ValueError(f"{key!r} is out of range")
        elif active and key in own and parameter.contains(own[key]):
            result[key] = own[key]
        elif active and parameter.condition is not None:
            raise ValueError(f"no value for {key!r}")
    return result


def _as_proposed(parameter: Parameter, value: Value) -> Value | Absent:
    """Return ``value`` in the type that the parameter has, or as it is where it lies outside."""
    try:
        return parameter.normalize(value)
    except ValueError:
        return value
