"""``nnic trials``: the table of an experiment's trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.experiments import has_manager, open_project
from nnic.cli.output import print_json
from nnic.results.entries import status_of, trial_entry

if TYPE_CHECKING:
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord


@app.command()
def trials(exp: ExperimentArgument = None, format: FormatOption = Format.TEXT) -> None:
    """Show every trial of an experiment."""
    with open_project() as reader:
        record = reader.experiment(exp)
        found = reader.trials(record)
        killed = not has_manager(reader, record)
    if format is Format.JSON:
        print_json([trial_entry(trial, killed) for trial in found])
    else:
        _print_table(record, found, killed)


def _print_table(record: ExperimentRecord, found: tuple[TrialRecord, ...], killed: bool) -> None:
    from nnic.screens.devices import format_gpus
    from nnic.screens.failure import short_failure
    from nnic.screens.format import format_metric, format_value, sparkline, table

    names = record.space.display_names()
    keys = [parameter.key for parameter in record.space]
    budgets = any(trial.budget is not None for trial in found)
    gpus = record.config.demand.uses_gpus
    waits = {} if killed else dict(record.waits)
    rows = []
    for trial in found:
        rows.append(
            (
                str(trial.id),
                status_of(trial, killed),
                *([format_gpus(trial.devices)] if gpus else ()),
                *([format_value(trial.budget) if trial.budget is not None else ""] if budgets else ()),
                str(len(trial.reports)),
                format_metric(trial.metric),
                sparkline(trial.intermediate),
                "" if trial.seconds is None else f"{trial.seconds:.1f}",
                *(format_value(trial.parameters[k]) if k in trial.parameters else "" for k in keys),
                waits.get(trial.id, "") if trial.error is None else short_failure(trial.error),
            )
        )
    header = (
        "#",
        "status",
        *(("gpu",) if gpus else ()),
        *(("budget",) if budgets else ()),
        "steps",
        "metric",
        "curve",
        "s",
        *(names[k] for k in keys),
        "",
    )
    right = tuple(header.index(name) for name in ("#", "gpu", "budget", "steps", "s") if name in header)
    print("\n".join(table(header, rows, right=right)))
