"""The database file: opening it, its tables and their migrations.

Values that may be non-finite are stored as the text of ``encoding.py``: SQLite turns NaN into NULL.
"""

from __future__ import annotations

import os
import sqlite3
import time
from itertools import chain
from pathlib import Path

from nnic.runtime.filesystem import network_filesystem

BUSY_TIMEOUT_S = 30.0
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables

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

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _DEVICES)
"""Entry ``n`` brings a database of version ``n`` to version ``n + 1``."""


class StoreError(Exception):
    """The store cannot be used; the message says what to do."""


def database_path(home: Path) -> Path:
    """The database of a project."""
    return home / "nnic.db"


def open_writer(home: Path) -> sqlite3.Connection:
    """Open the project's database for writing, creating and migrating it as needed.

    Raises
    ------
    StoreError
        On an SQLite without STRICT tables, a network file system, a database of a newer nnic,
        or one that cannot be opened.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            f"nnic needs SQLite 3.37 or newer, this Python has {sqlite3.sqlite_version}; "
            "install a newer Python (those of python.org, uv and conda have one)"
        )
    kind = network_filesystem(home)
    if kind is not None:
        raise StoreError(
            f"{home} is on a network file system ({kind}), where the store's locks do not hold; "
            "set NNIC_HOME to a folder on a local disk"
        )
    path = database_path(home)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot open {path}: {error}") from error
    try:
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        migrate(connection, path, MIGRATIONS)
    except sqlite3.Error as error:
        connection.close()
        raise StoreError(f"cannot use {path}: {error}") from error
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(home: Path) -> sqlite3.Connection:
    """Open the project's database read-only.

    Raises
    ------
    StoreError
        When there is none, or it was written by another version.
    """
    path = database_path(home)
    if not path.exists():
        raise StoreError(f"there are no experiments here yet: {path} does not exist")
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None
        )
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"cannot read {path}: {error}") from error
    if version != len(MIGRATIONS):
        connection.close()
        if version == 0:  # created by a process that has not got further yet
            raise StoreError(f"there are no experiments here yet: {path} is empty")
        raise StoreError(_wrong_version(path, version, len(MIGRATIONS)))
    return connection


def migrate(connection: sqlite3.Connection, path: Path, migrations: tuple[tuple[str, ...], ...]) -> None:
    """Bring the database to version ``len(migrations)``, with a backup before each step."""
    while True:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(migrations):
            raise StoreError(_wrong_version(path, version, len(migrations)))
        if version == len(migrations):
            return
        if version > 0:
            _back_up(connection, path.with_name(f"{path.name}.v{version}.backup"))
        target = version + 1 if version > 0 else len(migrations)  # a new one appears as a whole
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have migrated between the look and the lock.
        if connection.execute("PRAGMA user_version").fetchone()[0] == version:
            for statement in chain.from_iterable(migrations[version:target]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={target}")
        connection.execute("COMMIT")


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    copy = sqlite3.connect(target)
    try:
        connection.backup(copy)
    finally:
        copy.close()


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # The switch does not honour the busy timeout when two processes create the file at once.
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _wrong_version(path: Path, version: int, known: int) -> str:
    if version > known:
        return f"{path} was written by a newer nnic (version {version}, this one knows {known}); upgrade nnic"
    return f"{path} was written by an older nnic; the next `nnic run` or `nnic resume` upgrades it"
