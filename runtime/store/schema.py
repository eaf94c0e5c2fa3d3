"""The tables of the store, and how a database of an earlier version becomes one of the latest.

Values that may be non-finite are stored as the text of ``encoding.py``: SQLite turns NaN into NULL.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from nnic.runtime.errors import ExplainedError

_FIRST = (
    """CREATE TABLE experiment (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        created REAL NOT NULL,
        ended REAL,
        elapsed_s REAL NOT NULL DEFAULT 0,
        config TEXT NOT NULL,
        space TEXT NOT NULL,
        sources TEXT NOT NULL,
        versions TEXT NOT NULL DEFAULT '{}',
        never_read TEXT NOT NULL DEFAULT '[]'
    ) STRICT""",
    """CREATE TABLE trial (
        experiment INTEGER NOT NULL REFERENCES experiment(id),
        id INTEGER NOT NULL,
        state TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        parameters TEXT NOT NULL,
        budget REAL,
        parent INTEGER,
        metric TEXT,
        metrics TEXT NOT NULL DEFAULT '{}',
        failure TEXT,
        PRIMARY KEY (experiment, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE attempt (
        experiment INTEGER NOT NULL,
        trial INTEGER NOT NULL,
        number INTEGER NOT NULL,
        state TEXT NOT NULL,
        started REAL NOT NULL,
        ended REAL,
        boot TEXT,
        pid INTEGER,
        start_time INTEGER,
        exit_code INTEGER,
        signal INTEGER,
        failure TEXT,
        frames TEXT NOT NULL DEFAULT '[]',
        PRIMARY KEY (experiment, trial, number),
        FOREIGN KEY (experiment, trial) REFERENCES trial(experiment, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE report (
        experiment INTEGER NOT NULL,
        trial INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        kind TEXT NOT NULL,
        step INTEGER NOT NULL,
        value TEXT NOT NULL,
        metrics TEXT NOT NULL,
        extra TEXT NOT NULL,
        time REAL NOT NULL,
        PRIMARY KEY (experiment, trial, attempt, sequence),
        FOREIGN KEY (experiment, trial, attempt) REFERENCES attempt(experiment, trial, number)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE log (
        experiment INTEGER NOT NULL REFERENCES experiment(id),
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        data TEXT NOT NULL,
        time REAL NOT NULL,
        PRIMARY KEY (experiment, position)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE tuner_state (
        experiment INTEGER PRIMARY KEY REFERENCES experiment(id),
        position INTEGER NOT NULL,
        data BLOB NOT NULL
    ) STRICT""",
)

_DEVICES = (
    "ALTER TABLE experiment ADD COLUMN waits TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE attempt ADD COLUMN devices TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE attempt ADD COLUMN memory_bytes INTEGER",
)

_REQUESTS = (
    "ALTER TABLE trial ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE request (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        experiment INTEGER NOT NULL REFERENCES experiment(id),
        kind TEXT NOT NULL,
        data TEXT NOT NULL,
        time REAL NOT NULL,
        answered REAL,
        refused INTEGER NOT NULL DEFAULT 0,
        answer TEXT NOT NULL DEFAULT ''
    ) STRICT""",
)

_CORRECTIONS = (
    "ALTER TABLE trial ADD COLUMN discarded TEXT",
    "ALTER TABLE attempt ADD COLUMN steps INTEGER NOT NULL DEFAULT 0",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _DEVICES, _REQUESTS, _CORRECTIONS)
"""Entry ``n`` brings a database of version ``n`` to version ``n + 1``. What is here never changes: what a
released nnic wrote is brought on by a further entry, and by a golden database of its version in the tests."""


class StoreError(ExplainedError):
    """The store cannot be used; the message says what to do."""


def migrate(connection: sqlite3.Connection, path: Path, migrations: tuple[tuple[str, ...], ...]) -> None:
    """Bring the database to version ``len(migrations)``, with a backup before each step.

    Raises
    ------
    StoreError
        When it is of a newer version, or a process that knows only the older one uses it.
    """
    version = version_of(connection)
    if version == len(migrations):
        return
    with _one_at_a_time(path.parent):
        while (version := version_of(connection)) != len(migrations):
            if version > len(migrations):
                raise StoreError(describe_newer(path, version, len(migrations)))
            if version > 0:
                _refuse_while_used(path, version)
                _back_up(connection, backup_path(path, version))
            target = version + 1 if version > 0 else len(migrations)  # A new database appears as a whole.
            _take_steps(connection, version, migrations[version:target], target)


@contextlib.contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Two processes that find an old database begin with the same backup: the second waits for the first."""
    descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _take_steps(
    connection: sqlite3.Connection, version: int, steps: tuple[tuple[str, ...], ...], target: int
) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection) == version:  # An older nnic does not wait for others.
            for statement in chain.from_iterable(steps):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={target}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of a database, 0 for one without tables."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def backup_path(path: Path, version: int) -> Path:
    """Return where the database is kept as it was at ``version``."""
    return path.with_name(f"{path.name}.v{version}.backup")


def describe_newer(path: Path, version: int, known: int) -> str:
    """Return what to say of a database that this nnic does not know."""
    return (
        f"{path} was written by a newer nnic (its version is {version}, this one knows {known}); upgrade "
        "nnic, or set NNIC_HOME to another folder"
    )


def _refuse_while_used(path: Path, version: int) -> None:
    """Refuse a migration while an older nnic runs an experiment, which would not know the new tables."""
    from nnic.runtime.store.lock import find_older_manager

    for folder in sorted(path.parent.glob("experiments/*/")):
        manager = find_older_manager(path.parent, folder.name)
        if manager is not None and manager.pid != os.getpid():
            raise StoreError(
                f"{path} belongs to an older nnic (version {version}), and {folder.name} (process "
                f"{manager.pid}) is using it; wait until it has ended, or stop it: nnic stop {folder.name}"
            )


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the database; the copy appears as a whole or not at all."""
    aside = target.with_name(f"{target.name}.part")
    aside.unlink(missing_ok=True)  # What an earlier nnic was killed at, or a link.
    os.close(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    copy = sqlite3.connect(aside)
    try:
        connection.backup(copy)
    except BaseException:
        copy.close()
        aside.unlink(missing_ok=True)
        raise
    copy.close()
    aside.rename(target)
