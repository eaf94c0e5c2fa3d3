"""Reads the store on a connection of its own, which only reads, while experiments run."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from nnic.runtime import encoding
from nnic.runtime.errors import UnknownNameError
from nnic.runtime.store.connection import StoreError, database_path, open_reader
from nnic.runtime.store.records import (
    AttemptRecord,
    ExperimentRecord,
    Origin,
    TrialRecord,
    better,
)
from nnic.runtime.store.rows import join_reports, read_attempt, read_experiment, read_report, read_trial
from nnic.tuners.protocol import Report, TrialState

if TYPE_CHECKING:
    from nnic.runtime.store.log_entries import LogEntry


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

    def experiments(self, problems: dict[str, str] | None = None) -> tuple[ExperimentRecord, ...]:
        """Return every experiment, the oldest first.

        Parameters
        ----------
        problems
            Gets the names of those whose configuration is not understood, each with why.

        Raises
        ------
        StoreError
            When a configuration is not understood, and there are no ``problems``.
        """
        rows = self._connection.execute("SELECT * FROM experiment ORDER BY id").fetchall()
        found = []
        for row in rows:
            try:
                found.append(self._experiment(row))
            except StoreError as error:
                if problems is None:
                    raise
                problems[row["name"]] = str(error)
        return tuple(found)

    def experiment(self, name: str | None = None) -> ExperimentRecord:
        """The experiment called ``name``; the latest one for ``None``.

        Raises
        ------
        UnknownExperimentError
            Says which there are.
        """
        return self._experiment(self._experiment_row(name))

    def has_experiment(self, name: str) -> bool:
        """Tell whether there is an experiment of this name."""
        row = self._connection.execute("SELECT 1 FROM experiment WHERE name = ?", (name,)).fetchone()
        return row is not None

    def trials(self, experiment: ExperimentRecord | str | None = None) -> tuple[TrialRecord, ...]:
        """Return every trial of an experiment with its attempts and reports, by id."""
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
        """Return the succeeded trial with the best finite metric, the earliest among equals."""
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
        """Return trial 0 and the best trial, as far as there are any, without reading all the others."""
        first = self._trials(self._experiment_row(experiment.name), 0)
        best = self.best(experiment)
        return first if best is None or best.baseline else (*first, best)

    def log(self, experiment: ExperimentRecord | str | None = None) -> tuple[LogEntry, ...]:
        """The committed log, in order.

        Raises
        ------
        StoreError
            When an entry is not known to this nnic, or damaged.
        """
        row = self._experiment_row(
            experiment.name if isinstance(experiment, ExperimentRecord) else experiment
        )
        rows = self._connection.execute(
            "SELECT position, kind, data FROM log WHERE experiment = ? ORDER BY position", (row["id"],)
        ).fetchall()
        return tuple(self._log_entry(row["name"], entry) for entry in rows)

    def _log_entry(self, experiment: str, row: sqlite3.Row) -> LogEntry:
        # Most readers only look at trials and need nothing of the log.
        from nnic.runtime.store.log_codec import UnknownEntryError, decode_entry

        where = f"{database_path(self.home)}: entry {row['position']} of the log of {experiment}"
        try:
            return decode_entry(row["kind"], row["data"])
        except UnknownEntryError as error:
            raise StoreError(
                f"{where} is not known to this nnic ({error}): a newer nnic wrote it; use that version, "
                "or pip install --upgrade nnic"
            ) from error
        except ValueError as error:
            raise StoreError(f"{where} is damaged: {error}; restore a copy: nnic backup --restore") from error

    def tuner_state(self, experiment: str) -> tuple[int, bytes] | None:
        """Return the cached state of the tuner and the length of the log that it belongs to."""
        row = self._connection.execute(
            "SELECT position, data FROM tuner_state WHERE experiment = ?",
            (self._experiment_row(experiment)["id"],),
        ).fetchone()
        return None if row is None else (row["position"], row["data"])

    def unanswered(self) -> dict[str, int]:
        """Return how many requests to each experiment wait for an answer, without those that have none."""
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
        by_state = {TrialState(entry["state"]): entry["number"] for entry in counts}
        return read_experiment(row, self.home, by_state)

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
            attempts[row["trial"]].append(read_attempt(row))
        reports: dict[int, dict[int, list[Report]]] = defaultdict(lambda: defaultdict(list))
        for row in execute(
            "SELECT * FROM report WHERE kind = 'intermediate' AND "
            f"experiment = ?{only.format('trial')} ORDER BY trial, attempt, sequence",
            arguments,
        ):
            reports[row["trial"]][row["attempt"]].append(read_report(row))
        directory = self.home / "experiments" / experiment["name"] / "trials"
        return tuple(
            read_trial(
                row,
                tuple(attempts[row["id"]]),
                join_reports(attempts[row["id"]], reports[row["id"]]),
                directory,
            )
            for row in rows
        )
