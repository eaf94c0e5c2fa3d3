"""``nnic enqueue``: a configuration of the user's own, run before what the tuner proposes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnic.cli.app import app
from nnic.cli.arguments import parse_assignments
from nnic.cli.errors import UsageError
from nnic.cli.experiments import open_project
from nnic.cli.params_file import read_params
from nnic.cli.requesting import ask
from nnic.results.given_values import complete_values


@app.command()
def enqueue(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXP] [NAME=VALUE...]",
            help="The experiment (the latest when left out), and the values.",
            show_default=False,
        ),
    ] = None,
    like: Annotated[
        int | None,
        typer.Option(
            metavar="TRIAL",
            min=0,
            help="The trial whose values the others are. [default: 0, your script's own]",
            show_default=False,
        ),
    ] = None,
    params: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="All values from a JSON file, as nnic best --format json prints."),
    ] = None,
) -> None:
    """Have a run try values of yours; those that are not given are your script's own."""
    from nnic.runtime.store.request_kinds import EnqueueTrial

    exp, assignments = _split(words or ())
    if not assignments and params is None and like is None:
        raise UsageError("no values; write NAME=VALUE, --like TRIAL or --params FILE")
    if params is not None and (assignments or like is not None):
        raise UsageError("--params FILE has all the values; leave the others out")
    with open_project() as reader:
        record = reader.experiment(exp)
        if params is not None:
            config = read_params(params, record.space)
        else:
            others = reader.trial(record, like or 0).parameters
            try:
                config = complete_values(record.space, assignments, others, like or 0)
            except ValueError as error:
                raise UsageError(str(error)) from None
        ask(reader.home, record.name, EnqueueTrial(config))


def _split(words: list[str] | tuple[str, ...]) -> tuple[str | None, dict[str, str]]:
    exp = words[0] if words and "=" not in words[0] else None
    return exp, parse_assignments("the value", words if exp is None else words[1:])
