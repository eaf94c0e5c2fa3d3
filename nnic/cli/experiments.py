"""Finding the experiments of the project that a command is called in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.cli.errors import NoExperimentError
from nnic.project import home_for

if TYPE_CHECKING:
    from nnic.runtime.reader import StoreReader


@contextmanager
def open_project() -> Iterator[StoreReader]:
    """Open the store of the project around the working directory.

    Raises
    ------
    NoExperimentError
        When there is none, or, inside the block, when an experiment or a trial is not in it.
    """
    from nnic.runtime.reader import StoreReader, UnknownExperimentError
    from nnic.runtime.schema import StoreError

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
