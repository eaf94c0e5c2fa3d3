"""What other processes ask of an experiment: rows that they write and its manager answers.

A request is committed by whoever asks, so it outlives both: a manager heeds it in its next turn, or
the one of the next resume when none runs. The answer is written in the transaction of what the request
changed, so it is heeded once, whatever is killed.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnic.runtime import encoding
from nnic.runtime.store.connection import StoreError, database_path, open_reader, open_writer
from nnic.runtime.store.reader import UnknownExperimentError


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an experiment.

    Parameters
    ----------
    kind, data
        What is asked, as plain JSON values; the meaning is that of the kind.
    time
        When it was asked, in Unix seconds.
    answered
        When it was answered; ``None`` until then.
    refused, answer
        Whether it was refused, and what a person should read about it.
    """

    id: int
    kind: str
    data: Mapping[str, Any]
    time: float
    answered: float | None = None
    refused: bool = False
    answer: str = ""


PREPARED = "requests.json"
"""In an experiment's folder: what is asked of it when it begins to exist, ``[[kind, data], ...]``."""

_COLUMNS = "id, kind, data, time, answered, refused, answer"


def post_request(home: Path, name: str, kind: str, data: Mapping[str, Any]) -> int:
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
            values = (row[0], kind, encoding.dumps(data), time.time())
            return connection.execute(statement, values).lastrowid or 0
        except sqlite3.DatabaseError as error:
            raise StoreError(f"cannot write {database_path(home)}: {error}; nothing was asked") from error


def read_prepared(directory: Path) -> list[tuple[str, dict[str, Any]]]:
    """The requests that lie in the folder of an experiment that does not exist yet."""
    file = directory / PREPARED
    if not file.exists():
        return []
    return [(kind, data) for kind, data in encoding.loads(file.read_text(encoding="utf-8"))]


def pending_requests(home: Path, name: str) -> tuple[Request, ...]:
    """What was asked of the experiment ``name`` and is not answered yet, oldest first.

    Raises
    ------
    StoreError
        When the store cannot be used.
    """
    with closing(open_reader(home)) as connection:
        row = connection.execute("SELECT id FROM experiment WHERE name = ?", (name,)).fetchone()
        return () if row is None else unanswered(connection, row[0])


def read_request(home: Path, request: int) -> Request | None:
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
) -> tuple[Request, ...]:
    """The requests to the experiment of this row id that wait for an answer, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM request WHERE experiment = ? AND answered IS NULL ORDER BY id", (experiment,)
    ).fetchall()
    return tuple(_request(row) for row in rows if row[0] not in but)


def _request(row: tuple[Any, ...]) -> Request:
    number, kind, data, when, answered, refused, answer = row
    return Request(number, kind, encoding.loads(data), when, answered, bool(refused), answer)
