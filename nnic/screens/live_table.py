"""The trials of the live picture: those that run, and the latest of the others."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from nnic.runtime.store.records import TrialRecord
from nnic.screens.devices import format_gpus
from nnic.screens.format import cells_of, curve_scale, format_metric, metric_digits, printable, sparkline
from nnic.screens.run_state import RunState
from nnic.screens.trials import BEST
from nnic.screens.values import MAX_CELL, fitting, more, shortened
from nnic.tuners.protocol import TrialState

STYLES = {
    TrialState.RUNNING: "cyan",
    TrialState.SUCCEEDED: "green",
    TrialState.STOPPED: "yellow",
    TrialState.FAILED: "red",
    TrialState.CANCELLED: "yellow",
    TrialState.PAUSED: "blue",
}
_RIGHT = ("#", "step", "gpu")
_Column = tuple[str, list[Text]]


def trial_table(state: RunState, rows: int, width: int) -> Table:
    """Return at most ``rows`` trials: their results, and the parameters that differ between them."""
    shown = [*sorted(state.running.values(), key=lambda trial: -trial.id), *state.recent][:rows]
    fixed = _fixed_columns(state, shown)
    if _width(fixed) > width:
        fixed = fixed[:-1]  # the curves
    keys = state.shown.varying([trial.parameters for trial in shown])
    parameters = _parameters(state, keys, shown)
    if fitting(parameters, width - _width(fixed)) < len(parameters):
        parameters = [(shortened(name, cells), cells) for name, cells in parameters]
    count = fitting(parameters, width - _width(fixed))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False, pad_edge=False)
    for name, _ in fixed:
        justify: JustifyMethod = "right" if name in _RIGHT else "left"
        table.add_column(name, justify=justify, no_wrap=True, overflow="ellipsis")
    for name, _ in parameters[:count]:
        table.add_column(Text(name), no_wrap=True, overflow="ellipsis", max_width=MAX_CELL)
    if count < len(parameters):
        table.add_column(more(len(parameters) - count), no_wrap=True)
    for row, trial in enumerate(shown):
        best = state.best is not None and trial.id == state.best.id
        cells = [column[row] for _, column in fixed]
        cells += [Text(column[row]) for _, column in parameters[:count]]
        table.add_row(*cells, style="bold" if best else "")
    return table


def _fixed_columns(state: RunState, shown: Sequence[TrialRecord]) -> list[_Column]:
    """Return the columns that say what became of each trial; the curves are the last one."""
    best = None if state.best is None else state.best.id
    digits = metric_digits(trial.latest for trial in shown)
    scale = curve_scale([trial.intermediate for trial in shown])
    columns = [
        ("#", [Text(f"{BEST if trial.id == best else ' '}{trial.id}") for trial in shown]),
        ("status", [Text(trial.status.value, style=STYLES.get(trial.status, "")) for trial in shown]),
    ]
    if state.config.demand.uses_gpus:
        columns.append(("gpu", [Text(format_gpus(trial.devices)) for trial in shown]))
    columns.append(("step", [Text(str(len(trial.reports) or "")) for trial in shown]))
    columns.append(("metric", [Text(format_metric(trial.latest, digits)) for trial in shown]))
    columns.append(("curve", [Text(sparkline(trial.intermediate, scale=scale)) for trial in shown]))
    return columns


def _parameters(
    state: RunState, keys: Sequence[str], shown: Sequence[TrialRecord]
) -> list[tuple[str, list[str]]]:
    configs = [trial.parameters for trial in shown]
    columns = []
    for key in keys:
        cells = [printable(cell) for cell in state.shown.column(key, configs)]
        columns.append((state.shown.names[key], cells))
    return columns


def _width(columns: Sequence[_Column]) -> int:
    """Return how wide columns are, two spaces between them."""
    widths = [max([cells_of(name), *(cell.cell_len for cell in cells)]) for name, cells in columns]
    return sum(widths) + 2 * (len(widths) - 1)
