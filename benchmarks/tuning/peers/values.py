"""From what a peer can express to a value of a parameter."""

from __future__ import annotations

import math

from nnic.tuners.space import Parameter


def quantised(parameter: Parameter, number: float, logarithm: bool = False) -> int | float:
    """``number`` rounded and clipped as the parameter's sampler does.

    With ``logarithm`` it is the logarithm of the value where the sampler is a logarithmic one.
    """
    value = math.exp(number) if logarithm and parameter.sampler.logarithmic else float(number)
    if parameter.sampler.quantized:
        step = parameter.numbers[-1]
        value = round(value / step) * step
    if parameter.sampler.bounded:
        value = min(max(value, parameter.numbers[0]), parameter.numbers[1])
    return round(value) if parameter.integer else value
