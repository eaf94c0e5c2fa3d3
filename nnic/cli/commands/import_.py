"""``nnic import``: results from elsewhere for the tuner of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnic.cli.answers import import_file, print_answer
from nnic.cli.app import app
from nnic.cli.experiments import open_experiment


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A .json, .jsonl or .csv of nnic export, or NNI's export.")
    ],
    exp: Annotated[
        str | None,
        typer.Argument(metavar="[EXP]", help="The experiment; the latest when left out.", show_default=False),
    ] = None,
) -> None:
    """Tell the tuner of a run results that were had elsewhere."""
    experiment = open_experiment(exp)
    print_answer(experiment, import_file(experiment, file))
