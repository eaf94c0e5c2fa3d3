"""How commands fail: exit statuses, and the errors that carry them."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from nnic.findings.errors import CompileError
from nnic.runtime.errors import ExplainedError, UnknownNameError, WrongInputError

FINDINGS = 1
USAGE = 2
NO_EXPERIMENT = 3
INTERNAL = 70
INTERRUPTED = 130


class CommandError(ExplainedError):
    """A command can't do what was asked; the message names the place and the next step."""

    status = FINDINGS


class UsageError(CommandError):
    """The command was called with something that makes no sense."""

    status = USAGE


class NoExperimentError(CommandError):
    """There is no experiment of that name, or none at all."""

    status = NO_EXPERIMENT


def status_of(error: ExplainedError) -> int:
    """Return the exit status for an error that a person can mend."""
    if isinstance(error, CommandError):
        return error.status
    if isinstance(error, UnknownNameError):
        return NO_EXPERIMENT
    return USAGE if isinstance(error, WrongInputError) else FINDINGS


def check_working_directory(words: Sequence[str]) -> None:
    """Refuse to run a command in a folder that was removed; only help is possible there.

    Raises
    ------
    UsageError
        Saying so.
    """
    try:
        os.getcwd()
    except OSError as error:
        if not {"--help", "-h", "--version"} & set(words):
            raise UsageError(
                f"the working directory can't be used ({error.strerror}): it was probably removed; "
                "change to a folder that exists"
            ) from None


_WAYS_OUT = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EROFS: "set NNIC_HOME to a folder that can be written",
    errno.EACCES: "set NNIC_HOME to a folder of your own, or fix its permissions",
    errno.EPERM: "set NNIC_HOME to a folder of your own, or fix its permissions",
    errno.EMFILE: "raise the limit (ulimit -n), or run fewer trials at once (--jobs)",
    errno.ENFILE: "close some programs: the machine has no file descriptors left",
    errno.EAGAIN: "raise the limit of processes (ulimit -u), or run fewer trials at once (--jobs)",
    errno.ENOMEM: "free some memory, or run fewer trials at once (--jobs)",
    errno.ENOBUFS: "free some memory, or run fewer trials at once (--jobs)",
    errno.ENOLCK: "set NNIC_HOME to a folder on a disk that has locks",
    errno.EIO: "check the disk",
    errno.ENAMETOOLONG: "set NNIC_HOME to a folder with a shorter path",
    errno.ENOTDIR: "set NNIC_HOME to a folder",
    errno.EEXIST: "set NNIC_HOME to a folder",
    errno.ENOENT: "set NNIC_HOME to a folder that can be made",
}


def print_error(error: ExplainedError) -> None:
    """Say on standard error what is wrong; of a script that was not compiled, all findings."""
    if isinstance(error, CompileError):
        from nnic.cli.findings import print_wanted

        print_wanted(error.diagnostics)
        print(f"nnic: {error.script} was not compiled; fix the errors above", file=sys.stderr)
    else:
        print(f"nnic: {error}", file=sys.stderr)


def describe_surroundings(error: BaseException) -> str | None:
    """Return what to say of an error that is the machine's, ``None`` when it may be a fault of nnic."""
    if isinstance(error, MemoryError):
        return f"not enough memory; {_WAYS_OUT[errno.ENOMEM]}"
    if isinstance(error, ImportError) and not isinstance(error, ModuleNotFoundError) and error.__cause__:
        error = error.__cause__  # That of a library which could not be loaded, as scipy words it.
    if isinstance(error, ImportError) and _is_library(error.path):
        return f"cannot load {error.path}: {error}; check the memory, the disk and the limits (ulimit -a)"
    if not isinstance(error, OSError) or error.errno not in _WAYS_OUT:
        return None
    if error.errno in (errno.ENOENT, errno.EEXIST, errno.ENOTDIR):
        home = os.environ.get("NNIC_HOME")
        if not home or not str(error.filename).startswith(home):
            return None
    if error.errno in (errno.ENOSPC, errno.EDQUOT) and not error.filename:
        full = _find_full_disk()
        if full is not None:
            return full
    place = f": {error.filename}" if error.filename else ""
    if not place and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        place = ": while reading or writing"
    return f"{error.strerror}{place}; {_WAYS_OUT[error.errno]}"


def _is_library(path: str | None) -> bool:
    """Whether a file is one that the system loads, and no Python."""
    return path is not None and ".so" in path


def _find_full_disk() -> str | None:
    """Return what is full when a write fails: the disk of the experiments may be, or that of the output."""
    from nnic.project.home import home_for
    from nnic.runtime.disk_space import find_shortage

    home = home_for(Path.cwd())
    return find_shortage(next(folder for folder in (home, *home.parents) if folder.is_dir()))


def report_bug(error: BaseException) -> None:
    """Print an exception that we did not foresee, with what helps to mend it."""
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    print(
        "nnic: this is a fault of nnic, not of your script; please report it with the lines above.",
        file=sys.stderr,
    )
