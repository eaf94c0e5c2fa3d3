"""Opening what a project has stored of its experiments."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnic.runtime.errors import ExplainedError
from nnic.runtime.store.connection import database_path, describe_mending
from nnic.runtime.store.reader import StoreReader, UnknownExperimentError


class DamagedStoreError(ExplainedError):
    """The store can't be read; the message says what to do."""


class NoResultError(ExplainedError, ValueError):
    """No trial of an experiment has a result yet."""


@contextmanager
def open_store(home: Path) -> Iterator[StoreReader]:
    """Open the store of the project whose ``NNIC_HOME`` is ``home``, for reading.

    Raises
    ------
    UnknownExperimentError
        When there is none, or, inside the block, when an experiment or a trial is not in it.
    StoreError
        When it cannot be used, as when a newer nnic wrote it.
    DamagedStoreError
        When it is no database, or a damaged one.
    """
    file = database_path(home)
    if not file.exists():
        raise UnknownExperimentError(f"no experiments in {home}; start one: nnic run SCRIPT")
    try:
        with StoreReader(home) as reader:
            yield reader
    except UnknownExperimentError as error:
        raise UnknownExperimentError(f"{error} (in {home})") from None
    except sqlite3.DatabaseError as error:
        raise DamagedStoreError(f"cannot read {file}: {error}; {describe_mending(error)}") from None
