"""How commands fail: exit statuses, and the errors that carry them."""

from __future__ import annotations

import sys
import traceback

FINDINGS = 1
USAGE = 2
NO_EXPERIMENT = 3
INTERNAL = 70
INTERRUPTED = 130


class CommandError(Exception):
    """A command can't do what was asked; the message names the place and the next step."""

    status = FINDINGS

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        if status is not None:
            self.status = status


class UsageError(CommandError):
    """The command was called with something that makes no sense."""

    status = USAGE


class NoExperimentError(CommandError):
    """There is no experiment of that name, or none at all."""

    status = NO_EXPERIMENT


def report_bug(error: BaseException) -> None:
    """Print an exception that we did not foresee, with what helps to mend it."""
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    print(
        "nnic: this is a fault of nnic, not of your script; please report it with the lines above.",
        file=sys.stderr,
    )
