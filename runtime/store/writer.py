"""Writing the store: one connection an experiment process, one transaction a turn of its loop.

Changes are queued and written together by :meth:`Store.commit`, so the lock on the database is
held only while it is written, and two experiments of one project do not wait for each other.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from nnic.runtime import encoding
from nnic.runtime.config import RunConfig
from nnic.runtime.program import Program
from nnic.runtime.store.log_codec import encode_entry
from nnic.runtime.store.log_entries import Begin, LogEntry
from nnic.runtime.store.records import ExperimentState, ReportRecord, TrialRecord, Wait
from nnic.runtime.store.request_kinds import Request, StoredRequest, encode_request
from nnic.runtime.store.requests import unanswered
from nnic.runtime.store.rows import Row, attempt_row, report_row, trial_row
from nnic.runtime.store.transactions import Transactions


class Store:
    """The writer of one experiment. Used from one thread.

    Parameters
    ----------
    home
        The project's ``NNIC_HOME``; the database is created when there is none.

    Raises
    ------
    StoreError
        See :func:`nnic.runtime.store.connection.open_writer`.
    """

    def __init__(self, home: Path) -> None:
        self._database = Transactions(home)
        self._experiment = 0
        self._position = 0
        self._looked_at: int | None = None
        self._columns: dict[str, object] = {}
        self._trials: dict[int, Row] = {}
        self._attempts: dict[tuple[int, int], Row] = {}
        self._reports: list[Row] = []
        self._log: list[Row] = []
        self._answers: dict[int, Row] = {}

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        self._database.close()

    @property
    def position(self) -> int:
        """Length of the log, queued entries included."""
        return self._position

    @property
    def dirty(self) -> bool:
        """Whether anything is queued."""
        queues = self._columns, self._trials, self._attempts, self._reports, self._log, self._answers
        return any(queues)

    def create(
        self,
        config: RunConfig,
        program: Program,
        now: float,
        begin: Begin,
        requests: Iterable[Request] = (),
    ) -> None:
        """Write a new experiment, the first entry of its log, ``begin``, and what is asked of it: all of
        it or nothing.

        Raises
        ------
        ValueError
            When there is one of this name.
        """
        row = (
            config.name,
            ExperimentState.RUNNING.value,
            now,
            encoding.dumps(config.to_json()),
            encoding.dumps(program.space.to_json()),
            encoding.dumps({file.path: file.sha256 for file in program.files}),
        )
        columns = "name, state, created, config, space, sources"
        self._database.begin()
        try:
            self._experiment = self._database.write(
                f"INSERT INTO experiment ({columns}) VALUES (?,?,?,?,?,?)", row
            )
        except sqlite3.IntegrityError:
            self._database.roll_back()
            raise ValueError(f"there is already an experiment called {config.name}") from None
        self.append(begin)
        self._write_queued()
        for request in requests:
            asked = (self._experiment, request.kind, encoding.dumps(encode_request(request)), now)
            self._database.write("INSERT INTO request (experiment, kind, data, time) VALUES (?,?,?,?)", asked)
        self._database.commit()
        self._forget()

    def open(self, name: str) -> None:
        """Go on with an existing experiment.

        Raises
        ------
        LookupError
            When there is none of this name.
        """
        row = self._database.connection.execute(
            "SELECT id FROM experiment WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            raise LookupError(f"no experiment is called {name!r}")
        self._experiment = row[0]
        self._position = self._database.connection.execute(
            "SELECT count(*) FROM log WHERE experiment = ?", (self._experiment,)
        ).fetchone()[0]

    def set_state(self, state: ExperimentState, reason: str, ended: float | None) -> None:
        """Queue the experiment's state."""
        # Of a script's own message, with what SQLite cannot keep.
        reason = reason.encode("utf-8", "backslashreplace").decode("utf-8")
        self._columns.update(state=state.value, reason=reason, ended=ended)

    def set_elapsed(self, elapsed_s: float) -> None:
        """Queue the time that the experiment has taken."""
        self._columns["elapsed_s"] = elapsed_s

    def set_config(self, config: RunConfig) -> None:
        """Queue a changed configuration."""
        self._columns["config"] = encoding.dumps(config.to_json())

    def set_versions(self, versions: Mapping[str, str]) -> None:
        """Queue the names and versions of what the manager runs under."""
        self._columns["versions"] = encoding.dumps(versions)

    def set_never_read(self, keys: tuple[str, ...]) -> None:
        """Queue the parameters that trial 0 did not ask for."""
        self._columns["never_read"] = encoding.dumps(keys)

    def set_waits(self, waits: tuple[Wait, ...]) -> None:
        """Queue why no more trials are started."""
        self._columns["waits"] = encoding.dumps(waits)

    def put_trial(self, trial: TrialRecord) -> None:
        """Queue a trial and its current attempt."""
        self._trials[trial.id] = trial_row(self._experiment, trial)
        if trial.attempts:
            attempt = trial.attempts[-1]
            self._attempts[trial.id, attempt.number] = attempt_row(self._experiment, trial.id, attempt)

    def add_report(self, report: ReportRecord) -> None:
        """Queue a metric of an attempt; one of the same trial, attempt and sequence changes nothing."""
        self._reports.append(report_row(self._experiment, report))

    def append(self, entry: LogEntry) -> None:
        """Queue an entry of the log."""
        self._log.append((self._experiment, self._position, *encode_entry(entry), time.time()))
        self._position += 1

    def requests(self) -> tuple[StoredRequest, ...]:
        """What was asked of this experiment and is not answered yet, in the order in which it was asked."""
        if self._experiment == 0:
            return ()
        try:
            return unanswered(self._database.connection, self._experiment, self._answers.keys())
        except sqlite3.DatabaseError as error:
            raise self._database.explain(error) from error

    def new_requests(self) -> tuple[StoredRequest, ...]:
        """As :meth:`requests`; nothing is read while no other process has written to the database."""
        version = self._database.connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._looked_at:
            return ()
        found = self.requests()
        self._looked_at = version
        return found

    def answer(self, request: int, text: str = "", refused: bool = False) -> None:
        """Queue the answer to a request; committed together with what it changes, it is heeded once."""
        self._answers[request] = (time.time(), int(refused), text, request)

    def put_tuner_state(self, data: bytes) -> None:
        """Write the tuner's state as of the end of the committed log, at once."""
        self._database.begin()
        self._database.write(
            "INSERT OR REPLACE INTO tuner_state (experiment, position, data) VALUES (?,?,?)",
            (self._experiment, self._position, data),
        )
        self._database.commit()

    def commit(self) -> None:
        """Write what is queued, all of it or nothing, and wait until it is on the disk."""
        if not self.dirty:
            return
        self._database.begin()
        self._write_queued()
        self._database.commit()
        self._forget()

    def _write_queued(self) -> None:
        if self._columns:
            assignments = ", ".join(f"{name} = ?" for name in self._columns)
            self._database.write(
                f"UPDATE experiment SET {assignments} WHERE id = ?",
                (*self._columns.values(), self._experiment),
            )
        self._database.write_many("INSERT OR REPLACE INTO trial VALUES", list(self._trials.values()))
        self._database.write_many("INSERT OR REPLACE INTO attempt VALUES", list(self._attempts.values()))
        self._database.write_many("INSERT OR IGNORE INTO report VALUES", self._reports)
        self._database.write_many("INSERT INTO log VALUES", self._log)
        for answer in self._answers.values():
            self._database.write(
                "UPDATE request SET answered = ?, refused = ?, answer = ? WHERE id = ?", answer
            )

    def discard(self) -> None:
        """Forget what is queued: it belongs to a turn that was not finished."""
        self._position -= len(self._log)
        self._forget()

    def _forget(self) -> None:
        self._columns, self._trials, self._attempts, self._answers = {}, {}, {}, {}
        self._reports, self._log = [], []
