"""``nnic logs``: the output of a trial."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from nnic.cli.app import app
from nnic.cli.errors import UsageError
from nnic.cli.experiments import open_experiment


@app.command()
def logs(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[EXP] TRIAL", help="A trial's number, after its experiment if not the latest."
        ),
    ],
    attempt: Annotated[int | None, typer.Option(help="An earlier attempt; the last when left out.")] = None,
    path: Annotated[bool, typer.Option("--path", help="Print the file's path instead.")] = False,
) -> None:
    """Print what a trial wrote to its standard output and standard error."""
    if len(words) > 2 or not words[-1].lstrip("#").isdecimal():
        raise UsageError(f"expected [EXP] TRIAL, as in: nnic logs 29; got {' '.join(words)!r}")
    experiment = open_experiment(words[0] if len(words) == 2 else None)
    file = experiment.output_file(int(words[-1].lstrip("#")), attempt)
    if path:
        print(file)
        return
    _print(file)


def _print(file: Path) -> None:
    from nnic.runtime.launchers.output import LeftOut, read_output
    from nnic.screens.format import format_bytes

    sys.stdout.flush()
    for piece in read_output(file):
        if isinstance(piece, LeftOut):
            piece = f"\n[nnic: {format_bytes(piece.count)} are left out here]\n".encode()
        sys.stdout.buffer.write(piece)
