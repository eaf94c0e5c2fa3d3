"""``nnic explain``: what a finding means and how to fix it."""

from __future__ import annotations

import difflib
import shutil
from typing import Annotated

import typer

from nnic.cli.app import app
from nnic.cli.errors import UsageError

_WIDEST = 100


@app.command()
def explain(
    code: Annotated[
        str | None,
        typer.Argument(metavar="[CODE]", help="The code of a finding, such as NNI103. [default: list all]"),
    ] = None,
) -> None:
    """Explain a finding of nnic lint."""
    from nnic.findings.catalogue import CATALOGUE
    from nnic.findings.pages import read_page

    if code is None:
        print("\n".join(f"{name}  {entry.title}" for name, entry in CATALOGUE.items()))
        return
    if code.upper() not in CATALOGUE:
        near = difflib.get_close_matches(code.upper(), CATALOGUE, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UsageError(f"there is no finding {code}; {hint}nnic explain lists them all")
    width = min(shutil.get_terminal_size((90, 24)).columns, _WIDEST)
    print(read_page(code.upper()).render(width), end="")
