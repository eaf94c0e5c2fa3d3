"""``nnic best``: the best configuration beside the script's own values."""

from __future__ import annotations

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.experiments import open_project
from nnic.cli.session import print_best


@app.command()
def best(exp: ExperimentArgument = None, format: FormatOption = Format.TEXT) -> None:
    """Show the best configuration beside the script's own values."""
    with open_project() as reader:
        record = reader.experiment(exp)
        found = reader.first_and_best(record)
    print_best(record, found, format)
