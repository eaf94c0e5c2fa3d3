"""``nnic doctor``: whether everything is in order, and what to do where it is not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnic.cli.app import Format, FormatOption, app
from nnic.cli.errors import FINDINGS
from nnic.cli.experiments import home_of_experiments
from nnic.cli.output import print_json
from nnic.runtime.text import printable

if TYPE_CHECKING:
    from nnic.runtime.doctor import Finding


@app.command()
def doctor(
    trust: Annotated[
        bool,
        typer.Option(
            "--trust",
            help="Accept a store that another user made, or that comes from another machine. This shows what "
            "its experiments run.",
        ),
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Check the store, the disk, the devices and what killed runs left.

    The exit status is 1 when there is a problem.
    """
    from dataclasses import asdict

    from nnic.runtime.doctor import Level, examine

    home = home_of_experiments()
    if trust:
        _trust(home, format)
        return
    findings = list(examine(home))
    if format is Format.JSON:
        print_json([{**asdict(finding), "level": finding.level.value} for finding in findings])
    else:
        print(f"{home}\n")
        print("\n".join(line for finding in findings for line in _lines(finding)))
    if any(finding.level is Level.PROBLEM for finding in findings):
        raise typer.Exit(FINDINGS)


def _trust(home: Path, format: Format) -> None:
    from nnic.experiment.trusting import trust_store

    accepted = trust_store(home)
    if format is Format.JSON:
        print_json({"home": str(home), "experiments": accepted})
        return
    print(f"{home} is accepted: nnic resume and nnic apply work with its experiments. They run")
    for name, command in accepted.items():
        print(f"  {printable(name)}   {command}")


def _lines(finding: Finding) -> tuple[str, ...]:
    line = f"{finding.level.value:<8} {finding.subject:<10} {finding.message}"
    return (line, f"{'':<19} -> {finding.next}") if finding.next else (line,)
