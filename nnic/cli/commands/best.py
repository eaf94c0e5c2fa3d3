"""``nnic best``: the best configuration beside the script's own values."""

from __future__ import annotations

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.experiments import open_experiment
from nnic.cli.session import print_best


@app.command()
def best(exp: ExperimentArgument = None, format: FormatOption = Format.TEXT) -> None:
    """Show the best values beside the script's own."""
    experiment = open_experiment(exp)
    print_best(experiment.record, experiment.best, experiment.baseline, format)
