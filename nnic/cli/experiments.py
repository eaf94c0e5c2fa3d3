"""Finding the experiments of the project that a command is called in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.cli.errors import NoExperimentError
from nnic.project.home import home_for

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


@contextmanager
def open_project() -> Iterator[Path]:
    """Return the ``NNIC_HOME`` of the project around the working directory.

    Raises
    ------
    UnknownExperimentError, NoExperimentError
        When there is no store in it, or, inside the block, when an experiment is not in it.
    """
    from nnic.results.stored import open_store

    home = home_for(Path.cwd())
    with _unless_unusable(), open_store(home):
        yield home


def list_experiments() -> tuple[ExperimentStatus, ...]:
    """Return how all experiments stand, oldest first.

    Raises
    ------
    UnknownExperimentError, NoExperimentError
        When there is no store of any.
    """
    from nnic.api import list_experiments

    with _unless_unusable():
        return list_experiments(home_for(Path.cwd()))


@contextmanager
def _unless_unusable() -> Iterator[None]:
    """Report a store that can't be used as a project without experiments is reported."""
    from nnic.runtime.store.connection import StoreError

    try:
        yield
    except StoreError as error:
        raise NoExperimentError(str(error)) from None
