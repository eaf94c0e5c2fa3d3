"""``nnic stop``: end a run from another terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from nnic.cli.answers import print_answer
from nnic.cli.app import ExperimentArgument, app
from nnic.cli.errors import UsageError
from nnic.cli.experiments import open_experiment
from nnic.screens.commands import command


@app.command()
def stop(
    exp: ExperimentArgument = None,
    trial: Annotated[
        list[int] | None,
        typer.Option(metavar="TRIAL", min=0, help="End only this trial; the run continues. May be repeated."),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="With --trial: its last reported value becomes its result.")
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="Stop the running trials too. [default: let them end]")
    ] = False,
) -> None:
    """Stop a run, or some of its trials.

    A stopped run can be continued: nnic resume.
    """
    if keep and not trial:
        raise UsageError("--keep is for single trials; add --trial N")
    experiment = open_experiment(exp)
    if trial:
        print_answer(experiment, experiment.cancel(*trial, keep=keep))
        return
    process = experiment.stop(now=now)
    what = "stops its trials" if now else "ends once its running trials have ended"
    name = experiment.name
    print(f"{name} (process {process}) {what}; to continue it later: {command('resume', name)}")
