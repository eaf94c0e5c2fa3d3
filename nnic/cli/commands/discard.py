"""``nnic discard``: a result that is known to be wrong counts no more."""

from __future__ import annotations

from typing import Annotated

import typer

from nnic.cli.answers import print_answer
from nnic.cli.app import app
from nnic.cli.arguments import split_words
from nnic.cli.errors import UsageError
from nnic.cli.experiments import open_experiment


@app.command()
def discard(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXP] TRIAL...",
            help="The experiment (the latest when left out), and the trials.",
            show_default=False,
        ),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Have the results count again that were discarded.")
    ] = False,
) -> None:
    """Take trials with a wrong result out of best, importance and reports, and out of what the tuner learns.

    They stay in the tables, marked as discarded. It works on a run that goes on and on one that has ended.
    """
    exp, numbers = split_words(words or ())
    if not numbers:
        raise UsageError("no trial; write the number of each that is to be discarded: nnic discard 3")
    experiment = open_experiment(exp)
    print_answer(experiment, experiment.discard(*numbers, undo=undo))
