"""Reading the store: on a connection of its own, read-only, while experiments run."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from nnic.runtime import encoding
from nnic.runtime.config import RunConfig
from nnic.runtime.errors import UnknownNameError
from nnic.runtime.processes import ProcessId
from nnic.runtime.store.connection import open_reader
from nnic.runtime.store.records import (
    AttemptRecord,
    AttemptState,
    DeviceRef,
    ExperimentRecord,
    ExperimentState,
    Frame,
    Origin,
    TrialRecord,
    Wait,
    better,
)
from nnic.tuners.protocol import Failure, Report, TrialState
from nnic.tuners.space import SearchSpace


class UnknownExperimentError(UnknownNameError):
    """There is no such experiment in the project."""


class StoreReader:
    """The experiments of a project.

    Each method reads a consistent state of the database; the connection is used from one thread.

    Parameters
    ----------
    home
        The project's ``NNIC_HOME``.

    Raises
    ------
    StoreError
        When there is no database.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self._connection = open_reader(self.home)
        self._connection.row_factory = sqlite3.Row

    def __enter__(self) -> StoreReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def experiments(self) -> tuple[ExperimentRecord, ...]:
        """Every experiment, oldest first."""
        rows = self._connection.execute("SELECT * FROM experiment ORDER BY id").fetchall()
        return tuple(self._experiment(row) for row in rows)

    def experiment(self, name: str | None = None) -> ExperimentRecord:
        """The experiment called ``name``; the latest one for ``None``.

        Raises
        ------
        UnknownExperimentError
            Says which there are.
        """
        return self._experiment(self._experiment_row(name))

    def trials(self, experiment: ExperimentRecord | str | None = None) -> tuple[TrialRecord, ...]:
        """Every trial of an experiment with its attempts and reports, by id."""
        self._connection.execute("BEGIN")
        try:
            row = self._experiment_row(
                experiment.name if isinstance(experiment, ExperimentRecord) else experiment
            )
            return self._trials(row)
        finally:
            self._connection.execute("COMMIT")

    def trial(self, experiment: ExperimentRecord | str | None, number: int) -> TrialRecord:
        """One trial.

        Raises
        ------
        UnknownExperimentError
            When there is no such experiment or trial.
        """
        row = self._experiment_row(
            experiment.name if isinstance(experiment, ExperimentRecord) else experiment
        )
        found = self._trials(row, number)
        if not found:
            raise UnknownExperimentError(f"experiment {row['name']} has no trial {number}")
        return found[0]

    def best(self, experiment: ExperimentRecord | str | None = None) -> TrialRecord | None:
        """The succeeded trial with the best finite metric; the earliest among equals."""
        record = experiment if isinstance(experiment, ExperimentRecord) else self.experiment(experiment)
        # Of thousands of trials the metrics alone are read.
        rows = self._connection.execute(
            "SELECT trial.id, metric FROM trial JOIN experiment ON experiment.id = experiment "
            "WHERE name = ? AND trial.state = ? AND metric IS NOT NULL ORDER BY trial.id",
            (record.name, TrialState.SUCCEEDED.value),
        )
        best, number = None, None
        for row in rows.fetchall():
            metric = encoding.loads(row["metric"])
            if better(metric, best, record.maximize):
                best, number = metric, row["id"]
        return None if number is None else self.trial(record, number)

    def first_and_best(self, experiment: ExperimentRecord) -> tuple[TrialRecord, ...]:
        """Trial 0 and the best trial, as far as there are any, without reading all the others."""
        first = self._trials(self._experiment_row(experiment.name), 0)
        best = self.best(experiment)
        return first if best is None or best.baseline else (*first, best)

    def log(self, experiment: ExperimentRecord | str | None = None) -> tuple[tuple[str, dict[str, Any]], ...]:
        """The committed log, in order: ``(kind, data)``."""
        row = self._experiment_row(
            experiment.name if isinstance(experiment, ExperimentRecord) else experiment
        )
        rows = self._connection.execute(
            "SELECT kind, data FROM log WHERE experiment = ? ORDER BY position", (row["id"],)
        ).fetchall()
        return tuple((entry["kind"], encoding.loads(entry["data"])) for entry in rows)

    def tuner_state(self, experiment: str) -> tuple[int, bytes] | None:
        """The cached state of the tuner and the length of the log that it belongs to."""
        row = self._connection.execute(
            "SELECT position, data FROM tuner_state WHERE experiment = ?",
            (self._experiment_row(experiment)["id"],),
        ).fetchone()
        return None if row is None else (row["position"], row["data"])

    def unanswered(self) -> dict[str, int]:
        """How many requests to each experiment wait for an answer; those without any are left out."""
        rows = self._connection.execute(
            "SELECT name, count(*) AS number FROM request JOIN experiment ON experiment.id = experiment "
            "WHERE answered IS NULL GROUP BY name"
        ).fetchall()
        return {row["name"]: row["number"] for row in rows}

    def _experiment_row(self, name: str | None) -> sqlite3.Row:
        if name is None:
            row = self._connection.execute("SELECT * FROM experiment ORDER BY id DESC LIMIT 1").fetchone()
            if row is None:
                raise UnknownExperimentError("there are no experiments here yet")
        else:
            row = self._connection.execute("SELECT * FROM experiment WHERE name = ?", (name,)).fetchone()
            if row is None:
                names = [
                    r["name"] for r in self._connection.execute("SELECT name FROM experiment ORDER BY id")
                ]
                known = f"there are {', '.join(names[-10:])}" if names else "there are none yet"
                raise UnknownExperimentError(f"no experiment is called {name!r}; {known}")
        assert isinstance(row, sqlite3.Row)
        return row

    def _experiment(self, row: sqlite3.Row) -> ExperimentRecord:
        counts = self._connection.execute(
            "SELECT state, count(*) AS number FROM trial WHERE experiment = ? AND origin != ? GROUP BY state",
            (row["id"], Origin.IMPORTED.value),
        ).fetchall()
        return ExperimentRecord(
            name=row["name"],
            state=ExperimentState(row["state"]),
            reason=row["reason"],
            created=row["created"],
            ended=row["ended"],
            elapsed_s=row["elapsed_s"],
            config=RunConfig.from_json(self.home, row["name"], encoding.loads(row["config"])),
            space=SearchSpace.from_json(encoding.loads(row["space"])),
            sources=encoding.loads(row["sources"]),
            versions=encoding.loads(row["versions"]),
            counts={TrialState(entry["state"]): entry["number"] for entry in counts},
            never_read=tuple(encoding.loads(row["never_read"])),
            waits=tuple(Wait(*wait) for wait in encoding.loads(row["waits"])),
        )

    def _trials(self, experiment: sqlite3.Row, number: int | None = None) -> tuple[TrialRecord, ...]:
        arguments: tuple[object, ...] = (experiment["id"],) if number is None else (experiment["id"], number)
        only = "" if number is None else " AND {0} = ?"
        execute = self._connection.execute
        rows = execute(
            f"SELECT * FROM trial WHERE experiment = ?{only.format('id')} ORDER BY id", arguments
        ).fetchall()
        attempts: dict[int, list[AttemptRecord]] = defaultdict(list)
        for row in execute(
            f"SELECT * FROM attempt WHERE experiment = ?{only.format('trial')} ORDER BY trial, number",
            arguments,
        ):
            attempts[row["trial"]].append(_attempt(row))
        reports: dict[tuple[int, int], list[Report]] = defaultdict(list)
        for row in execute(
            "SELECT * FROM report WHERE kind = 'intermediate' AND "
            f"experiment = ?{only.format('trial')} ORDER BY trial, attempt, sequence",
            arguments,
        ):
            reports[row["trial"], row["attempt"]].append(
                Report(row["step"], (encoding.loads(row["value"]),), encoding.loads(row["metrics"]))
            )
        directory = self.home / "experiments" / experiment["name"] / "trials"
        return tuple(
            _trial(row, tuple(attempts[row["id"]]), tuple(reports[row["id"], row["attempt"]]), directory)
            for row in rows
        )


def best_of(trials: Iterable[TrialRecord], maximize: bool) -> TrialRecord | None:
    """The succeeded trial with the best finite metric; the earliest among equals."""
    best: TrialRecord | None = None
    for trial in trials:
        if trial.status is not TrialState.SUCCEEDED or trial.metric is None:
            continue
        if better(trial.metric, None if best is None else best.metric, maximize):
            best = trial
    return best


def _name(experiment: ExperimentRecord | str | None) -> str | None:
    return experiment.name if isinstance(experiment, ExperimentRecord) else experiment


def failure_to_json(failure: Failure | None) -> str | None:
    """Text of a failure for the store."""
    if failure is None:
        return None
    return encoding.dumps(
        {
            "kind": failure.kind,
            "message": failure.message,
            "path": failure.path,
            "line": failure.line,
            "exit_code": failure.exit_code,
        }
    )


def failure_from_json(text: str | None) -> Failure | None:
    """Inverse of :func:`failure_to_json`."""
    return None if text is None else Failure(**encoding.loads(text))


def _attempt(row: sqlite3.Row) -> AttemptRecord:
    return AttemptRecord(
        number=row["number"],
        state=AttemptState(row["state"]),
        started=row["started"],
        ended=row["ended"],
        process=None if row["pid"] is None else ProcessId(row["boot"], row["pid"], row["start_time"]),
        exit_code=row["exit_code"],
        signal=row["signal"],
        failure=failure_from_json(row["failure"]),
        frames=tuple(Frame(*frame) for frame in encoding.loads(row["frames"])),
        devices=tuple(DeviceRef(*device) for device in encoding.loads(row["devices"])),
        memory_bytes=row["memory_bytes"],
    )


def _trial(
    row: sqlite3.Row, attempts: tuple[AttemptRecord, ...], reports: tuple[Report, ...], directory: Path
) -> TrialRecord:
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
        error=failure_from_json(row["failure"]),
        frames=() if current is None else current.frames,
        attempts=attempts,
        origin=Origin(row["origin"]),
    )
