"""``nnic explain``: what a finding means and how to mend it."""

from __future__ import annotations

import difflib
import textwrap
from typing import Annotated

import typer

from nnic.cli.app import app
from nnic.cli.errors import UsageError


@app.command()
def explain(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="A finding's code; all are listed when left out.")
    ] = None,
) -> None:
    """Explain a finding of nnic lint, such as NNI103."""
    from nnic.findings.catalogue import CATALOGUE

    if code is None:
        print("\n".join(f"{name}  {entry.title}" for name, entry in CATALOGUE.items()))
        return
    entry = CATALOGUE.get(code.upper())
    if entry is None:
        near = difflib.get_close_matches(code.upper(), CATALOGUE, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UsageError(f"there is no finding {code}; {hint}nnic explain lists them all")
    print(f"{code.upper()}: {entry.title}\n")
    print(textwrap.fill(entry.explanation, 90))
