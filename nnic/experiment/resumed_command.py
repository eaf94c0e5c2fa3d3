"""The command of the trials of a resumed search: with the Python that it had, or another one."""

from __future__ import annotations

import os
from pathlib import Path

from nnic.project.interpreters import check_version, interpreter_at
from nnic.project.which_python import python_at
from nnic.runtime.errors import ExplainedError, WrongInputError
from nnic.runtime.store.records import ExperimentRecord


class PythonGoneError(ExplainedError):
    """The Python that a search ran its trials in is not there any more."""


def resumed_command(record: ExperimentRecord, python: str | Path | None) -> tuple[str, ...] | None:
    """Return the command with the Python that is given, ``None`` where it stays as it was.

    Raises
    ------
    InterpreterError
        When trials can't run in what is given.
    PythonGoneError
        When nothing is given, and the Python of the search is gone.
    """
    argv = record.config.argv
    if record.config.script:
        if python is not None:
            raise WrongInputError(
                f"a command starts the trials of {record.name}, with the Python that it names"
            )
        return None
    if python is not None:
        path = python_at(str(python), Path.cwd(), "--python")
        check_version(interpreter_at(path))
        return (path, *argv[1:])
    if os.path.isabs(argv[0]) and not os.path.exists(argv[0]):
        raise PythonGoneError(
            f"the trials of {record.name} ran in {argv[0]}, which is gone; go on in another Python: "
            f"nnic resume {record.name} --python PYTHON"
        )
    return None
