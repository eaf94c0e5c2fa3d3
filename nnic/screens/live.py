"""Progress on a terminal: one picture, redrawn in place, its last state kept in the scrollback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.cells import cell_len
from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from nnic.runtime.config import RunConfig
from nnic.runtime.loop.observer import RunResult, StoppableRun
from nnic.runtime.store.records import TrialRecord
from nnic.screens.devices import format_gpus
from nnic.screens.failure import short_failure
from nnic.screens.format import (
    format_clock,
    format_config,
    format_metric,
    format_seconds,
    format_value,
    printable,
    sparkline,
)
from nnic.screens.observer import ScreenObserver
from nnic.screens.run_state import RunState
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import SearchSpace

STYLES = {
    TrialState.RUNNING: "cyan",
    TrialState.SUCCEEDED: "green",
    TrialState.STOPPED: "yellow",
    TrialState.FAILED: "red",
    TrialState.CANCELLED: "yellow",
    TrialState.PAUSED: "blue",
}
BAR_WIDTH = 34
MAX_CELL = 24
MAX_WAITS = 3
FIXED: tuple[tuple[str, JustifyMethod], ...] = (  # the columns before the parameters
    (" #", "right"),
    ("status", "left"),
    ("step", "right"),
    ("metric", "left"),
    ("curve", "left"),
)
GPU: tuple[str, JustifyMethod] = ("gpu", "right")  # where a run uses any


class LiveScreen(ScreenObserver):
    """Draws the run on ``console`` (standard error) about four times a second."""

    def __init__(
        self, console: Console, earlier: tuple[TrialRecord, ...] = (), elapsed_s: float = 0.0
    ) -> None:
        super().__init__(earlier, elapsed_s)
        self._console = console
        self._live: Live | None = None

    def run_started(self, config: RunConfig, space: SearchSpace, run: StoppableRun, resumed: bool) -> None:
        """Begin to draw in place."""
        super().run_started(config, space, run, resumed)
        self._live = Live(
            console=self._console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )
        self._live.start()
        self.tick()

    def warning(self, message: str) -> None:
        """Put the message above the picture, where it stays."""
        with self._unless_gone():
            self._console.print(Text(f"warning: {message}", style="yellow"))

    def stopping(self, drain: bool) -> None:
        """Say what is waited for."""
        self.state.note = (
            "stopping when the running trials have ended; Ctrl-C again stops them now"
            if drain
            else "stopping the running trials"
        )
        self.tick()

    def tick(self) -> None:
        """Draw the run as it is now."""
        if self._live is not None:
            with self._unless_gone():
                self._live.update(render_run(self.state, *self._console.size), refresh=True)

    def run_ended(self, result: RunResult) -> None:
        """Leave the last state and give the screen back."""
        self.state.note = ""
        self.close()

    def close(self) -> None:
        """Give the screen back; harmless when it was not taken."""
        if self._live is not None:
            self.tick()
        if self._live is not None:
            with self._unless_gone():
                self._live.stop()
            self._live = None

    @contextmanager
    def _unless_gone(self) -> Iterator[None]:
        """Stop drawing when the terminal has gone; the run goes on all the same."""
        try:
            yield
        except OSError:
            self._live = None


def render_run(state: RunState, width: int = 100, height: int = 24) -> RenderableType:
    """Return the picture of a run that fits ``width`` columns and ``height`` lines."""
    parts: list[RenderableType] = [_headline(state), _progress(state), _best(state)]
    for wait in state.waits[:MAX_WAITS]:
        name = "the next trial" if wait.trial is None else f"#{wait.trial}"
        parts.append(_line(f" {name} ", (wait.reason, "yellow")))
    if state.note:
        parts.append(Text(f" {state.note}", style="dim", no_wrap=True, overflow="ellipsis"))
    rows = max(3, height - len(parts) - 4)
    parts += [Text(), _trials(state, rows, width)]
    return Group(*parts)


def _line(*parts: str | tuple[str, str]) -> Text:
    line = Text.assemble(*parts)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def _headline(state: RunState) -> Text:
    config = state.config
    direction = "maximize" if config.maximize else "minimize"
    parts = [config.name, config.search, direction, format_clock(state.elapsed_s)]
    if state.running and state.left_s is not None:
        parts.append(f"about {format_seconds(max(1, round(state.left_s)))} left".replace(".0 s", " s"))
    why = f"   ({config.tuner_note})" if config.tuner_note else ""
    return _line((parts[0], "bold"), "   " + "   ".join(parts[1:]), (why, "dim"))


def _progress(state: RunState) -> Text:
    fraction = state.fraction
    filled = 0 if fraction is None else round(fraction * BAR_WIDTH)
    total = state.config.trials
    count = f"{state.ended}/{total}" if total is not None else str(state.ended)
    parts = []
    labels = (
        (TrialState.SUCCEEDED, "done"),
        (TrialState.RUNNING, "running"),
        (TrialState.STOPPED, "stopped"),
        (TrialState.PAUSED, "paused"),
        (TrialState.FAILED, "failed"),
        (TrialState.CANCELLED, "cancelled"),
    )
    for kind, label in labels:
        number = len(state.running) if kind is TrialState.RUNNING else state.counts.get(kind, 0)
        if number:
            parts.append(f"{number} {label}")
    return _line(
        " ",
        ("█" * filled, "green"),
        ("░" * (BAR_WIDTH - filled), "dim"),
        f"  {count}  {'  '.join(parts)}",
    )


def _best(state: RunState) -> Text:
    best = state.best
    if best is None:
        return Text(" no result yet", style="dim")
    gain = state.gain
    if best.baseline:
        note = "  (your own values)"
    elif gain is not None:
        note = f"  ({'+' if gain >= 0 else ''}{format_metric(gain)} over your values, #0)"
    else:
        note = ""
    return _line(
        f" best #{best.id}  ",
        (format_metric(best.metric), "bold green"),
        note,
        "   " + format_config(best.parameters, state.names),
    )


def _trials(state: RunState, rows: int, width: int) -> Table:
    shown = [*sorted(state.running.values(), key=lambda t: -t.id), *state.recent][:rows]
    gpus = state.config.demand.uses_gpus
    rows_of = {trial.id: _fixed(trial, gpus) for trial in shown}
    columns = (*FIXED[:2], GPU, *FIXED[2:]) if gpus else FIXED
    curve = _fixed_width(rows_of.values(), columns) <= width
    fixed = columns if curve else columns[:-1]
    keys = _fitting(state, shown, width - _fixed_width(rows_of.values(), fixed))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False, pad_edge=False)
    for name, justify in fixed:
        table.add_column(name, justify=justify, no_wrap=True, overflow="ellipsis")
    for key in keys:
        table.add_column(Text(state.names[key]), no_wrap=True, overflow="ellipsis", max_width=MAX_CELL)
    for trial in shown:
        table.add_row(*rows_of[trial.id][: len(fixed)], *_values(trial, keys))
    return table


def _fixed_width(rows: Iterable[list[Text]], columns: Sequence[tuple[str, JustifyMethod]]) -> int:
    """Return how wide the first columns are, which ``columns`` are, the spaces after each included."""
    widths = [max(cells) for cells in zip(*([cell.cell_len for cell in row] for row in rows))]
    names = [cell_len(name) for name, _ in columns]
    return sum(max(pair) + 2 for pair in zip(names, widths or names))


def _fitting(state: RunState, shown: list[TrialRecord], width: int) -> list[str]:
    """Return the keys of the first parameters whose columns fit into ``width``."""
    keys = []
    for parameter in state.space.parameters:
        cells = [format_value(t.parameters[parameter.key]) for t in shown if parameter.key in t.parameters]
        width -= min(MAX_CELL, max(cell_len(text) for text in (state.names[parameter.key], *cells))) + 2
        if width < 0:
            break
        keys.append(parameter.key)
    return keys


def _values(trial: TrialRecord, keys: list[str]) -> list[Text]:
    values = trial.parameters
    return [Text(printable(format_value(values[key])) if key in values else "") for key in keys]


def _fixed(trial: TrialRecord, gpus: bool) -> list[Text]:
    status = Text(trial.status.value, style=STYLES.get(trial.status, ""))
    step = str(len(trial.reports)) if trial.reports else ""
    if trial.error is not None and trial.metric is None:
        metric = Text(short_failure(trial.error), style="red")
        curve = f"nnic logs {trial.id}"
    else:
        metric = Text(format_metric(trial.latest))
        curve = sparkline(trial.intermediate)
    on = [Text(format_gpus(trial.devices))] if gpus else []
    return [Text(f" {trial.id}"), status, *on, Text(step), metric, Text(curve)]
