"""Narrows ranges around the best trials of an experiment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from nnic.tuners.space import Config, Parameter, Sampler, SearchSpace, Value

# With fewer results the best quarter says more about luck than about the range.
FEWEST_TRIALS = 10
_BEST_SHARE = 4
_FEWEST_BEST = 4
# An option that was tried less often than this had no fair chance to be among the best.
_FAIR_TRIALS = 3
_SMALLEST_MARGIN = 0.05
# Why a nested parameter is gone.
GOES = "is removed with its option"
# A range that would lose less than a tenth stays as its author wrote it.
_WORTH_IT = 0.9


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What becomes of a parameter: ``args`` as :class:`Parameter` has them, or why they stay.

    ``kept`` are the places of the options that stay.
    """

    parameter: Parameter
    args: tuple[Value, ...]
    reason: str | None = None
    kept: tuple[int, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything becomes narrower."""
        return self.reason is None


def stays(parameter: Parameter, reason: str) -> Narrowed:
    """Return ``parameter`` as it is."""
    return Narrowed(parameter, parameter.args, reason, tuple(range(len(parameter.options))))


def narrow_space(space: SearchSpace, ranked: Sequence[Config], keep: Config) -> dict[str, Narrowed]:
    """Tell what becomes of every parameter of ``space``.

    A range shrinks to the values of the best quarter of the trials, with a margin on both sides, on the
    scale on which its sampler draws. It never becomes wider. An option goes when it was tried and is not
    in the best quarter; at least two options stay.

    Parameters
    ----------
    ranked
        The configuration of every trial that succeeded, the best first.
    keep
        Values that must stay possible.
    """
    found: dict[str, Narrowed] = {}
    for parameter in space:
        condition = parameter.condition
        if condition is not None and condition.option not in found[condition.parent].kept:
            found[parameter.key] = Narrowed(parameter, parameter.args, GOES)
            continue
        tried = [config[parameter.key] for config in ranked if parameter.key in config]
        found[parameter.key] = _narrow(parameter, tried, keep)
    return found


def _narrow(parameter: Parameter, ranked: list[Value], keep: Config) -> Narrowed:
    """Narrow a parameter; ``ranked`` are the values that were tried, the best first."""
    if len(ranked) < FEWEST_TRIALS:
        return stays(parameter, f"only {len(ranked)} results have it")
    best = ranked[: max(_FEWEST_BEST, math.ceil(len(ranked) / _BEST_SHARE))]
    kept = [keep[parameter.key]] if parameter.key in keep else []
    if parameter.sampler is Sampler.CHOICE:
        return _narrow_options(parameter, ranked, [*best, *kept])
    numbers = [float(v) for v in (*best, *kept) if isinstance(v, (int, float)) and parameter.contains(v)]
    if len(numbers) < _FEWEST_BEST:
        return stays(parameter, "the best values lie outside of it")
    narrow = _narrow_range if parameter.sampler.bounded else _narrow_normal
    return narrow(parameter, numbers)


def _narrow_options(parameter: Parameter, ranked: list[Value], best: list[Value]) -> Narrowed:
    tried = [parameter.option_of(value) for value in ranked]
    good = {parameter.option_of(value) for value in best}
    places = range(len(parameter.options))
    stay = {place for place in places if place in good or tried.count(place) < _FAIR_TRIALS}
    for place in tried:  # the best of the others
        if len(stay) < 2 and place is not None:
            stay.add(place)
    if len(stay) == len(places):
        return stays(parameter, "every option is among the best, or has few trials")
    kept = tuple(sorted(stay))
    return Narrowed(parameter, tuple(parameter.options[place] for place in kept), kept=kept)


def _narrow_range(parameter: Parameter, best: list[float]) -> Narrowed:
    low, high = parameter.numbers[:2]
    top = high - 1 if parameter.sampler is Sampler.RANDINT else high
    log = parameter.sampler.logarithmic
    scale = math.log if log else float
    values = sorted(map(scale, best))
    margin = max((values[-1] - values[0]) / (len(values) - 1), (scale(top) - scale(low)) * _SMALLEST_MARGIN)
    first, last = max(scale(low), values[0] - margin), min(scale(top), values[-1] + margin)
    if not low < top or last - first > _WORTH_IT * (scale(top) - scale(low)):
        return stays(parameter, "the best values are spread over all of it")
    if log:
        first, last = math.exp(first), math.exp(last)
    q = parameter.numbers[2] if parameter.sampler.quantized else 1 if parameter.integer else None
    new_low = max(low, _nice(first, last, q, log, ROUND_FLOOR))
    new_top = min(top, _nice(last, first, q, log, ROUND_CEILING))
    new_high = new_top + 1 if parameter.sampler is Sampler.RANDINT else new_top
    return _result(parameter, (new_low, new_high, *parameter.numbers[2:]))


def _nice(value: float, other: float, q: float | None, log: bool, rounding: str) -> float:
    """Return ``value`` rounded away from ``other``: to a step, or to the digits that tell the two apart."""
    size = abs(value) if log else abs(other - value)
    step = Decimal(repr(q)) if q is not None else Decimal(1).scaleb(math.floor(math.log10(size)) - 1)
    result = (Decimal(repr(value)) / step).to_integral_value(rounding) * step
    return float(result)


def _narrow_normal(parameter: Parameter, best: list[float]) -> Narrowed:
    sigma = parameter.numbers[1]
    log = parameter.sampler.logarithmic
    values = [math.log(value) for value in best if value > 0] if log else best
    if len(values) < _FEWEST_BEST:
        return stays(parameter, "the best values lie outside of it")
    width = max(1.5 * _deviation(values), sigma * 0.1)
    if width > _WORTH_IT * sigma:
        return stays(parameter, "the best values are spread over all of it")
    q = 1 if parameter.integer else None
    new_sigma = min(sigma, _nice(width, 0, q, True, ROUND_CEILING))
    step = Decimal(1) if q else Decimal(1).scaleb(math.floor(math.log10(new_sigma)) - 1)
    new_mu = float((Decimal(repr(math.fsum(values) / len(values))) / step).to_integral_value() * step)
    return _result(parameter, (new_mu, new_sigma, *parameter.numbers[2:]))


def _deviation(values: list[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _result(parameter: Parameter, numbers: tuple[float, ...]) -> Narrowed:
    """Return the parameter with ``numbers``, in the types that its own numbers have."""
    args = tuple(
        int(new) if isinstance(old, int) and float(new).is_integer() else new
        for old, new in zip(parameter.numbers, numbers)
    )
    if args == parameter.args or (parameter.sampler.bounded and not args[0] < args[1]):
        return stays(parameter, "it can't be narrower")
    return Narrowed(parameter, args)


def narrowing(found: Mapping[str, Narrowed]) -> dict[str, Narrowed]:
    """Those that become narrower."""
    return {key: narrowed for key, narrowed in found.items() if narrowed.changes}
