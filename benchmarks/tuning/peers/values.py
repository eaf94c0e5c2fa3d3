"""Turns what a peer can express into values of parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nnic.tuners.space import Parameter, Sampler, SearchSpace


def configuration(space: SearchSpace, found: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the parameters that exist, where choices are indices and normal ones logarithms."""
    config: dict[str, Any] = {}
    for parameter in space:
        if space.is_active(parameter, config):
            config[parameter.key] = _value(parameter, found[parameter.key])
    return config


def _value(parameter: Parameter, found: Any) -> Any:
    if parameter.sampler is Sampler.CHOICE:
        return parameter.options[int(found)]
    if parameter.sampler is Sampler.RANDINT:
        return int(found)
    return quantised(parameter, float(found), logarithm=not parameter.sampler.bounded)


def quantised(parameter: Parameter, number: float, logarithm: bool = False) -> int | float:
    """Round and clip ``number`` as the parameter's sampler does.

    With ``logarithm`` the number is the logarithm of the value where the sampler is logarithmic.
    """
    value = math.exp(number) if logarithm and parameter.sampler.logarithmic else float(number)
    if parameter.sampler.quantized:
        step = parameter.numbers[-1]
        value = round(value / step) * step
    if parameter.sampler.bounded:
        value = min(max(value, parameter.numbers[0]), parameter.numbers[1])
    return round(value) if parameter.integer else value
