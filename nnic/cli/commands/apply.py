"""``nnic apply``: write a trial's values back into the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.errors import UsageError

if TYPE_CHECKING:
    pass


@app.command()
def apply(
    exp: ExperimentArgument = None,
    trial: Annotated[int | None, typer.Option(min=0, help="The trial. [default: the best]")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    digits: Annotated[
        int | None,
        typer.Option(min=1, max=17, help="Round numbers to as many significant digits. [default: all]"),
    ] = None,
    strip: Annotated[
        bool, typer.Option("--strip", help="Take all annotations out: an ordinary script stays.")
    ] = False,
    narrow: Annotated[
        bool, typer.Option("--narrow", help="Narrow the annotated ranges around the best trials' values.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take the last apply back; again, the one before it.")
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write the best values of an experiment into the source that it was compiled from.

    Numbers are written in your notation and keep all digits, so that the script alone reports what the
    trial reported; options and functions are written as the annotation has them. Annotations stay, and
    the next search starts at the new values. What was edited since is refused, with its lines.
    """
    from nnic.cli.applying import Wish, write_trial
    from nnic.cli.undoing import undo_last

    if undo:
        if trial is not None or strip or narrow or digits is not None:
            raise UsageError("--undo takes the last apply back as a whole; give it without other options")
        undo_last(exp, dry_run, format)
        return
    if strip and narrow:
        raise UsageError("--strip takes out the annotations that --narrow would change; choose one of them")
    write_trial(exp, trial, Wish(dry_run, digits, strip, narrow, format))
