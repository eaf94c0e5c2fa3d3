"""An experiment and its trials as the JSON that programs read."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nnic.results.jsonable import iso_time

if TYPE_CHECKING:
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord


def best_entry(record: ExperimentRecord, winner: TrialRecord, baseline: TrialRecord | None) -> dict[str, Any]:
    """Return the best trial beside trial 0, the script's own values."""
    return {
        "experiment": record.name,
        "trial": winner.id,
        "metric": winner.metric,
        "parameters": dict(winner.parameters),
        "baseline": None
        if baseline is None
        else {"metric": baseline.metric, "parameters": dict(baseline.parameters)},
    }


def trial_entry(trial: TrialRecord, killed: bool = False) -> dict[str, Any]:
    """Return a trial; ``killed`` says that the process that ran its experiment is gone."""
    return {
        "trial": trial.id,
        "attempt": trial.attempt,
        "status": status_of(trial, killed),
        "metric": trial.metric,
        "intermediate": list(trial.intermediate),
        "parameters": dict(trial.parameters),
        "started": iso_time(trial.started),
        "seconds": trial.seconds,
        "gpus": [device.uuid for device in trial.devices],
        "error": None if trial.error is None else asdict(trial.error),
    }


def status_of(trial: TrialRecord, killed: bool) -> str:
    """Return a trial's status; ``lost`` for one that ran when its experiment's process was killed, until a
    resume repeats it."""
    if trial.discarded is not None:
        return "discarded"
    if trial.origin.value == "imported":
        return trial.origin.value
    return "lost" if killed and trial.status.value == "running" else trial.status.value
