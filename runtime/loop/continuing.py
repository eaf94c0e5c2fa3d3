"""How far a trial had come when an earlier attempt of it left its last checkpoint.

The next attempt goes on from there, so the reports up to there are the beginning of its curve.
"""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median

from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.metrics import Result
from nnic.runtime.launchers.metrics_file import MetricsFile
from nnic.runtime.store.records import TrialRecord


def steps_kept(config: RunConfig, record: TrialRecord) -> int:
    """Return how many of a trial's reports come before its last checkpoint; 0 without one.

    A script may save before it reports a step or after that. So a report counts that came no later than
    half of the usual time between two reports after the checkpoint was written.
    """
    if not record.attempts:
        return 0
    last = record.attempts[-1]
    written = _last_write(config.checkpoint_directory(record.id))
    if written is None:
        return 0
    if written < last.started:  # That attempt saved nothing itself, and began where this one does.
        return last.steps
    times = _report_times(config, record.id, last.number)
    gaps = [later - earlier for earlier, later in zip([last.started, *times], times)]
    limit = written + (median(gaps) / 2 if gaps else 0.0)
    return last.steps + sum(time <= limit for time in times)


def _last_write(folder: Path) -> float | None:
    """When a file in a folder was last written, ``None`` when there is none."""
    found = []
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                found.append(os.stat(os.path.join(parent, name)).st_mtime)
            except OSError:  # A script's own link to something that is gone.
                continue
    return max(found, default=None)


def _report_times(config: RunConfig, trial: int, attempt: int) -> list[float]:
    file = MetricsFile(config.attempt_directory(trial, attempt) / "metrics.jsonl", trial, attempt)
    try:
        found = file.read(ended=True)
    finally:
        file.close()
    return [metric.time for metric in found if isinstance(metric, Result) and not metric.final]
