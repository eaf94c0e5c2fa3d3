"""``nnic export``: an experiment's results for other programs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nnic.cli.app import ExperimentArgument, app
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_experiment
from nnic.cli.output import write_data
from nnic.runtime.text import counted


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
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write; - is the terminal.")] = Path(
        "-"
    ),
) -> None:
    """Write the results for other programs."""
    experiment = open_experiment(exp)
    chosen = None if format is None else format.value
    if str(out) == "-":
        write_data(experiment.export(format=chosen))
        return
    try:
        experiment.export(out, chosen)
    except OSError as error:
        raise CommandError(f"cannot write {out}: {error.strerror}; nothing was changed") from None
    count = counted(len(experiment.trials), "trial")
    print(f"{experiment.name}: {count} in {out}", file=sys.stderr)
