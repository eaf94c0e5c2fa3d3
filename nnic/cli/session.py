"""What ``nnic run`` and ``nnic resume`` share: the screen while it runs, the result after it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

from nnic.cli.app import Format
from nnic.cli.errors import FINDINGS, INTERRUPTED

if TYPE_CHECKING:
    from nnic.runtime.observer import Observer, RunResult
    from nnic.runtime.reader import StoreReader
    from nnic.runtime.records import ExperimentRecord, TrialRecord


def make_screen(quiet: bool, earlier: tuple[TrialRecord, ...] = (), elapsed_s: float = 0.0) -> Observer:
    """Return what shows the run: nothing, a picture on a terminal, or a line an event."""
    from nnic.runtime.observer import Observer

    if quiet or sys.stderr is None:  # None: it was closed by whoever started us
        return Observer()
    if _draws():
        from rich.console import Console

        from nnic.screens.live import LiveScreen

        return LiveScreen(Console(stderr=True), earlier, elapsed_s)
    from nnic.screens.lines import LineScreen

    return LineScreen(sys.stderr, earlier, elapsed_s)


def _draws() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def close_screen(screen: Observer) -> None:
    """Give the terminal back when a run ended in an exception."""
    close = getattr(screen, "close", None)
    if close is not None:
        close()


@contextmanager
def keep_result_clean() -> Iterator[None]:
    """Send what the user's own tuner prints to standard error, where progress goes."""
    with redirect_stdout(sys.stderr):
        yield


def finish(reader: StoreReader, result: RunResult, format: Format, quiet: bool) -> int:
    """Print the result of a run and return the exit status."""
    from nnic.cli.best import print_best
    from nnic.runtime.records import ExperimentState
    from nnic.screens.failure import render_failed_run

    record = reader.experiment(result.name)
    found = reader.trials(record)
    if result.state is ExperimentState.FAILED:
        print(render_failed_run(record, result, found), file=sys.stderr)
    elif result.state is ExperimentState.INTERRUPTED:
        print(f"{result.name}: {result.reason}; go on with it: nnic resume {result.name}", file=sys.stderr)
    elif not quiet:
        print(_done(record, result.reason), file=sys.stderr)
    if result.best is not None:
        print_best(record, found, format)
    if result.state is ExperimentState.INTERRUPTED:
        return INTERRUPTED
    if result.state is ExperimentState.FAILED:
        return FINDINGS
    if result.best is None:
        print(
            f"{result.name}: no trial has a finite result; see them: nnic trials {result.name}",
            file=sys.stderr,
        )
        return FINDINGS
    return 0


def _done(record: ExperimentRecord, reason: str) -> str:
    text = f"{record.name}: {reason}"
    names = record.space.display_names()
    # A conditional parameter is only read while its option is chosen.
    unread = [names[p.key] for p in record.space if p.key in record.never_read and p.condition is None]
    if unread and len(unread) < len(names):
        text += f"\n  trial #0 never came to {', '.join(unread)}: does the script still use it?"
    return text
