"""The table of an experiment's trials."""

from __future__ import annotations

from collections.abc import Sequence

from nnic.results.entries import status_of
from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.screens.devices import format_gpus
from nnic.screens.failure import short_failure
from nnic.screens.format import format_metric, format_value, sparkline, table


def render_trials(record: ExperimentRecord, found: Sequence[TrialRecord], killed: bool) -> str:
    """Return a line a trial; ``killed`` says that no process runs the experiment."""
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
    return "\n".join(table(header, rows, right=right))
