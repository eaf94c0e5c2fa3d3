"""``nnic best``: the best configuration beside the script's own values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_project
from nnic.cli.output import print_json

if TYPE_CHECKING:
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord


@app.command()
def best(exp: ExperimentArgument = None, format: FormatOption = Format.TEXT) -> None:
    """Show the best configuration beside the script's own values."""
    with open_project() as reader:
        record = reader.experiment(exp)
        found = reader.first_and_best(record)
    print_best(record, found, format)


def print_best(record: ExperimentRecord, found: tuple[TrialRecord, ...], format: Format) -> None:
    """Print the best of ``found``, trials of ``record`` with trial 0 among them if there is one.

    Raises
    ------
    CommandError
        When no trial has a result.
    """
    from nnic.runtime.store.records import best_of

    winner = best_of(found, record.maximize)
    if winner is None:
        raise CommandError(f"no trial of {record.name} has a result yet; see them: nnic trials {record.name}")
    baseline = next((trial for trial in found if trial.baseline), None)
    if format is Format.JSON:
        print_json(best_entry(record, winner, baseline))
    else:
        _print_text(record, winner, baseline)


def best_entry(record: ExperimentRecord, winner: TrialRecord, baseline: TrialRecord | None) -> dict[str, Any]:
    """Return the best trial as the JSON that programs read."""
    return {
        "experiment": record.name,
        "trial": winner.id,
        "metric": winner.metric,
        "parameters": dict(winner.parameters),
        "baseline": None
        if baseline is None
        else {"metric": baseline.metric, "parameters": dict(baseline.parameters)},
    }


def _print_text(record: ExperimentRecord, winner: TrialRecord, baseline: TrialRecord | None) -> None:
    from nnic.screens.format import format_metric, format_value, table

    own = None if baseline is None else baseline.metric
    line = f"{record.name}   best #{winner.id}   {format_metric(winner.metric)}"
    if winner.baseline:
        line += "   (your own values: no other configuration did better)"
    elif own is not None and winner.metric is not None:
        gain = winner.metric - own if record.maximize else own - winner.metric
        line += f"   ({'+' if gain >= 0 else ''}{format_metric(gain)} over your values, {format_metric(own)})"
    print(line)
    names = record.space.display_names()
    rows = []
    for parameter in record.space:
        key = parameter.key
        before = baseline.parameters if baseline is not None else {}
        rows.append(
            (
                f"  {names[key]}",
                format_value(winner.parameters[key], 200) if key in winner.parameters else "-",
                format_value(before[key], 200) if key in before else "-",
            )
        )
    # An option that neither of the two chose has nothing to tell.
    rows = [row for row in rows if row[1:] != ("-", "-")]
    print("\n".join(table(("  parameter", "best", "yours"), rows)))
