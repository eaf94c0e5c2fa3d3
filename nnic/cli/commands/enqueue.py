"""``nnic enqueue``: a configuration of the user's own, run before what the tuner proposes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnic.cli.answers import print_answer
from nnic.cli.app import app
from nnic.cli.arguments import parse_assignments
from nnic.cli.errors import UsageError
from nnic.cli.experiments import open_experiment
from nnic.runtime.errors import WrongInputError

if TYPE_CHECKING:
    from nnic.experiment import Experiment


@app.command()
def enqueue(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXP] [NAME=VALUE...]",
            help="The values, after the experiment if it is not the latest.",
            show_default=False,
        ),
    ] = None,
    like: Annotated[
        int | None,
        typer.Option(
            metavar="TRIAL",
            min=0,
            help="Take the other values from this trial. [default: 0, your script's own]",
            show_default=False,
        ),
    ] = None,
    params: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Take all values from a JSON file, as nnic best --format json prints it."
        ),
    ] = None,
) -> None:
    """Let a run try values of yours.

    They are tried before what the tuner proposes. Values that you leave out are your script's own.
    """
    exp, assignments = _split(words or ())
    if not assignments and params is None and like is None:
        raise UsageError("no values; write NAME=VALUE, --like TRIAL or --params FILE")
    if params is not None and (assignments or like is not None):
        raise UsageError("--params FILE has all the values; leave the others out")
    experiment = open_experiment(exp)
    print_answer(experiment, _ask(experiment, assignments if params is None else params, like or 0))


def _ask(experiment: Experiment, values: dict[str, str] | Path, like: int) -> str:
    from nnic.results.given_values import ValuesError

    try:
        return experiment.enqueue(values, like=like, as_text=True)
    except ValuesError as error:
        hint = f"\n  (what is not given has the value of trial {like})"
        raise UsageError("\n  ".join(error.problems) + hint) from None
    except WrongInputError as error:
        raise UsageError(f"--params {error}") from None


def _split(words: list[str] | tuple[str, ...]) -> tuple[str | None, dict[str, str]]:
    exp = words[0] if words and "=" not in words[0] else None
    return exp, parse_assignments("the value", words if exp is None else words[1:])
