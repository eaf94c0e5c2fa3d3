"""Asks which direction is better where nobody said it and the metric looks like a loss."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from nnic.experiment import Experiment
    from nnic.runtime.loop.observer import Observer, RunResult


def settle_direction(experiment: Experiment) -> None:
    """Ask on a terminal when the name of a metric speaks for minimizing it.

    Raises
    ------
    DirectionError
        When nobody can be asked.
    """
    from nnic.experiment import DirectionError

    try:
        experiment.check_direction()
    except DirectionError as error:
        if not _is_terminal():
            raise
        smaller = typer.confirm(
            f"{error.metric} is reported ({error.place}). Is a smaller one better?", default=True, err=True
        )
        experiment.settings["maximize"] = not smaller


def turn_if_asked(experiment: Experiment, result: RunResult, screen: Observer) -> RunResult:
    """Ask on a terminal when the metric of trial 0 has fallen as a loss does, and go on as is answered."""
    if not is_unclear(result) or not _is_terminal():
        return result
    print(f"{result.name}: {result.reason}.", file=sys.stderr)
    smaller = typer.confirm("Is a smaller metric better?", default=True, err=True)
    return experiment.resume(screen, maximize=not smaller)


def is_unclear(result: RunResult) -> bool:
    """Return whether a run has ended because it is not clear which direction is better."""
    from nnic.runtime.store.records import DIRECTION_UNCLEAR

    return result.reason.startswith(DIRECTION_UNCLEAR)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
