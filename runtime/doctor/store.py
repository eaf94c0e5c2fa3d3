"""Whether the database is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from nnic.runtime import encoding
from nnic.runtime.config import RunConfig
from nnic.runtime.doctor.findings import Finding, Level
from nnic.runtime.filesystem import network_filesystem
from nnic.runtime.store.connection import connect_reader, database_path
from nnic.runtime.store.log_codec import UnknownEntryError, decode_entry
from nnic.runtime.store.schema import MIGRATIONS
from nnic.runtime.text import counted

_GAPS = """SELECT name FROM experiment JOIN log ON log.experiment = experiment.id
    GROUP BY experiment.id HAVING max(position) + 1 <> count(*)"""


def check_store(home: Path) -> Iterator[Finding]:
    """The version of the database, and the integrity of its pages, its references and its logs."""
    path = database_path(home)
    if network_filesystem(home) is not None:  # said already
        return
    if not path.exists():
        yield Finding(Level.NOTE, "store", f"no experiments in {home} yet", "nnic run SCRIPT")
        return
    try:
        connection, version = connect_reader(path)
        with closing(connection):
            yield from _check_version(path, version)
            if version > 0:
                yield from _check_integrity(path, connection, version)
    except sqlite3.DatabaseError as error:
        yield _damaged(path, str(error))


def _check_version(path: Path, version: int) -> Iterator[Finding]:
    known = len(MIGRATIONS)
    if version > known:
        text = f"{path} was written by a newer nnic (its version is {version}, this one knows {known})"
        yield Finding(Level.PROBLEM, "store", text, "upgrade nnic: pip install --upgrade nnic")
    elif 0 < version < known:
        text = f"{path} is of an older nnic (version {version} of {known})"
        yield Finding(Level.NOTE, "store", text, "the next command upgrades it: nnic status")
    elif version == 0:
        yield Finding(Level.NOTE, "store", f"{path} is empty", "nnic run SCRIPT")


def _check_integrity(path: Path, connection: sqlite3.Connection, version: int) -> Iterator[Finding]:
    faults = [row[0] for row in connection.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
    if faults:
        yield _damaged(path, "; ".join(faults))
        return
    strays = connection.execute("PRAGMA foreign_key_check").fetchall()
    gaps = [row[0] for row in connection.execute(_GAPS)]
    if strays or gaps:
        what = (
            f"{counted(len(strays), 'row belongs', 'rows belong')} to nothing"
            if strays
            else f"entries of {gaps[0]}'s log are missing"
        )
        yield _damaged(path, what)
        return
    unread = _find_unread(path, connection)
    if unread is not None:
        yield unread
        return
    (count,) = connection.execute("SELECT count(*) FROM experiment").fetchone()
    experiments = counted(count, "experiment")
    yield Finding(Level.OK, "store", f"{path.name} is intact: version {version}, {experiments}")


def _find_unread(path: Path, connection: sqlite3.Connection) -> Finding | None:
    """Return what is wrong with the first configuration or entry of a log that this nnic cannot read."""
    for name, config in connection.execute("SELECT name, config FROM experiment ORDER BY id"):
        try:
            RunConfig.from_json(path.parent, name, encoding.loads(config))
        except (ValueError, KeyError, TypeError) as error:
            text = f"the configuration of {name} is not understood: {error}"
            way = "where a newer nnic wrote it: pip install --upgrade nnic"
            return Finding(Level.PROBLEM, "store", text, way)
    rows = connection.execute(
        "SELECT name, position, kind, data FROM log JOIN experiment ON experiment.id = log.experiment "
        "ORDER BY log.experiment, position"
    )
    for name, position, kind, data in rows:
        try:
            decode_entry(kind, data)
        except UnknownEntryError as error:
            text = f"a newer nnic wrote entry {position} of the log of {name} ({error})"
            return Finding(Level.PROBLEM, "store", text, "upgrade nnic: pip install --upgrade nnic")
        except ValueError as error:
            return _damaged(path, f"entry {position} of the log of {name}: {error}")
    return None


def _damaged(path: Path, what: str) -> Finding:
    backups = sorted(path.parent.glob("*.backup"), key=lambda file: file.stat().st_mtime)
    way = f"move it away: mv {path} {path}.damaged"
    if backups:
        way += f", and restore the backup: cp {backups[-1]} {path}"
    way += "; what the trials wrote stays in experiments/"
    return Finding(Level.PROBLEM, "store", f"{path} is damaged: {what}", way)
