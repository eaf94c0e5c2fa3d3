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
            help="The trials, after the experiment if it is not the latest.",
            show_default=False,
        ),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Let discarded results count again.")] = False,
) -> None:
    """Ignore trials that have a wrong result.

    They are never the best, the tuner does not learn from them, and importance and exports leave them out.
    Tables show them as discarded. This works while a run goes on, and after it.
    """
    exp, numbers = split_words(words or ())
    if not numbers:
        raise UsageError("no trial; write the number of each that is to be discarded: nnic discard 3")
    experiment = open_experiment(exp)
    print_answer(experiment, experiment.discard(*numbers, undo=undo))
