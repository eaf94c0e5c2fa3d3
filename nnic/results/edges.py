"""Best values at an edge of their ranges, beyond which better ones may lie."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from nnic.runtime.store.records import ExperimentRecord, TrialRecord, best_of
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import Parameter, Value

_FEWEST = 5  # trials with a result, below which the best one says little
_MARGIN = 0.05  # of a range, that counts as its edge
_OUTER = 0.25  # of a range, where others of the best trials are expected when the edge is no chance
_STEPS = 20  # values of a range, up to which only the very first and last one are its edges


@dataclass(frozen=True, slots=True)
class Edge:
    """A parameter whose best value is at an edge of its range.

    Parameters
    ----------
    value
        The best trial's.
    upper
        Which of the two edges it is at.
    limit
        The last value that a trial can have there.
    """

    key: str
    value: float
    upper: bool
    limit: float

    @property
    def beyond(self) -> bool:
        """Whether the value lies outside of the range, as the script's own may."""
        return self.value > self.limit if self.upper else self.value < self.limit


def find_edges(record: ExperimentRecord, trials: Iterable[TrialRecord]) -> list[Edge]:
    """Return the parameters whose best value lies at an edge of their range, on their scale.

    That the best of a few trials has such a value happens by chance; so half of the best tenth of the
    trials must lie towards the same edge. Options count where they are ordered numbers. A lower edge of
    zero, or of one for whole numbers, is taken for a natural one.
    """
    done = [t for t in trials if t.status is TrialState.SUCCEEDED and _finite(t.metric)]
    best = best_of(done, record.maximize)
    if best is None or len(done) < _FEWEST:
        return []
    sign = -1.0 if record.maximize else 1.0
    ranked = sorted(done, key=lambda trial: sign * (trial.metric or 0.0))
    leading = ranked[: max(3, math.ceil(len(ranked) / 10))]
    found = (_edge(parameter, best, leading) for parameter in record.space)
    return [edge for edge in found if edge is not None]


def _edge(parameter: Parameter, best: TrialRecord, leading: list[TrialRecord]) -> Edge | None:
    scale = _Scale.of(parameter)
    place = None if scale is None else scale.place(best.parameters.get(parameter.key))
    if scale is None or place is None:
        return None
    upper = place > 0.5
    if not (scale.margin >= (1.0 - place if upper else place)):
        return None
    limit = scale.high if upper else scale.low
    if not upper and (limit == 0 or (limit == 1 and parameter.integer)):
        return None
    places = [scale.place(trial.parameters.get(parameter.key)) for trial in leading]
    outer = [p for p in places if p is not None and (1.0 - p if upper else p) <= max(_OUTER, scale.margin)]
    if len(outer) < len(leading) / 2:
        return None
    return Edge(parameter.key, float(best.parameters[parameter.key] or 0.0), upper, limit)


@dataclass(frozen=True, slots=True)
class _Scale:
    """The range of a parameter: ``values`` has its ordered numbers where it has a few, else none."""

    low: float
    high: float
    logarithmic: bool = False
    values: tuple[float, ...] = ()

    @classmethod
    def of(cls, parameter: Parameter) -> _Scale | None:
        """Return the scale of a parameter, ``None`` for one without edges."""
        if parameter.options:
            return cls._of_options(parameter.options)
        if not parameter.sampler.bounded:
            return None
        low, high = parameter.numbers[:2]
        if parameter.sampler.value == "randint":
            high -= 1
            if high - low < _STEPS:
                values = tuple(range(int(low), int(high) + 1))
                return cls(low, high, values=values) if len(values) > 2 else None
        low, high = min(low, high), max(low, high)
        return cls(low, high, parameter.sampler.logarithmic and low > 0) if low < high else None

    @classmethod
    def _of_options(cls, options: tuple[Value, ...]) -> _Scale | None:
        numbers = [o for o in options if isinstance(o, (int, float)) and not isinstance(o, bool)]
        rising = sorted(set(numbers))
        ordered = numbers in (rising, rising[::-1])
        if len(numbers) < len(options) or not ordered or len(numbers) < 3:
            return None
        return cls(rising[0], rising[-1], values=tuple(rising))

    @property
    def margin(self) -> float:
        """How far from an end still counts as the end, as a part of the range."""
        return 0.0 if self.values else _MARGIN

    def place(self, value: Value) -> float | None:
        """Return where a value lies: 0 at the lower edge, 1 at the upper one."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        if self.values:
            if value not in self.values:
                return None
            return self.values.index(value) / (len(self.values) - 1)
        if self.logarithmic:
            if value <= 0:
                return None
            return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (value - self.low) / (self.high - self.low)


def _finite(metric: float | None) -> bool:
    return metric is not None and math.isfinite(metric)
