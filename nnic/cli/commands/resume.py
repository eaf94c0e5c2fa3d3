"""``nnic resume``: go on with a run that was stopped or killed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.arguments import parse_duration
from nnic.cli.direction import turn_if_asked
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_experiment, tell_home
from nnic.cli.session import finish, keep_result_clean
from nnic.screens.choosing import make_screen
from nnic.screens.commands import command, run_again

if TYPE_CHECKING:
    from nnic.experiment import Experiment
    from nnic.runtime.store.records import TrialRecord


@app.command()
def resume(
    exp: ExperimentArgument = None,
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="Continue although the script's own values failed in trial 0."),
    ] = False,
    trials: Annotated[
        int | None,
        typer.Option(min=1, help="A new number of configurations to try, counted from the beginning."),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(help="A new time to stop, counted from the beginning, such as 90s, 30m or 2h."),
    ] = None,
    trial_time: Annotated[
        str | None,
        typer.Option("--trial-time", help="How long a trial may run from now on, such as 90s or 10m."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="How many trials run at once.")] = None,
    maximize: Annotated[
        bool | None,
        typer.Option(
            "--maximize/--minimize",
            help="Search in this direction from now on. A fresh tuner is told the results so far.",
            show_default=False,
        ),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(metavar="PYTHON", help="Another Python for the trials, as for nnic run."),
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print only the result.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Continue a run that was stopped or killed.

    It continues with the code as it was when the run started.
    """
    from nnic.runtime.manager.session import TunerChoiceError

    time_s = None if time is None else parse_duration(time)
    trial_time_s = None if trial_time is None else parse_duration(trial_time, "--trial-time")
    experiment = open_experiment(exp)
    record, earlier = experiment.record, experiment.trials
    tell_home(experiment.home)
    experiment.check_trusted()
    _tell_of_edits(experiment)
    screen = make_screen(quiet, earlier, record.elapsed_s)
    try:
        with keep_result_clean(experiment):
            result = experiment.resume(
                screen,
                keep_going=keep_going,
                trials=trials,
                time_s=time_s,
                trial_time_s=trial_time_s,
                jobs=jobs,
                maximize=maximize,
                python=python,
            )
            result = turn_if_asked(experiment, result, screen)
    except TunerChoiceError as error:  # nothing that was typed here: the run was started with it
        raise CommandError(str(error)) from None
    status = finish(experiment, result, format, screen)
    if record.state.value == "done" and _attempts(earlier) == _attempts(experiment.trials):
        more = sum(record.counts.values()) + 50
        print(
            f"  nothing was left to do; for more trials: {command('resume', record.name, '--trials', more)}",
            file=sys.stderr,
        )
    raise typer.Exit(status)


def _attempts(trials: tuple[TrialRecord, ...]) -> int:
    return sum(len(trial.attempts) for trial in trials)


def _tell_of_edits(experiment: Experiment) -> None:
    """Say so when the source is no longer what the run was started with, and is still run with."""
    edited = experiment.edited
    if edited:
        print(
            f"nnic: {', '.join(edited)} changed since {experiment.name} was started; it goes on with the "
            f"code as it was.\n  To search the code as it is now: {run_again(experiment.record.config)}",
            file=sys.stderr,
        )
