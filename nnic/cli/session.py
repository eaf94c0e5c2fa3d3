"""What ``nnic run`` and ``nnic resume`` share: the result after it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

import typer

from nnic.cli.app import Format, typed
from nnic.cli.direction import is_unclear
from nnic.cli.errors import FINDINGS, INTERRUPTED, USAGE, CommandError
from nnic.cli.output import print_json
from nnic.screens.commands import command, retyped

if TYPE_CHECKING:
    from nnic.experiment import Experiment
    from nnic.runtime.loop.observer import Observer, RunResult
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord


@contextmanager
def keep_result_clean(experiment: Experiment | None = None) -> Iterator[None]:
    """Send what the user's own tuner prints to standard error, where progress goes, and end with the
    status of an interruption however often Ctrl-C comes; ``experiment`` is what can be resumed then."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        begun = experiment is not None and experiment.exists
        name = experiment.name if experiment is not None and begun else ""
        way = f"; to continue: {command('resume', name)}" if begun else " before anything was started"
        print(f"nnic: interrupted{way}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def finish(
    experiment: Experiment, result: RunResult, format: Format, screen: Observer, findings: Sequence[str] = ()
) -> int:
    """Print the result of a run, what was odd and what comes next, and return the exit status.

    Parameters
    ----------
    screen
        What showed the run: its warnings are repeated; one that shows nothing asks for the result alone.
    findings
        What was said of the annotations before the run began, which is repeated too.
    """
    from nnic.runtime.store.records import STOPPED_BY_USER, ExperimentState
    from nnic.screens.observer import ScreenObserver
    from nnic.screens.run_end import render_end, render_warnings

    record, trials = experiment.record, experiment.trials
    told = isinstance(screen, ScreenObserver)
    _print_state(record, result, trials, told)
    if result.best is not None:
        print_best(record, experiment.best, experiment.baseline, format)
    if isinstance(screen, ScreenObserver):
        sys.stdout.flush()
        for line in render_end(record, result, trials, [*findings, *render_warnings(screen.warnings)]):
            print(line, file=sys.stderr)
    if result.state is ExperimentState.INTERRUPTED:
        if is_unclear(result):
            return USAGE
        return INTERRUPTED if result.reason == STOPPED_BY_USER else FINDINGS
    if result.state is ExperimentState.FAILED:
        return FINDINGS
    if result.best is None:
        trials_command = command("trials", result.name)
        print(f"{result.name}: no trial has a finite result; see them: {trials_command}", file=sys.stderr)
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
        raise CommandError(
            f"no trial of {record.name} has a result yet; see them: {command('trials', record.name)}"
        )
    if format is Format.JSON:
        print_json(best_entry(record, winner, baseline))
    else:
        print(render_best(record, winner, baseline))


def _print_state(
    record: ExperimentRecord, result: RunResult, trials: Sequence[TrialRecord], told: bool
) -> None:
    """Say how the run ended, and what became of its trials; ``told`` says that this is wanted."""
    from nnic.runtime.store.records import ExperimentState
    from nnic.screens.run_end import render_counts

    if result.state is ExperimentState.FAILED:
        from nnic.screens.failure import render_failed_run

        again = retyped(typed()) if typed()[:1] == ["run"] else ""
        print(render_failed_run(record, result, trials, again), file=sys.stderr)
        return
    interrupted = result.state is ExperimentState.INTERRUPTED
    if not told and not interrupted:
        return
    print(
        ": ".join(filter(None, (record.name, result.reason, render_counts(record, trials)))), file=sys.stderr
    )
    if is_unclear(result):
        smaller, larger = (f"{command('resume', record.name)} --{way}" for way in ("minimize", "maximize"))
        print(f"  If a smaller one is better: {smaller}; a larger one: {larger}", file=sys.stderr)
    elif interrupted:
        print(f"  to continue it: {command('resume', record.name)}", file=sys.stderr)
