"""What other processes ask of an experiment: rows that they write and its manager answers.

A request is committed by whoever asks, so it outlives both: a manager heeds it in its next turn, or
the one of the next resume when none runs. The answer is written in the transaction of what the request
changed, so it is heeded once, whatever is killed.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path

from nnic.runtime import encoding
from nnic.runtime.store.connection import StoreError, database_path, open_reader, open_writer
from nnic.runtime.store.reader import UnknownExperimentError
from nnic.runtime.store.request_kinds import (
    Request,
    StoredRequest,
    UnknownRequest,
    decode_request,
    encode_request,
)

PREPARED = "requests.json"
"""In an experiment's folder: what is asked of it when it begins to exist, as ``[[kind, data], ...]``."""

_COLUMNS = "id, kind, data, time, answered, refused, answer"


def post_request(home: Path, name: str, request: Request) -> int:
    """Write a request to the experiment ``name``, and return its id.

    Raises
    ------
    UnknownExperimentError
        When there is no such experiment.
    StoreError
        When the store cannot be used.
    """
    with closing(open_writer(home)) as connection:
        try:
            row = connection.execute("SELECT id FROM experiment WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise UnknownExperimentError(f"no experiment is called {name!r}")
            statement = "INSERT INTO request (experiment, kind, data, time) VALUES (?,?,?,?)"
            values = (row[0], request.kind, encoding.dumps(encode_request(request)), time.time())
            return connection.execute(statement, values).lastrowid or 0
        except sqlite3.DatabaseError as error:
            raise StoreError(f"cannot write {database_path(home)}: {error}; nothing was requested") from error


def write_prepared(directory: Path, requests: Iterable[Request]) -> None:
    """Have the experiment of a folder heed these requests when it begins to exist."""
    entries = [[request.kind, encode_request(request)] for request in requests]
    if entries:
        (directory / PREPARED).write_text(encoding.dumps(entries), encoding="utf-8")


def read_prepared(directory: Path) -> tuple[Request, ...]:
    """The requests that lie in the folder of an experiment that does not exist yet.

    Raises
    ------
    StoreError
        When one is not understood.
    """
    file = directory / PREPARED
    if not file.exists():
        return ()
    found = []
    for kind, data in encoding.loads(file.read_text(encoding="utf-8")):
        request = decode_request(kind, data)
        if isinstance(request, UnknownRequest):
            raise StoreError(f"{file}: {request.problem}")
        found.append(request)
    return tuple(found)


def pending_requests(home: Path, name: str) -> tuple[StoredRequest, ...]:
    """What was asked of the experiment ``name`` and is not answered yet, oldest first.

    Raises
    ------
    StoreError
        When the store cannot be used.
    """
    with closing(open_reader(home)) as connection:
        row = connection.execute("SELECT id FROM experiment WHERE name = ?", (name,)).fetchone()
        return () if row is None else unanswered(connection, row[0])


def read_request(home: Path, request: int) -> StoredRequest | None:
    """The request as it is now; ``None`` when there is none of this id.

    Raises
    ------
    StoreError
        When the store cannot be used.
    """
    with closing(open_reader(home)) as connection:
        row = connection.execute(f"SELECT {_COLUMNS} FROM request WHERE id = ?", (request,)).fetchone()
    return None if row is None else _request(row)


def unanswered(
    connection: sqlite3.Connection, experiment: int, but: Collection[int] = ()
) -> tuple[StoredRequest, ...]:
    """The requests to the experiment of this row id that wait for an answer, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM request WHERE experiment = ? AND answered IS NULL ORDER BY id", (experiment,)
    ).fetchall()
    return tuple(_request(row) for row in rows if row[0] not in but)


def _request(row: tuple[int, str, str, float, float | None, int, str]) -> StoredRequest:
    number, kind, data, when, answered, refused, answer = row
    request = decode_request(kind, encoding.loads(data))
    return StoredRequest(number, request, when, answered, bool(refused), answer)
