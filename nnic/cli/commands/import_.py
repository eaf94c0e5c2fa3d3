"""``nnic import``: results from elsewhere for the tuner of a run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnic.cli.app import app
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_project
from nnic.cli.requesting import ask
from nnic.tuners.space import SearchSpace

if TYPE_CHECKING:
    from nnic.results.earlier_results import EarlierResults
    from nnic.runtime.store.request_kinds import ImportResults

_SHOWN = 10


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
    with open_project() as reader:
        record = reader.experiment(exp)
        ask(reader.home, record.name, read_import(file, record.space))


def read_import(file: Path, space: SearchSpace) -> ImportResults:
    """The results in ``file`` as a request; what does not fit is told on standard error.

    Raises
    ------
    CommandError
        When there is nothing in it that fits.
    """
    from nnic.results.earlier_results import read_results
    from nnic.results.warm_start import import_request

    try:
        found = read_results(file, space)
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}") from None
    except ValueError as error:
        raise CommandError(f"{file}: {error}") from None
    tell_problems(found, f"{file}")
    return import_request(found)


def tell_problems(found: EarlierResults, source: str) -> None:
    """Say on standard error what of ``source`` does not fit.

    Raises
    ------
    CommandError
        When nothing of it does.
    """
    for problem in found.problems[:_SHOWN]:
        print(f"nnic: {source}, {problem}", file=sys.stderr)
    if len(found.problems) > _SHOWN:
        print(f"nnic: {source}: {len(found.problems) - _SHOWN} more do not fit", file=sys.stderr)
    if not found.results:
        raise CommandError(f"{source} has no result that fits the search space")
    if found.without:
        print(f"nnic: {source}: {found.without} without a result are left out", file=sys.stderr)
