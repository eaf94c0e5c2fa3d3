"""Removes what can go."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from nnic.runtime.cleaning.candidates import Candidate, disk_usage
from nnic.runtime.store.connection import StoreError, database_path, open_writer
from nnic.runtime.store.lock import ExperimentLock

_TABLES = ("request", "tuner_state", "log", "report", "attempt", "trial")


def remove(home: Path, candidate: Candidate) -> int:
    """Remove a candidate, and return how many bytes that gave back.

    Raises
    ------
    ExperimentBusyError
        When its experiment has come to be run since it was found; nothing was removed.
    StoreError
        When the rows of an experiment cannot be removed; its files are still there.
    OSError
        When something is not ours to remove; the rest of it may be gone.
    """
    with _locked(home, candidate.experiment):
        freed = candidate.size_bytes
        if candidate.whole:
            _remove_rows(home, candidate.experiment)
        for path in candidate.paths:
            _remove_path(path)
        return freed - sum(disk_usage(path) for path in candidate.paths)


@contextmanager
def _locked(home: Path, experiment: str) -> Iterator[None]:
    """Keep a resume from beginning meanwhile."""
    if not experiment or not (home / "experiments" / experiment).is_dir():
        yield
        return
    with ExperimentLock(home, experiment):
        yield


def _remove_rows(home: Path, name: str) -> None:
    # The rows first: without them what a kill leaves is a folder that never began.
    with closing(open_writer(home)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                query = "experiment = (SELECT id FROM experiment WHERE name = ?)"
                connection.execute(f"DELETE FROM {table} WHERE {query}", (name,))
            connection.execute("DELETE FROM experiment WHERE name = ?", (name,))
            connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise StoreError(f"cannot write {database_path(home)}: {error}; nothing was removed") from error
        with contextlib.suppress(
            sqlite3.DatabaseError
        ):  # Another run uses it, or there is no room for a copy.
            connection.execute("PRAGMA busy_timeout=0")
            connection.execute("VACUUM")


def _remove_path(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
