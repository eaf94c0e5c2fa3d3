"""The connection of a writer: transactions whose errors say what happened and what to do."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from nnic.runtime.disk_space import find_shortage
from nnic.runtime.store.connection import StoreError, database_path, open_writer
from nnic.runtime.store.rows import Row


class Transactions:
    """Writes to a project's database. Used from one thread.

    An error of the database becomes a ``StoreError``, and what the transaction had written is undone; a
    row that breaks a rule of the tables stays an ``sqlite3.IntegrityError``.
    """

    def __init__(self, home: Path) -> None:
        self.path = database_path(home)
        self.connection = open_writer(home)
        self._file = _identify(self.path)

    def begin(self) -> None:
        """Begin a transaction.

        Raises
        ------
        StoreError
            Also when the file is not the one any more that was opened.
        """
        if _identify(self.path) != self._file:
            raise StoreError(
                f"{self.path} was deleted or replaced while this run was writing it: what it wrote is lost, "
                "unless there is a copy (nnic backup --restore); to start again: nnic run"
            )
        self.write("BEGIN IMMEDIATE")

    def write(self, statement: str, row: Row = ()) -> int:
        """Execute a statement; the id of the row that it inserted."""
        try:
            return self.connection.execute(statement, row).lastrowid or 0
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise self.explain(error) from error

    def write_many(self, statement: str, rows: list[Row]) -> None:
        """Execute a statement, which the values are to follow, for each of ``rows``."""
        if not rows:
            return
        try:
            self.connection.executemany(f"{statement} ({','.join('?' * len(rows[0]))})", rows)
        except sqlite3.DatabaseError as error:
            raise self.explain(error) from error

    def commit(self) -> None:
        """Make what was written last, and wait until it is on the disk."""
        self.write("COMMIT")

    def roll_back(self) -> None:
        """Undo what was written since the beginning of the transaction."""
        if self.connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")

    def explain(self, error: sqlite3.DatabaseError) -> StoreError:
        """What to raise for an error of the database; the transaction is undone."""
        self.roll_back()
        shortage = find_shortage(self.path.parent)
        cause = shortage or "fix the cause (a full disk, a read-only folder)"
        return StoreError(
            f"cannot write {self.path}: {error}. What was committed is kept; {cause}, "
            "then continue: nnic resume"
        )

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        self.connection.close()


def _identify(path: Path) -> tuple[int, int] | None:
    """The file that has the name now: what is written to one without a name is lost without a word."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
