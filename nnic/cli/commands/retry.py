"""``nnic retry``: failed trials again."""

from __future__ import annotations

from typing import Annotated

import typer

from nnic.cli.answers import print_answer
from nnic.cli.app import app
from nnic.cli.arguments import split_words
from nnic.cli.experiments import open_experiment


@app.command()
def retry(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXP] [TRIAL...]",
            help="The experiment (the latest when left out), and its trials (all that failed when left out).",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Try failed or cancelled trials again, with the same values and the same random seed."""
    exp, numbers = split_words(words or ())
    experiment = open_experiment(exp)
    print_answer(experiment, experiment.retry(*numbers))
