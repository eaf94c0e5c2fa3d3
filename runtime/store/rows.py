"""The rows of the tables, and the records that they hold.

A trial's result stands in its own row and, where an attempt reported it, in the row of that report. The
two are not one: an imported trial has a result and no attempt, and an attempt that reports a final result
may fail after it. Finding the best of thousands of trials reads the trials' column alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nnic.runtime import encoding
from nnic.runtime.config import RunConfig
from nnic.runtime.failures import failure_from_text, failure_to_text
from nnic.runtime.processes import ProcessId
from nnic.runtime.store.records import (
    AttemptRecord,
    AttemptState,
    DeviceRef,
    Discarded,
    ExperimentRecord,
    ExperimentState,
    Frame,
    Origin,
    ReportRecord,
    TrialRecord,
    Wait,
)
from nnic.runtime.store.schema import StoreError
from nnic.tuners.protocol import Report, TrialState
from nnic.tuners.space import SearchSpace

Row = tuple[object, ...]


def trial_row(experiment: int, trial: TrialRecord) -> Row:
    """A row of ``trial``."""
    return (
        experiment,
        trial.id,
        trial.status.value,
        trial.attempt,
        encoding.dumps(trial.parameters),
        trial.budget,
        trial.parent,
        None if trial.metric is None else encoding.dumps(trial.metric),
        encoding.dumps(trial.metrics),
        failure_to_text(trial.error),
        trial.origin.value,
        None if trial.discarded is None else _discarded_text(trial.discarded),
    )


def attempt_row(experiment: int, trial: int, attempt: AttemptRecord) -> Row:
    """A row of ``attempt``."""
    process = attempt.process
    return (
        experiment,
        trial,
        attempt.number,
        attempt.state.value,
        attempt.started,
        attempt.ended,
        None if process is None else process.boot,
        None if process is None else process.pid,
        None if process is None else process.start_time,
        attempt.exit_code,
        attempt.signal,
        failure_to_text(attempt.failure),
        encoding.dumps([[frame.path, frame.line, frame.function] for frame in attempt.frames]),
        encoding.dumps(attempt.devices),
        attempt.memory_bytes,
        attempt.steps,
    )


def report_row(experiment: int, report: ReportRecord) -> Row:
    """A row of ``report``."""
    return (
        experiment,
        report.trial,
        report.attempt,
        report.sequence,
        "final" if report.final else "intermediate",
        report.step,
        encoding.dumps(report.value),
        encoding.dumps(report.metrics),
        encoding.dumps(report.extra),
        report.time,
    )


def read_experiment(row: sqlite3.Row, home: Path, counts: Mapping[TrialState, int]) -> ExperimentRecord:
    """An experiment; ``counts`` has the number of its trials by state.

    Raises
    ------
    StoreError
        When its configuration is not understood.
    """
    try:
        config = RunConfig.from_json(home, row["name"], encoding.loads(row["config"]))
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"the configuration of {row['name']} in {home / 'nnic.db'} is not understood: {error}; "
            "if a newer nnic wrote it, use that version"
        ) from error
    return ExperimentRecord(
        name=row["name"],
        state=ExperimentState(row["state"]),
        reason=row["reason"],
        created=row["created"],
        ended=row["ended"],
        elapsed_s=row["elapsed_s"],
        config=config,
        space=SearchSpace.from_json(encoding.loads(row["space"])),
        sources=encoding.loads(row["sources"]),
        versions=encoding.loads(row["versions"]),
        counts=counts,
        never_read=tuple(encoding.loads(row["never_read"])),
        waits=tuple(Wait(*wait) for wait in encoding.loads(row["waits"])),
    )


def read_report(row: sqlite3.Row) -> Report:
    """An intermediate result."""
    return Report(row["step"], (encoding.loads(row["value"]),), encoding.loads(row["metrics"]))


def join_reports(
    attempts: Iterable[AttemptRecord], reports: Mapping[int, Sequence[Report]]
) -> tuple[Report, ...]:
    """Return the curve of a trial from what each of its attempts has reported, by their numbers."""
    curve: tuple[Report, ...] = ()
    for attempt in attempts:
        curve = (*curve[: attempt.steps], *reports.get(attempt.number, ()))
    return curve


def read_attempt(row: sqlite3.Row) -> AttemptRecord:
    """An attempt; inverse of :func:`attempt_row`."""
    return AttemptRecord(
        number=row["number"],
        state=AttemptState(row["state"]),
        started=row["started"],
        ended=row["ended"],
        process=None if row["pid"] is None else ProcessId(row["boot"], row["pid"], row["start_time"]),
        exit_code=row["exit_code"],
        signal=row["signal"],
        failure=failure_from_text(row["failure"]),
        frames=tuple(Frame(*frame) for frame in encoding.loads(row["frames"])),
        devices=tuple(DeviceRef(*device) for device in encoding.loads(row["devices"])),
        memory_bytes=row["memory_bytes"],
        steps=row["steps"],
    )


def read_trial(
    row: sqlite3.Row, attempts: tuple[AttemptRecord, ...], reports: tuple[Report, ...], directory: Path
) -> TrialRecord:
    """A trial with its attempts and the reports that count; inverse of :func:`trial_row`.

    ``directory`` is that of the experiment's trials.
    """
    number = row["attempt"]
    current = next((attempt for attempt in attempts if attempt.number == number), None)
    return TrialRecord(
        id=row["id"],
        status=TrialState(row["state"]),
        attempt=row["attempt"],
        parameters=encoding.loads(row["parameters"]),
        directory=directory.joinpath(str(row["id"]), str(number)),
        metric=None if row["metric"] is None else encoding.loads(row["metric"]),
        metrics=encoding.loads(row["metrics"]),
        reports=reports,
        budget=row["budget"],
        parent=row["parent"],
        started=None if current is None else current.started,
        ended=None if current is None else current.ended,
        error=failure_from_text(row["failure"]),
        frames=() if current is None else current.frames,
        attempts=attempts,
        origin=Origin(row["origin"]),
        discarded=None if row["discarded"] is None else _read_discarded(row["discarded"]),
    )


def _discarded_text(discarded: Discarded) -> str:
    return encoding.dumps(
        {
            "state": discarded.status.value,
            "metric": discarded.metric,
            "metrics": dict(discarded.metrics),
        }
    )


def _read_discarded(text: str) -> Discarded:
    data = encoding.loads(text)
    return Discarded(TrialState(data["state"]), data["metric"], data["metrics"])
