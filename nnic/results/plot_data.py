"""What plots of an experiment show, as numbers: whatever draws them only has to place them.

Positions on an axis run from 0 to 1, on the scale of the parameter: a number of ``loguniform`` has its
logarithm's, an option its rank among the options.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nnic.results.importance import find_importance
from nnic.runtime.errors import WrongInputError
from nnic.runtime.store.records import ExperimentRecord, TrialRecord, better
from nnic.tuners.names import ParameterNames
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import Parameter, Sampler, Value

KINDS = ("history", "parallel", "importance", "slice")


@dataclass(frozen=True, slots=True)
class HistoryData:
    """The results in the order of the trials.

    Parameters
    ----------
    trials, metrics
        The numbers of the succeeded trials, and their finite results.
    best
        The best result up to and with each of them.
    failed
        The numbers of the trials that failed.
    baseline
        The result of the script's own values, ``None`` without one.
    """

    trials: tuple[int, ...]
    metrics: tuple[float, ...]
    best: tuple[float, ...]
    failed: tuple[int, ...]
    baseline: float | None
    maximize: bool


@dataclass(frozen=True, slots=True)
class AxisData:
    """The axis of one parameter.

    Parameters
    ----------
    labels
        The options of a choice in their order; empty for numbers.
    low, high
        The range of numbers, wide enough for all values that were tried.
    logarithmic
        Whether numbers are placed by their logarithm.
    integer
        Whether all of them are whole numbers.
    """

    key: str
    name: str
    labels: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    logarithmic: bool = False
    integer: bool = False

    def place(self, value: Value) -> float | None:
        """Return where a value lies, from 0 to 1; ``None`` for one that has no place."""
        if self.labels:
            text = str(value)
            last = max(1, len(self.labels) - 1)
            return self.labels.index(text) / last if text in self.labels else None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return None
        if self.high == self.low:
            return 0.5
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low) if value > 0 else None
        return (value - self.low) / (self.high - self.low)

    def value_at(self, place: float) -> float:
        """Return the number at a position of an axis of numbers."""
        if self.logarithmic:
            return float(self.low * (self.high / self.low) ** place)
        return self.low + place * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class ParallelData:
    """A line a trial through the axes of all parameters; ``None`` where a trial has no such parameter."""

    axes: tuple[AxisData, ...]
    trials: tuple[int, ...]
    lines: tuple[tuple[float | None, ...], ...]
    metrics: tuple[float, ...]
    maximize: bool


@dataclass(frozen=True, slots=True)
class ImportanceData:
    """How much each parameter matters, the most important first, with the ends of 95 % intervals."""

    names: tuple[str, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    method: str
    trials: int


@dataclass(frozen=True, slots=True)
class SliceData:
    """The results over the values of one parameter: of every succeeded trial that has it."""

    axis: AxisData
    trials: tuple[int, ...]
    places: tuple[float, ...]
    metrics: tuple[float, ...]


def history_data(record: ExperimentRecord, trials: Iterable[TrialRecord]) -> HistoryData:
    """Return the results in the order of the trials."""
    known = sorted(trials, key=lambda trial: trial.id)
    done = _with_result(known)
    running: list[float] = []
    for _, metric in done:
        previous = running[-1] if running else None
        running.append(metric if better(metric, previous, record.maximize) else running[-1])
    own = next((metric for trial, metric in done if trial.baseline), None)
    failed = tuple(
        trial.id for trial in known if trial.status is TrialState.FAILED and trial.discarded is None
    )
    return HistoryData(_numbers(done), _metrics(done), tuple(running), failed, own, record.maximize)


def parallel_data(
    record: ExperimentRecord, trials: Iterable[TrialRecord], names: Sequence[str] | None = None
) -> ParallelData:
    """Return a line a trial through the axes of the parameters: of all that differ, or of those named."""
    done = _with_result(trials)
    axes = _axes(record, [trial for trial, _ in done], names)
    lines = tuple(
        tuple(_place(axis, trial) if axis.key in trial.parameters else None for axis in axes)
        for trial, _ in done
    )
    return ParallelData(axes, _numbers(done), lines, _metrics(done), record.maximize)


def slice_data(
    record: ExperimentRecord, trials: Iterable[TrialRecord], names: Sequence[str] | None = None
) -> tuple[SliceData, ...]:
    """Return the results over each parameter: over all that differ between trials, or those named."""
    done = _with_result(trials)
    found = []
    for axis in _axes(record, [trial for trial, _ in done], names):
        points = [
            (trial, place, metric) for trial, metric in done if (place := _place(axis, trial)) is not None
        ]
        found.append(
            SliceData(
                axis,
                tuple(trial.id for trial, _, _ in points),
                tuple(place for _, place, _ in points),
                tuple(metric for _, _, metric in points),
            )
        )
    return tuple(found)


def importance_data(
    record: ExperimentRecord, trials: Iterable[TrialRecord], method: str = "fanova"
) -> ImportanceData:
    """Return how much each parameter matters.

    Raises
    ------
    ImportanceError
        When the trials can't tell, as when they are too few.
    """
    report = find_importance(record, trials, method, 0.1).report
    shown = record.space.display_names()
    return ImportanceData(
        tuple(shown[p.key] for p in report.parameters),
        tuple(p.value for p in report.parameters),
        tuple(p.low for p in report.parameters),
        tuple(p.high for p in report.parameters),
        report.method,
        report.trials,
    )


def _with_result(trials: Iterable[TrialRecord]) -> list[tuple[TrialRecord, float]]:
    """Return the succeeded trials with a finite result, by number."""
    return [
        (trial, trial.metric)
        for trial in sorted(trials, key=lambda trial: trial.id)
        if trial.status is TrialState.SUCCEEDED and trial.metric is not None and math.isfinite(trial.metric)
    ]


def _numbers(done: Sequence[tuple[TrialRecord, float]]) -> tuple[int, ...]:
    return tuple(trial.id for trial, _ in done)


def _metrics(done: Sequence[tuple[TrialRecord, float]]) -> tuple[float, ...]:
    return tuple(metric for _, metric in done)


def _axes(
    record: ExperimentRecord, trials: Sequence[TrialRecord], names: Sequence[str] | None
) -> tuple[AxisData, ...]:
    shown = record.space.display_names()
    keys = None if names is None else [_key(record, name) for name in names]
    axes = []
    for key in [p.key for p in record.space] if keys is None else keys:
        values = [trial.parameters[key] for trial in trials if key in trial.parameters]
        if keys is not None or len({(type(value), value) for value in values}) > 1:
            axes.append(_axis(record.space[key], shown[key], values))
    return tuple(axes)


def _key(record: ExperimentRecord, name: str) -> str:
    keys = ParameterNames(record.space).keys_of(name)
    if len(keys) != 1:
        known = ", ".join(record.space.display_names().values())
        raise WrongInputError(f"there is no parameter {name}; there are {known}")
    return keys[0]


def _axis(parameter: Parameter, name: str, values: Sequence[Value]) -> AxisData:
    if parameter.options:
        texts = [str(option) for option in parameter.options] + [str(value) for value in values]
        return AxisData(parameter.key, name, tuple(dict.fromkeys(texts)))
    numbers = [float(v) for v in values if isinstance(v, (int, float)) and math.isfinite(v)]
    if parameter.sampler.bounded:
        first, last = parameter.numbers[:2]
        numbers += [float(first), float(last - 1 if parameter.sampler is Sampler.RANDINT else last)]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    return AxisData(
        parameter.key, name, (), low, high, parameter.sampler.logarithmic and low > 0, parameter.integer
    )


def _place(axis: AxisData, trial: TrialRecord) -> float | None:
    return axis.place(trial.parameters[axis.key]) if axis.key in trial.parameters else None
