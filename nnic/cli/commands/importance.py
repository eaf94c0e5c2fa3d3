"""``nnic importance``: how much each parameter matters for the result."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.errors import UsageError
from nnic.cli.experiments import open_experiment
from nnic.cli.output import print_json

if TYPE_CHECKING:
    from nnic.results.importance import ExperimentImportance


class Method(StrEnum):
    """How importance is found."""

    FANOVA = "fanova"
    PED_ANOVA = "ped-anova"


@app.command()
def importance(
    exp: ExperimentArgument = None,
    method: Annotated[
        Method,
        typer.Option(
            help="fanova: the share of the variance of the results that a parameter explains. "
            "ped-anova: how much it matters for being among the best."
        ),
    ] = Method.FANOVA,
    best: Annotated[
        float,
        typer.Option(metavar="PART", help="For ped-anova: the share of the trials that counts as the best."),
    ] = 0.1,
    format: FormatOption = Format.TEXT,
) -> None:
    """Show how much each parameter matters.

    Each number comes with a 95 % interval.
    """
    if not 0 < best < 1:
        raise UsageError(f"--best is above 0 and below 1, got {best:g}")
    experiment = open_experiment(exp)
    found = experiment.importance(method.value, best=best)
    if format is Format.JSON:
        print_json(_entry(experiment.name, found))
        return
    from nnic.screens.importance import render_importance

    print(render_importance(experiment.record, found))


def _entry(experiment: str, found: ExperimentImportance) -> dict[str, Any]:
    report = found.report
    return {
        "experiment": experiment,
        "method": report.method,
        "trials": report.trials,
        "budget": found.budget,
        "quality": report.quality,
        "joint": report.joint,
        "parameters": [
            {
                "key": p.key,
                "importance": p.value,
                "interval": [p.low, p.high],
                "present": p.present,
            }
            for p in report.parameters
        ],
    }
