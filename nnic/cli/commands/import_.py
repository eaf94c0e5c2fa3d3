"""``nnic import``: results from elsewhere for the tuner of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnic.cli.answers import import_file, print_answer
from nnic.cli.app import app
from nnic.cli.arguments import EarlierOption, parse_assignments
from nnic.cli.experiments import open_experiment


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A .json, .jsonl or .csv file that nnic export or NNI wrote."),
    ],
    exp: Annotated[
        str | None,
        typer.Argument(metavar="[EXP]", help="The experiment. [default: the latest]", show_default=False),
    ] = None,
    earlier: EarlierOption = None,
) -> None:
    """Give the tuner results that you already have."""
    experiment = open_experiment(exp)
    print_answer(experiment, import_file(experiment, file, parse_assignments("--earlier", earlier or ())))
