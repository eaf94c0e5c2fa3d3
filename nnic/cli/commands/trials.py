"""``nnic trials``: the table of an experiment's trials."""

from __future__ import annotations

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.experiments import open_experiment
from nnic.cli.output import print_json


@app.command()
def trials(exp: ExperimentArgument = None, format: FormatOption = Format.TEXT) -> None:
    """Show every trial of an experiment."""
    from nnic.results.entries import trial_entry

    experiment = open_experiment(exp)
    found = experiment.trials
    killed = not experiment.running
    if format is Format.JSON:
        print_json([trial_entry(trial, killed) for trial in found])
        return
    from nnic.screens.trials import render_trials

    print(render_trials(experiment.record, found, killed))
