"""What ``nnic run`` and ``nnic resume`` share: the result after it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

import typer

from nnic.cli.app import Format
from nnic.cli.errors import FINDINGS, INTERRUPTED, CommandError
from nnic.cli.output import print_json

if TYPE_CHECKING:
    from nnic.experiment import Experiment
    from nnic.runtime.loop.observer import RunResult
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord


@contextmanager
def keep_result_clean() -> Iterator[None]:
    """Send what the user's own tuner prints to standard error, where progress goes, and end with the
    status of an interruption however often Ctrl-C comes."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("nnic: interrupted; go on with it: nnic resume", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def finish(experiment: Experiment, result: RunResult, format: Format, quiet: bool) -> int:
    """Print the result of a run and return the exit status."""
    from nnic.runtime.store.records import STOPPED_BY_USER, ExperimentState

    record = experiment.record
    if result.state is ExperimentState.FAILED:
        from nnic.screens.failure import render_failed_run

        print(render_failed_run(record, result, experiment.trials), file=sys.stderr)
    elif result.state is ExperimentState.INTERRUPTED:
        print(f"{result.name}: {result.reason}; go on with it: nnic resume {result.name}", file=sys.stderr)
    elif not quiet:
        print(_done(record, result.reason), file=sys.stderr)
    if result.best is not None:
        print_best(record, experiment.best, experiment.baseline, format)
    if result.state is ExperimentState.INTERRUPTED:
        return INTERRUPTED if result.reason == STOPPED_BY_USER else FINDINGS
    if result.state is ExperimentState.FAILED:
        return FINDINGS
    if result.best is None:
        print(
            f"{result.name}: no trial has a finite result; see them: nnic trials {result.name}",
            file=sys.stderr,
        )
        return FINDINGS
    return 0


def print_best(
    record: ExperimentRecord, winner: TrialRecord | None, baseline: TrialRecord | None, format: Format
) -> None:
    """Print the best trial beside trial 0.

    Raises
    ------
    CommandError
        When no trial has a result.
    """
    from nnic.results.entries import best_entry
    from nnic.screens.best import render_best

    if winner is None:
        raise CommandError(f"no trial of {record.name} has a result yet; see them: nnic trials {record.name}")
    if format is Format.JSON:
        print_json(best_entry(record, winner, baseline))
    else:
        print(render_best(record, winner, baseline))


def _done(record: ExperimentRecord, reason: str) -> str:
    from nnic.screens.failure import unread_lines

    return "\n".join([f"{record.name}: {reason}", *unread_lines(record)])
