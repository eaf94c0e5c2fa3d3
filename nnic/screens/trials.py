"""The table of an experiment's trials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from textwrap import wrap

from nnic.results.entries import status_of
from nnic.runtime.errors import WrongInputError
from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.runtime.text import counted
from nnic.screens.commands import command
from nnic.screens.devices import format_gpus
from nnic.screens.failure import count_failures, short_failure
from nnic.screens.format import (
    cells_of,
    curve_scale,
    format_metric,
    format_value,
    local_time,
    metric_digits,
    sparkline,
)
from nnic.screens.format import table as aligned
from nnic.screens.values import ShownSpace, fitting, more, shortened
from nnic.tuners.names import ParameterNames
from nnic.tuners.protocol import TrialState

BEST = "*"
_LESS_NEEDED = ("steps", "s")  # when there is no room for all parameters
_RIGHT = ("#", "gpu", "budget", "steps", "s")
_HEADERS = {"number": "#", "seconds": "s", "note": ""}  # where the table's word is not the column's name
_Column = tuple[str, list[str]]


def render_trials(
    record: ExperimentRecord,
    trials: Sequence[TrialRecord],
    killed: bool,
    *,
    best: int | None = None,
    columns: Sequence[str] = (),
    width: int | None = None,
) -> str:
    """Return a line a trial.

    Parameters
    ----------
    killed
        Whether no process runs the experiment.
    best
        The number of the best trial, whose line is marked.
    columns
        What is shown of each, as :func:`column_names` has it; by default all that differs between them.
    width
        The columns of the terminal: what does not fit is counted and named below. ``None`` shows all.

    Raises
    ------
    WrongInputError
        When there is no column of a name.
    """
    made = _Columns(record, trials, killed)
    if columns:
        shown = [made.find(name) for name in columns]
        return "\n".join(_table(shown, _marks(trials, best)))
    fixed = made.fixed()
    notes = made.column("note")
    if width is None:
        parameters = made.parameters(made.space.names)
        return "\n".join(_table([*fixed, *parameters, notes], _marks(trials, best)))
    keys = made.space.varying([trial.parameters for trial in trials])
    parameters = made.parameters(keys)
    if fitting(parameters, width - _width(fixed)) < len(parameters):
        fixed = [column for column in fixed if column[0] not in _LESS_NEEDED]
        parameters = [(shortened(name, cells), cells) for name, cells in parameters]
    count = fitting(parameters, width - _width(fixed))
    left = [made.space.names[key] for key in keys[count:]]
    rest = [(more(len(left)), [""] * len(trials))] if left else []
    lines = _table([*fixed, *parameters[:count], *rest], _marks(trials, best))
    lines += _below(record, trials, made, keys, left, width)
    lines += [f"{BEST} the best" for trial in trials if trial.id == best]
    return "\n".join(lines)


def column_names(record: ExperimentRecord, trials: Iterable[TrialRecord]) -> list[str]:
    """Return what can be shown of trials: their own columns, the names of parameters and other metrics."""
    metrics = dict.fromkeys(name for trial in trials for name in trial.metrics)
    return list(dict.fromkeys((*_CELLS, *record.space.display_names().values(), *metrics)))


class _Columns:
    """Makes the columns of a table, each its header and a cell a trial."""

    def __init__(self, record: ExperimentRecord, trials: Sequence[TrialRecord], killed: bool) -> None:
        self.record, self.trials, self.killed = record, trials, killed
        self.space = ShownSpace(record.space)
        self.digits = metric_digits(trial.metric for trial in trials)
        self.scale = curve_scale([trial.intermediate for trial in trials])
        self.waits: Mapping[int | None, str] = {} if killed else dict(record.waits)

    def fixed(self) -> list[_Column]:
        """Return the columns that say what became of each trial."""
        names = ["number", "status"]
        names += ["gpu"] if self.record.config.demand.uses_gpus else []
        names += ["budget"] if any(trial.budget is not None for trial in self.trials) else []
        curves = any(trial.reports for trial in self.trials)
        names += ["steps", "metric", "curve"] if curves else ["metric"]
        return [self.column(name) for name in (*names, "seconds")]

    def column(self, name: str) -> _Column:
        """Return one of the columns that are not about parameters."""
        cell = _CELLS[name]
        return _HEADERS.get(name, name), [cell(self, trial) for trial in self.trials]

    def parameters(self, keys: Iterable[str]) -> list[_Column]:
        """Return a column a parameter."""
        configs = [trial.parameters for trial in self.trials]
        return [(self.space.names[key], self.space.column(key, configs)) for key in keys]

    def find(self, name: str) -> _Column:
        """Return a column by what its user calls it."""
        if name in _CELLS:
            return self.column(name)
        keys = ParameterNames(self.record.space).keys_of(name)
        if len(keys) == 1:
            return name, self.parameters(keys)[0][1]
        if any(name in trial.metrics for trial in self.trials):
            return name, [format_metric(trial.metrics.get(name)) for trial in self.trials]
        known = ", ".join(column_names(self.record, self.trials))
        raise WrongInputError(f"--columns {name!r} is unknown; there are {known}")

    def note(self, trial: TrialRecord) -> str:
        """Return why a trial failed, or what it waits for."""
        return self.waits.get(trial.id, "") if trial.error is None else short_failure(trial.error)


_CELLS: dict[str, Callable[[_Columns, TrialRecord], str]] = {
    "number": lambda made, trial: str(trial.id),
    "status": lambda made, trial: status_of(trial, made.killed),
    "gpu": lambda made, trial: format_gpus(trial.devices),
    "budget": lambda made, trial: "" if trial.budget is None else format_value(trial.budget),
    "steps": lambda made, trial: str(len(trial.reports)),
    "metric": lambda made, trial: format_metric(trial.metric, made.digits),
    "curve": lambda made, trial: sparkline(trial.intermediate, scale=made.scale),
    "seconds": lambda made, trial: "" if trial.seconds is None else f"{trial.seconds:.1f}",
    "started": lambda made, trial: "" if trial.started is None else local_time(trial.started),
    "note": lambda made, trial: made.note(trial),
}


def _marks(trials: Sequence[TrialRecord], best: int | None) -> list[str]:
    return [BEST if trial.id == best else "" for trial in trials]


def _rows(columns: Sequence[_Column], marks: Sequence[str]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the header and the rows of a table; the mark of the best stands before its number."""
    cells = [
        [f"{mark}{cell}" for mark, cell in zip(marks, values)] if name == "#" else values
        for name, values in columns
    ]
    return [name for name, _ in columns], list(zip(*cells))


def _width(columns: Sequence[_Column]) -> int:
    """Return how wide a table of these columns is; a number may have a mark before it."""
    widths = [max(map(cells_of, (name, *cells)), default=0) for name, cells in columns]
    return sum(widths) + 2 * (len(widths) - 1) + len(BEST)


def _table(columns: Sequence[_Column], marks: Sequence[str]) -> list[str]:
    header, rows = _rows(columns, marks)
    return aligned(header, rows, right=[i for i, name in enumerate(header) if name in _RIGHT])


def _below(
    record: ExperimentRecord,
    trials: Sequence[TrialRecord],
    made: _Columns,
    keys: Sequence[str],
    left: Sequence[str],
    width: int,
) -> list[str]:
    """Return what a table had no room for: parameters, those that are the same in all, failures."""
    lines = []
    if left:
        lines += wrap(f"{more(len(left))}: {', '.join(left)}", width, subsequent_indent="  ")
        plain = next((name for name in left if name.isidentifier()), left[0])
        lines.append(f"  to see them: {command('trials', record.name, '--columns', f'metric,{plain}')}")
    first = trials[0].parameters if trials else {}
    same = {key: first[key] for key in made.space.names if key not in keys and key in first}
    if same:
        lines.append(f"the same in all: {made.space.config(same, width - 17)}")
    failed = [trial for trial in trials if trial.status is TrialState.FAILED and trial.discarded is None]
    if failed:
        logs = command("logs", record.name, failed[0].id)
        lines.append(f"{counted(len(failed), 'trial')} failed ({count_failures(failed)}): {logs}")
    waiting = [trial for trial in trials if made.waits.get(trial.id)]
    lines += [f"#{trial.id} {made.waits[trial.id]}" for trial in waiting[:3]]
    return lines
