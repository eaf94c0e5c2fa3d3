"""Finding the experiments of the project that a command is called in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.cli.errors import NoExperimentError

if TYPE_CHECKING:
    from nnic.experiment import Experiment
    from nnic.results.status import ExperimentStatus


def open_experiment(name: str | None) -> Experiment:
    """Return the experiment of this name, the latest for ``None``.

    Raises
    ------
    UnknownExperimentError, NoExperimentError
        When there is none.
    """
    from nnic.experiment import Experiment

    with _unless_unusable():
        return Experiment.open(name)


def tell_home(home: Path, *starts: Path) -> None:
    """Say where experiments are that are about to be used for more than reading, where that is not clear."""
    from nnic.project.home import named_beforehand
    from nnic.runtime.store.connection import database_path

    if any(named_beforehand(home, start) for start in (Path.cwd(), *starts)):
        print(f"nnic: uses the experiments in {home}, in a folder above", file=sys.stderr)
    elif home.is_symlink() and not database_path(home).exists():
        print(f"nnic: {home} is a link; experiments are kept in {home.resolve()}", file=sys.stderr)


@contextmanager
def open_project(name: str | None = None) -> Iterator[Path]:
    """Return the ``NNIC_HOME`` that holds the experiment ``name``, or else that of the latest one.

    Raises
    ------
    UnknownExperimentError, NoExperimentError
        When there is no store in it, or, inside the block, when an experiment is not in it.
    """
    from nnic.results.finding_home import find_home
    from nnic.results.stored import open_store

    with _unless_unusable():
        home = find_home(name)
        with open_store(home):
            yield home


def home_of_experiments() -> Path:
    """Return the ``NNIC_HOME`` of the latest experiment here; where there is none, that of the project."""
    from nnic.project.last_runs import homes_here
    from nnic.runtime.store.connection import database_path

    homes = homes_here()
    return next((home for home in homes if database_path(home).exists()), homes[0])


def list_experiments() -> tuple[Path, tuple[ExperimentStatus, ...], dict[str, str]]:
    """Return where the experiments are, how all of them stand, oldest first, and why some can't be read.

    Raises
    ------
    UnknownExperimentError, NoExperimentError
        When there is no store of any.
    """
    from nnic.api import list_experiments
    from nnic.results.finding_home import find_home

    problems: dict[str, str] = {}
    with _unless_unusable():
        home = find_home()
        return home, list_experiments(home, problems), problems


@contextmanager
def _unless_unusable() -> Iterator[None]:
    """Report a store that can't be used as a project without experiments is reported."""
    from nnic.runtime.store.connection import StoreError

    try:
        yield
    except StoreError as error:
        raise NoExperimentError(str(error)) from None
