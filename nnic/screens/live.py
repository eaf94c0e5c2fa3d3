"""Progress on a terminal: one picture, redrawn in place, its last state kept in the scrollback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from nnic.runtime.config import RunConfig
from nnic.runtime.loop.observer import RunResult, StoppableRun
from nnic.runtime.store.records import TrialRecord
from nnic.runtime.text import counted
from nnic.screens.best import describe_gain
from nnic.screens.commands import command
from nnic.screens.failure import short_failure
from nnic.screens.format import (
    cells_of,
    format_clock,
    format_metric,
    format_seconds,
    printable,
)
from nnic.screens.live_table import trial_table
from nnic.screens.observer import ScreenObserver
from nnic.screens.run_state import RunState
from nnic.screens.speech import said
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import SearchSpace

BAR_WIDTH = 34
MAX_WAITS = 3


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
        super().warning(message)
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
    parts: list[RenderableType] = [_headline(state), _progress(state), *_best(state, width)]
    if state.last_failed is not None:
        parts.append(_failed(state, state.last_failed))
    for wait in state.waits[:MAX_WAITS]:
        name = "the next trial" if wait.trial is None else f"#{wait.trial}"
        parts.append(_line(f" {name} ", (wait.reason, "yellow")))
    if state.note:
        parts.append(Text(f" {state.note}", style="dim", no_wrap=True, overflow="ellipsis"))
    rows = max(3, height - len(parts) - 4)
    parts += [Text(), trial_table(state, rows, width)]
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


def _failed(state: RunState, trial: TrialRecord) -> Text:
    """Return what the last trial failed of, and how many others failed."""
    what = "" if trial.error is None else short_failure(trial.error)
    others = state.counts.get(TrialState.FAILED, 0) - 1
    more = f", {counted(others, 'other')} before it" if others > 0 else ""
    logs = said(command("logs", state.config.name, trial.id))
    return _line(f" failed #{trial.id}  ", (what, "red"), f"{more}   {logs}")


def _best(state: RunState, width: int) -> list[Text]:
    """Return the best result and its values, on a second line where one has no room for them."""
    best = state.best
    if best is None:
        return [Text(" no result yet", style="dim")]
    note = "" if state.gain is None else f"  ({describe_gain(state.gain)}, #0)"
    note = "  (your own values)" if best.baseline else note
    head = (f" best #{best.id}  ", (format_metric(best.metric), "bold green"), note)
    used = _line(*head).cell_len + 3
    values = printable(state.shown.config(best.parameters))
    if used + cells_of(values) <= width:
        return [_line(*head, f"   {values}")]
    return [_line(*head), _line(f"   {printable(state.shown.config(best.parameters, width - 3))}")]
