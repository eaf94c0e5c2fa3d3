"""Telling what an experiment answered, and what of somebody's results it can't use."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.cli.errors import CommandError
from nnic.screens.commands import command

if TYPE_CHECKING:
    from nnic.experiment import Experiment
    from nnic.results.earlier_results import EarlierResults

_SHOWN = 10


def print_answer(experiment: Experiment, answer: str) -> None:
    """Print what the experiment answered; ``""`` when it has not yet."""
    name = experiment.name
    if answer:
        print(f"{name}: {answer}")
    elif experiment.running:
        print(f"{name} is busy and will answer soon. See: {command('status', name)}")
    else:
        print(f"{name} is not running. This is done when it continues: {command('resume', name)}")


def import_file(experiment: Experiment, file: Path, earlier: Mapping[str, str] | None = None) -> str:
    """Tell the experiment the results in ``file``, and return its answer; what does not fit is told on
    standard error.

    Raises
    ------
    CommandError
        When there is nothing in it that fits.
    """
    from nnic.control import NothingFitsError, RefusedError

    try:
        found = experiment.import_results(file, earlier=earlier)
    except NothingFitsError as error:
        found = error.found
    except RefusedError:
        raise
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}") from None
    except ValueError as error:
        raise CommandError(f"{file}: {error}") from None
    print_problems(found, f"{file}")
    return found.answer


def print_problems(found: EarlierResults, source: str) -> None:
    """Say on standard error what of ``source`` does not fit.

    Raises
    ------
    CommandError
        When nothing of it does.
    """
    for problem in found.problems[:_SHOWN]:
        print(f"nnic: {source}, {problem}", file=sys.stderr)
    if len(found.problems) > _SHOWN:
        print(f"nnic: {source}: {len(found.problems) - _SHOWN} more do not fit", file=sys.stderr)
    if any("has no value" in problem for problem in found.problems):
        print("nnic: what a parameter was then can be stated: --earlier NAME=VALUE", file=sys.stderr)
    if not found.results:
        raise CommandError(f"{source} has no result that fits the search space")
    if found.without:
        print(f"nnic: {source}: {found.without} without a result are left out", file=sys.stderr)
