"""Draws the plots of an experiment with matplotlib, which is loaded when one is wanted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nnic.results.plot_data import (
    KINDS,
    AxisData,
    HistoryData,
    ImportanceData,
    ParallelData,
    SliceData,
    history_data,
    importance_data,
    parallel_data,
    slice_data,
)
from nnic.runtime.errors import WrongInputError
from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.runtime.text import format_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLUMNS = 3  # slices beside each other
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_LONGEST = 16  # characters of an option's label


def draw_plot(
    record: ExperimentRecord, trials: Sequence[TrialRecord], kind: str, names: Sequence[str] | None = None
) -> Figure:
    """Return a figure of matplotlib; a notebook shows it, ``savefig`` writes it to a file.

    Parameters
    ----------
    kind
        One of :data:`nnic.results.plot_data.KINDS`.
    names
        The parameters to show, for those plots that show parameters.

    Raises
    ------
    WrongInputError
        When there is no such plot or parameter, or no result to draw.
    ImportanceError
        When too few trials have a result to say what matters.
    ImportError
        When matplotlib is not installed.
    """
    if kind not in KINDS:
        raise WrongInputError(f"there is no plot {kind!r}; there are {', '.join(KINDS)}")
    figure_class = _figure_class()
    if kind == "importance":
        return _draw_importance(figure_class, importance_data(record, trials), record.name)
    history = history_data(record, trials)
    if not history.trials:
        raise WrongInputError(f"no trial of {record.name} has a result yet, so there is nothing to plot")
    if kind == "history":
        return _draw_history(figure_class, history, record.name)
    if kind == "parallel":
        return _draw_parallel(figure_class, parallel_data(record, trials, names), record.name)
    return _draw_slices(figure_class, slice_data(record, trials, names), record.name)


def _figure_class() -> type[Any]:
    """Return the figures of matplotlib, which a notebook shows without any setting."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plot needs matplotlib; install it: pip install matplotlib") from None

    class ShownFigure(Figure):  # type: ignore[misc]  # it is Any to mypy, which does not read its types
        def _repr_png_(self) -> bytes:
            stream = io.BytesIO()
            self.savefig(stream, format="png", dpi=100)
            return stream.getvalue()

    return ShownFigure


def _draw_history(figure_class: Any, data: HistoryData, title: str) -> Figure:
    figure = figure_class(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(data.trials, data.metrics, "o", markersize=4, alpha=0.6, label="result")
    axes.step(data.trials, data.best, where="post", label="best so far")
    if data.baseline is not None:
        axes.axhline(data.baseline, linestyle="--", linewidth=1, color="gray", label="your own values")
    for number, trial in enumerate(data.failed):
        axes.axvline(trial, color="tab:red", alpha=0.3, linewidth=1, label="" if number else "failed")
    axes.set(title=title, xlabel="trial", ylabel=f"metric ({'maximized' if data.maximize else 'minimized'})")
    axes.legend()
    return figure


def _draw_parallel(figure_class: Any, data: ParallelData, title: str) -> Figure:
    figure = figure_class(figsize=(max(6.0, 1.6 * len(data.axes) + 2), 4.5), layout="constrained")
    axes = figure.subplots()
    from matplotlib import colormaps

    low, high = min(data.metrics), max(data.metrics)
    order = sorted(range(len(data.lines)), key=lambda i: data.metrics[i], reverse=not data.maximize)
    for index in order:  # the best ones on top
        share = (data.metrics[index] - low) / (high - low) if high > low else 1.0
        quality = share if data.maximize else 1.0 - share
        heights = [float("nan") if place is None else place for place in data.lines[index]]
        axes.plot(range(len(heights)), heights, marker=".", color=colormaps["viridis"](quality), alpha=0.7)
    axes.set_xticks(range(len(data.axes)), [axis.name for axis in data.axes], rotation=20, ha="right")
    axes.set_yticks([])
    for position, axis in enumerate(data.axes):
        axes.axvline(position, color="gray", linewidth=0.5)
        for place, label in _ticks(axis, (0.0, 1.0)):
            axes.text(position, place, f" {label}", fontsize=7, va="bottom" if place else "top")
    axes.set_title(
        f"{title}: results from {format_number(low)} to {format_number(high)}, the best are bright"
    )
    return figure


def _draw_importance(figure_class: Any, data: ImportanceData, title: str) -> Figure:
    figure = figure_class(figsize=(7, 0.4 * len(data.names) + 1.5), layout="constrained")
    axes = figure.subplots()
    rows = range(len(data.names))
    below = [max(0.0, value - low) for value, low in zip(data.values, data.low)]
    above = [max(0.0, high - value) for value, high in zip(data.values, data.high)]
    axes.barh(rows, data.values, xerr=(below, above), color="tab:blue", ecolor="gray", capsize=3)
    axes.set_yticks(rows, data.names)
    axes.invert_yaxis()
    axes.set(title=f"{title}: {data.trials} trials", xlabel=f"importance ({data.method}), 95 % intervals")
    return figure


def _draw_slices(figure_class: Any, data: Sequence[SliceData], title: str) -> Figure:
    columns = min(_COLUMNS, max(1, len(data)))
    rows = max(1, -(-len(data) // columns))
    figure = figure_class(figsize=(4 * columns, 3 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for number, axes in enumerate(grid.flat):
        if number >= len(data):
            axes.set_visible(False)
            continue
        one = data[number]
        axes.scatter(one.places, one.metrics, c=one.trials, cmap="viridis", s=16)
        ticks = _ticks(one.axis, _TICKS)
        axes.set_xticks([place for place, _ in ticks], [label for _, label in ticks], fontsize=8)
        axes.set_xlabel(one.axis.name)
        axes.set_xlim(-0.05, 1.05)
    figure.suptitle(f"{title}: results over each parameter, later trials are bright")
    return figure


def _ticks(axis: AxisData, places: Sequence[float]) -> list[tuple[float, str]]:
    """Return where an axis has labels: at its options, or at numbers."""
    if not axis.labels:
        if axis.integer:
            numbers = dict.fromkeys(round(axis.value_at(place)) for place in places)
            return [(axis.place(number) or 0.0, str(number)) for number in numbers]
        return [(place, format_number(axis.value_at(place), 3)) for place in places]
    last = max(1, len(axis.labels) - 1)
    return [
        (number / last, label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…")
        for number, label in enumerate(axis.labels)
    ]
