"""``--python``: the interpreter that runs the trials."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from nnic.project.search_path import Surroundings
from nnic.project.which_python import ChosenPython

PythonOption = Annotated[
    str | None,
    typer.Option(
        metavar="PYTHON",
        help="The Python that runs the trials: a program, or the folder of an environment. "
        "[default: the activated environment's, that of the project's .venv, or nnic's own]",
        show_default=False,
    ),
]


def choose_python(given: str | None, target: str, module: bool = False) -> ChosenPython:
    """Return the interpreter for the script or module ``target``.

    Raises
    ------
    InterpreterError
        When there is no such interpreter, or trials can't run in it.
    ConfigError
        When the project's settings can't be meant.
    """
    from nnic.project.interpreters import check_version, interpreter_at
    from nnic.project.settings import config_for
    from nnic.project.which_python import choose_python as choose

    start = Path.cwd() if module else Path(target).absolute()
    folder = start if start.is_dir() else start.parent
    chosen = choose(given, config_for(folder).python, folder, sys.argv[0])
    if chosen.path != sys.executable:
        check_version(interpreter_at(chosen.path))
    return chosen


def surroundings(given: str | None, target: str) -> Surroundings:
    """Return where the imports of ``target`` are looked for when it is run from here."""
    return Surroundings.here(choose_python(given, target).path)


def tell_python(chosen: ChosenPython) -> None:
    """Say which Python the trials run in, where it is another one than nnic's."""
    if chosen.path == sys.executable:
        return
    from nnic.project.interpreters import interpreter_at

    version = interpreter_at(chosen.path).shown_version
    print(f"nnic: trials run in Python {version}, {chosen.path} ({chosen.why})", file=sys.stderr)
