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
            help="The trials, after the experiment if it is not the latest. [default: all that failed]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run failed or cancelled trials again.

    They have the same values and the same random seed as before.
    """
    exp, numbers = split_words(words or ())
    experiment = open_experiment(exp)
    print_answer(experiment, experiment.retry(*numbers))
