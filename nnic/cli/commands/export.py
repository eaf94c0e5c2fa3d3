"""``nnic export``: an experiment's results for other programs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nnic.cli.app import ExperimentArgument, app
from nnic.cli.errors import CommandError, UsageError
from nnic.cli.experiments import open_project


class ExportFormat(StrEnum):
    """What ``nnic export`` writes."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    NNI = "nni"
    YAML = "yaml"


@app.command()
def export(
    exp: ExperimentArgument = None,
    format: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            help="csv, a row a trial; json, everything; jsonl, a line a trial; nni, as NNI's export; "
            "yaml, the best configuration alone. [default: as the name of --out ends, else csv]",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to; - is the terminal.")] = Path("-"),
) -> None:
    """Write an experiment's results for other programs."""
    from nnic.results.exports import EXPORTERS

    chosen = format.value if format is not None else _format_of(out)
    with open_project() as reader:
        record = reader.experiment(exp)
        found = reader.trials(record)
    try:
        text = EXPORTERS[chosen](record, found)
    except ValueError as error:
        raise CommandError(f"{error}; see the trials: nnic trials {record.name}") from None
    if str(out) == "-":
        sys.stdout.write(text)
        return
    _write(out, text)
    print(f"{record.name}: {len(found)} {'trial' if len(found) == 1 else 'trials'} in {out}", file=sys.stderr)


def _format_of(out: Path) -> str:
    ending = out.suffix.lstrip(".").lower()
    if str(out) == "-" or not ending:
        return "csv"
    known = {"yml": "yaml", **{name.value: name.value for name in ExportFormat}}
    if ending not in known:
        names = ", ".join(name.value for name in ExportFormat)
        raise UsageError(f"{out} does not say which form is meant; add --format with one of {names}")
    return known[ending]


def _write(out: Path, text: str) -> None:
    """Put the text in its place at once, so that a full disk leaves what was there."""
    from nnic.project.writing import put_file

    try:
        put_file(out, text.encode("utf-8"))
    except OSError as error:
        raise CommandError(f"cannot write {out}: {error.strerror}; nothing was changed") from None
