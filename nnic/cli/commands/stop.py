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
        typer.Option(metavar="TRIAL", min=0, help="End this trial only, and go on; may be repeated."),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="With --trial: the last value that it has reported is its result.")
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="Stop running trials too, instead of letting them end.")
    ] = False,
) -> None:
    """End a run, which can be resumed; or single trials of it."""
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
