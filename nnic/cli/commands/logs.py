"""``nnic logs``: the output of trials."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from nnic.cli.app import app
from nnic.cli.arguments import split_words
from nnic.cli.errors import UsageError
from nnic.cli.experiments import open_experiment


@app.command()
def logs(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[EXP] TRIAL...",
            help="The numbers of the trials, after the experiment if it is not the latest.",
        ),
    ],
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on printing until the trial has ended.")
    ] = False,
    attempt: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="An earlier attempt. [default: the last one]")
    ] = None,
    path: Annotated[bool, typer.Option("--path", help="Print the path of the file instead.")] = False,
) -> None:
    """Print what trials wrote to standard output and standard error."""
    exp, numbers = split_words(words)
    if not numbers:
        raise UsageError("which trial? Write its number, as in: nnic logs 3")
    if follow and (len(numbers) > 1 or path or attempt is not None):
        raise UsageError("--follow is for one trial, and goes without --path and --attempt")
    experiment = open_experiment(exp)
    if follow:
        _write(experiment.follow_logs(numbers[0]))
        return
    files = [experiment.output_file(number, attempt) for number in numbers]
    if path:
        print("\n".join(map(str, files)))
        return
    from nnic.results.outputs import printed

    for number, file in zip(numbers, files):
        if len(files) > 1:
            _write([f"==> trial {number} <==\n".encode()])
        _write(printed(file))


def _write(pieces: Iterable[bytes]) -> None:
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
