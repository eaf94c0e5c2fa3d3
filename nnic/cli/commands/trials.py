"""``nnic trials``: the table of an experiment's trials."""

from __future__ import annotations

import shutil
import sys
from typing import Annotated

import typer

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.arguments import split_names
from nnic.cli.experiments import open_experiment
from nnic.cli.output import print_json


@app.command()
def trials(
    exp: ExperimentArgument = None,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only the N best trials, the best first.")
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS,...", help="Only trials of these statuses: succeeded, failed, running and so on."
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="The order: number, metric (the best first), status, steps, budget, started, seconds, or a "
            "parameter. [default: number]",
            show_default=False,
        ),
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The opposite order.")] = False,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,...",
            help="What to show: number, status, gpu, budget, steps, metric, curve, seconds, started, note, "
            "parameters, and other metrics that the script reported.",
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Show the trials of an experiment.

    On a terminal, the table shows the parameters that differ between the trials, as many as fit. The curves
    of all trials have one scale, and * marks the best trial. In a pipe, all columns are printed.
    """
    from nnic.results.chosen_trials import choose_trials
    from nnic.results.entries import trial_entry

    experiment = open_experiment(exp)
    record, killed = experiment.record, not experiment.running
    found = choose_trials(
        record,
        experiment.trials,
        statuses=split_names(status),
        sort=sort,
        reverse=reverse,
        top=top,
        killed=killed,
    )
    if format is Format.JSON:
        print_json([trial_entry(trial, killed) for trial in found])
        return
    from nnic.screens.trials import render_trials

    best = experiment.best
    print(
        render_trials(
            record,
            found,
            killed,
            best=None if best is None else best.id,
            columns=split_names(columns),
            width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
        )
    )
