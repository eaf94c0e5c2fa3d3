"""Copies the store while experiments run, and puts a copy back when none does."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from nnic.runtime.disk_space import find_shortage
from nnic.runtime.store.connection import connect_reader, database_path
from nnic.runtime.store.lock import find_manager
from nnic.runtime.store.schema import MIGRATIONS, StoreError, describe_newer, version_of


def back_up(home: Path, target: Path) -> None:
    """Copy the project's database to ``target``, which appears as a whole or not at all.

    Raises
    ------
    StoreError
        When there is no database, or the copy cannot be written.
    """
    path = database_path(home)
    if not path.exists():
        raise StoreError(f"there are no experiments here yet: {path} does not exist")
    try:
        connection, _ = connect_reader(path)
        with closing(connection):
            _copy(connection, target)
    except (OSError, sqlite3.Error) as error:
        cause = find_shortage(target.parent) or getattr(error, "strerror", None) or error
        raise StoreError(f"cannot write {target}: {cause}") from error


def put_back(home: Path, source: Path, kept: Path) -> None:
    """Make the copy ``source`` the project's database; the one that was there is kept as ``kept``.

    Raises
    ------
    StoreError
        When an experiment runs, ``source`` is not a database of nnic or of a newer version, or the database
        cannot be written; the one that was there is then as it was.
    """
    _refuse_while_run(home)
    path = database_path(home)
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            _check(source, copy)
            if path.exists():
                _keep(path, kept)
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _copy(copy, path)
    except (OSError, sqlite3.Error) as error:
        cause = find_shortage(home) or getattr(error, "strerror", None) or error
        raise StoreError(f"cannot restore {source}: {cause}") from error


def _check(source: Path, copy: sqlite3.Connection) -> None:
    version = version_of(copy)
    if version > len(MIGRATIONS):
        raise StoreError(describe_newer(source, version, len(MIGRATIONS)))
    if version == 0:
        raise StoreError(f"{source} is not a database of nnic")
    damage = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if damage != "ok":
        raise StoreError(f"{source} is damaged: {damage}")


def _keep(path: Path, kept: Path) -> None:
    """Move the database aside with what belongs to it, readable or not."""
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            os.rename(f"{path}{suffix}", f"{kept}{suffix}")


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.close(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(aside)) as copy:
            connection.backup(copy)
            # The copy is one file, whatever the mode of the store.
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        descriptor = os.open(aside, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)


def _refuse_while_run(home: Path) -> None:
    for folder in sorted((home / "experiments").glob("*/")):
        manager = find_manager(home, folder.name)
        if manager is not None:
            raise StoreError(
                f"{folder.name} is being run by process {manager.pid}; stop it first: nnic stop {folder.name}"
            )
