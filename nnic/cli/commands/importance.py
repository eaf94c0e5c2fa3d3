"""``nnic importance``: how much each parameter matters for the result."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.errors import CommandError, UsageError
from nnic.cli.experiments import open_project
from nnic.cli.output import print_json

if TYPE_CHECKING:
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord
    from nnic.tuners.importance.measure import ImportanceReport

_BAR = 24  # characters of a bar that says everything
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_POOR = 0.3  # quality below which the figures are called uncertain


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
            help="fanova: the part of the results' variance that a parameter explains; "
            "ped-anova: how much it matters for being among the best."
        ),
    ] = Method.FANOVA,
    best: Annotated[
        float, typer.Option(metavar="PART", help="ped-anova: the part of the trials that is the best.")
    ] = 0.1,
    format: FormatOption = Format.TEXT,
) -> None:
    """Show how much each parameter matters, with 95 % intervals."""
    from nnic.tuners.importance.measure import measure_importance

    if not 0 < best < 1:
        raise UsageError(f"--best is above 0 and below 1, got {best:g}")
    with open_project() as reader:
        record = reader.experiment(exp)
        trials, budget = _comparable(reader.trials(record))
    sign = -1.0 if record.maximize else 1.0
    configs = [trial.parameters for trial in trials]
    losses = [sign * trial.metric for trial in trials if trial.metric is not None]
    try:
        report = measure_importance(record.space, configs, losses, method.value, best)
    except ValueError as error:
        raise CommandError(f"{record.name}: {error}") from None
    if format is Format.JSON:
        print_json(_entry(record, report, budget))
    else:
        print("\n".join(_lines(record, report, budget)))


def _comparable(trials: tuple[TrialRecord, ...]) -> tuple[list[TrialRecord], float | None]:
    """The trials with a result, of that budget which the most of them had (the largest of those)."""
    found = [trial for trial in trials if trial.metric is not None]
    counts: dict[float | None, int] = {}
    for trial in found:
        counts[trial.budget] = counts.get(trial.budget, 0) + 1
    if not counts:
        return [], None
    budget = max(counts, key=lambda b: (counts[b], b or 0.0))
    return [trial for trial in found if trial.budget == budget], budget


def _entry(record: ExperimentRecord, report: ImportanceReport, budget: float | None) -> dict[str, Any]:
    return {
        "experiment": record.name,
        "method": report.method,
        "trials": report.trials,
        "budget": budget,
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


def _lines(record: ExperimentRecord, report: ImportanceReport, budget: float | None) -> list[str]:
    from nnic.screens.format import table

    names = record.space.display_names()
    some = any(p.present < 1 for p in report.parameters)
    rows = []
    for p in report.parameters:
        row = [f"  {names[p.key]}", f"{p.value:.2f}", f"{p.low:.2f} to {p.high:.2f}"]
        row += [f"{100 * p.present:.0f} %"] if some else []
        rows.append((*row, _bar(p.value)))
    if report.joint is not None:
        rows.append(("  (together)", f"{report.joint:.2f}", *([""] * (1 + some)), _bar(report.joint)))
    header = ("  parameter", "part", "95 %", *(("exists",) if some else ()), "")
    what = "the results' variance" if report.method == "fanova" else "what makes the best trials"
    with_budget = "" if budget is None else f" with budget {budget:g}"
    lines = [f"{record.name}   parts of {what}, from {report.trials} trials{with_budget}"]
    lines += table(header, rows, right=(1,))
    if report.quality is not None and report.quality < _POOR:
        seen = max(report.quality, 0.0)
        lines.append(
            f"  uncertain: the model explains {100 * seen:.0f} % of the variance of trials that it has not "
            "seen; more trials help"
        )
    return lines


def _bar(part: float) -> str:
    eighths = round(part * _BAR * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
