"""Finding the experiments of the project that a command is called in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.cli.errors import CommandError, NoExperimentError
from nnic.project.home import home_for

if TYPE_CHECKING:
    from nnic.runtime.store.reader import StoreReader
    from nnic.runtime.store.records import ExperimentRecord


@contextmanager
def open_project() -> Iterator[StoreReader]:
    """Open the store of the project around the working directory.

    Raises
    ------
    NoExperimentError
        When there is none, or, inside the block, when an experiment or a trial is not in it.
    """
    import sqlite3

    from nnic.runtime.store.connection import StoreError
    from nnic.runtime.store.reader import StoreReader, UnknownExperimentError

    home = home_for(Path.cwd())
    if not (home / "nnic.db").exists():
        raise NoExperimentError(f"no experiments in {home}; start one: nnic run SCRIPT")
    try:
        with StoreReader(home) as reader:
            yield reader
    except UnknownExperimentError as error:
        raise NoExperimentError(f"{error.args[0]} (in {home})") from None
    except StoreError as error:
        raise NoExperimentError(str(error)) from None
    except sqlite3.DatabaseError as error:
        raise CommandError(
            f"cannot read {home / 'nnic.db'}: {error}; when it is damaged, move it away\n"
            "  (what the trials wrote stays in experiments/ beside it)"
        ) from None


def is_killed(reader: StoreReader, record: ExperimentRecord) -> bool:
    """Return whether ``record`` says that it runs although its manager is gone."""
    from nnic.runtime.store.records import ExperimentState

    return record.state is ExperimentState.RUNNING and not has_manager(reader, record)


def has_manager(reader: StoreReader, record: ExperimentRecord) -> bool:
    """Return whether a process runs the experiment."""
    from nnic.runtime.store.lock import find_manager

    return find_manager(reader.home, record.name) is not None


def require_program(record: ExperimentRecord) -> None:
    """Refuse an experiment whose compiled program is no longer there.

    Raises
    ------
    CommandError
        When it was deleted.
    """
    if not (record.config.program / "program.json").is_file():
        raise CommandError(
            f"{record.config.program} was deleted, and with it the program of {record.name};\n"
            f"  its results are still there: nnic trials {record.name}. Search anew: nnic run"
        )
