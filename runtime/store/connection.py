"""Opens the database file, for writing and for reading."""

from __future__ import annotations

import os
import shlex
import sqlite3
import time
from pathlib import Path

from nnic.runtime.disk_space import find_shortage
from nnic.runtime.filesystem import network_filesystem
from nnic.runtime.store.owners import check_home
from nnic.runtime.store.schema import MIGRATIONS, StoreError, describe_newer, migrate, version_of

__all__ = [
    "MIGRATIONS",
    "StoreError",
    "check_filesystem",
    "connect_reader",
    "database_path",
    "describe_mending",
    "migrate",
    "open_reader",
    "open_writer",
]

BUSY_TIMEOUT_S = 30.0
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables


def database_path(home: Path) -> Path:
    """Return the path of a project's database."""
    return home / "nnic.db"


def check_filesystem(home: Path) -> None:
    """Refuse a home whose file system does not keep the promises that the store is built on.

    Raises
    ------
    StoreError
        When it lies on a network file system: locks there do not hold, and memory is not shared.
    """
    kind = network_filesystem(home)
    if kind is not None:
        raise StoreError(
            f"{home} is on a network file system ({kind}), where the locks of the store do not work; "
            f"keep the experiments on a local disk: export NNIC_HOME={shlex.quote(_elsewhere(home))}"
        )


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
            "install a newer Python (those from python.org, uv and conda include it)"
        )
    check_filesystem(home)
    path = database_path(home)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_home(home)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot open {path}: {_explain(home, error)}") from error
    try:
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        migrate(connection, path, MIGRATIONS)
    except sqlite3.Error as error:
        connection.close()
        raise StoreError(f"cannot use {path}: {_explain(home, error)}") from error
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(home: Path) -> sqlite3.Connection:
    """Open the project's database read-only; one of an older nnic is migrated first.

    Raises
    ------
    StoreError
        When there is none, it was written by a newer version, or it cannot be migrated.
    """
    path = database_path(home)
    check_filesystem(home)
    if not path.exists():
        raise StoreError(f"there are no experiments here yet: {path} does not exist")
    try:
        connection, version = connect_reader(path)
        if 0 < version < len(MIGRATIONS):
            connection.close()
            open_writer(home).close()
            connection, version = connect_reader(path)
    except sqlite3.Error as error:
        raise StoreError(f"cannot read {path}: {error}; {describe_mending(error)}") from error
    if version != len(MIGRATIONS):
        connection.close()
        if version == 0:  # The process that created it has not got further yet.
            raise StoreError(f"there are no experiments here yet: {path} is empty")
        raise StoreError(describe_newer(path, version, len(MIGRATIONS)))
    return connection


def describe_mending(error: sqlite3.Error) -> str:
    """Return what a person may do about a database that can't be read."""
    text = str(error)
    if "locked" in text:
        return "another program has locked it; try again when that program has ended"
    if "unable to open" in text or "readonly" in text or "permission" in text:
        return "make the file readable for you, or set NNIC_HOME to the folder of another store"
    return (
        "restore a copy (nnic backup --restore lists them), or move the file away and start again;\n"
        "  what the trials wrote stays in experiments/ next to it"
    )


def connect_reader(path: Path) -> tuple[sqlite3.Connection, int]:
    """Return a connection and the version of what it reads."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    for more in ("", "&immutable=1"):
        connection = sqlite3.connect(address + more, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            return connection, version_of(connection)
        except sqlite3.OperationalError:
            connection.close()
            # A reader shares memory with the writers through a file that it makes: where none can be made,
            # in a read-only folder or on a full disk, and no writer has left any, the database is at rest.
            if more or _has_writers(path):
                raise
    raise AssertionError


def _has_writers(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _explain(home: Path, error: Exception) -> str:
    """Return an error as text, with what to do about it."""
    shortage = find_shortage(home)
    if shortage is not None:
        return f"{error}: {shortage}"
    if isinstance(error, OSError):
        return f"{error.strerror}; set NNIC_HOME to a folder that you can write"
    return str(error)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # The switch does not honour the busy timeout when two processes create the file at once.
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            # Read to its end: what fails behind the first row, as on a full disk, is raised there.
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _elsewhere(home: Path) -> str:
    """Return a folder for the project's files on a local disk."""
    name = home.absolute().parent.name if home.name.startswith(".") else home.name
    return "-".join(filter(None, ("/var/tmp/nnic", str(os.geteuid()), name)))
