"""``nnic lint``: check annotations; what the pre-commit hook runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nnic.cli.app import Format, FormatOption, app
from nnic.cli.errors import FINDINGS, UsageError


@app.command()
def lint(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATHS]", help="Files and folders. [default: .]")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Check the annotations in Python files, without running or changing anything."""
    from nnic.api import check_paths
    from nnic.findings.diagnostics import Severity

    try:
        found = check_paths(paths or [Path()])
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from None
    if format is Format.JSON:
        from nnic.cli.output import print_json
        from nnic.findings.render import render_json

        print_json(render_json(found))
    else:
        from nnic.findings.render import render_text

        for diagnostic in found:
            print(render_text(diagnostic), end="\n\n")
        if found:
            print(f"{len(found)} finding{'s' if len(found) > 1 else ''}")
    if any(diagnostic.severity is not Severity.NOTE for diagnostic in found):
        raise typer.Exit(FINDINGS)
