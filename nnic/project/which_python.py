"""Which Python runs the trials: what runs ``python train.py`` for who calls nnic."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from nnic.project.interpreters import InterpreterError

_ENVIRONMENTS = (".venv", "venv")
_ROOTS = (".git", ".hg")
# Folders, one in the other, in which tools keep an environment for one program alone.
_OF_TOOLS = (("pipx", "venvs"), ("uv", "tools"), ("uv", "archive-v0"), ("uv", "environments-v2"))


@dataclass(frozen=True, slots=True)
class ChosenPython:
    """An interpreter for the trials.

    Parameters
    ----------
    path
        What is executed.
    why
        Where it comes from, for a person; ``""`` for the one that runs nnic.
    """

    path: str
    why: str = ""


def choose_python(given: str | None, setting: str | None, start: Path, called: str) -> ChosenPython:
    """Choose the interpreter for a command.

    Parameters
    ----------
    given
        The option ``--python``.
    setting
        What ``[tool.nnic]`` says.
    start
        The folder of the script: the project around it may have an environment.
    called
        How nnic was called, ``sys.argv[0]``.

    Returns
    -------
    ChosenPython
        What was given, else what is set, else the activated environment's, else that of the project's
        ``.venv``. nnic's own where nnic was called from an environment that was named by its path, as
        ``.venv/bin/nnic`` and ``python -m nnic`` do, and where nothing else is there.

    Raises
    ------
    InterpreterError
        When what was given or set is no interpreter.
    """
    if given is not None:
        return ChosenPython(python_at(given, Path.cwd(), "--python"), "--python")
    if setting is not None:
        return ChosenPython(python_at(setting, Path("/"), "[tool.nnic] python"), "[tool.nnic] python")
    apart = _is_of_tool(Path(sys.prefix))
    if not apart and not _called_by_name(called):
        return ChosenPython(sys.executable)
    for path, why in _candidates(start, apart):
        if os.access(path, os.X_OK):
            own = os.path.realpath(os.path.dirname(path)) == os.path.realpath(os.path.dirname(sys.executable))
            return ChosenPython(sys.executable) if own else ChosenPython(path, why)
    return ChosenPython(sys.executable)


def python_at(text: str, base: Path, what: str) -> str:
    """Return the interpreter that ``text`` names: a program, a name on ``PATH``, or an environment's folder.

    Raises
    ------
    InterpreterError
        When there is none; begins with ``what``.
    """
    path = os.path.abspath(os.path.join(base, os.path.expanduser(text)))
    if os.path.isdir(path):
        inner = _of_environment(path)
        if inner is None:
            raise InterpreterError(f"{what} {text}: this folder is no environment, it has no bin/python")
        return inner
    if os.access(path, os.X_OK):
        return without_shim(path)
    named = None if os.sep in text else shutil.which(text)
    if named is not None:
        return without_shim(os.path.abspath(named))
    why = "it is no program" if os.path.exists(path) else "there is no such Python"
    raise InterpreterError(f"{what} {text}: {why}; name a Python or the folder of an environment")


def without_shim(path: str) -> str:
    """Return what a shim of pyenv, asdf or mise starts in this folder; another path as it is."""
    if os.path.basename(os.path.dirname(path)) != "shims":
        return path
    try:
        answer = subprocess.run(
            [path, "-c", "import sys; print(sys.executable)"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return path
    found = answer.stdout.strip()
    return found if os.path.isabs(found) and os.access(found, os.X_OK) else path


def other_pythons(start: Path) -> Iterator[str]:
    """Return the interpreters that may be meant in the folder ``start``, the most likely one first."""
    yield from (path for path, _ in _candidates(start, apart=True) if os.access(path, os.X_OK))


def _candidates(start: Path, apart: bool) -> Iterator[tuple[str, str]]:
    """Return what may be meant where nothing was said, the most likely one first."""
    activated = os.environ.get("VIRTUAL_ENV")
    conda = os.environ.get("CONDA_PREFIX")
    # The base environment of conda is as a rule activated by every shell, whatever it is used for.
    base = os.environ.get("CONDA_DEFAULT_ENV") in ("base", "root")
    environments = [(activated, "the activated environment")]
    environments += [] if base else [(conda, "the activated conda environment")]
    on_path = shutil.which("python") or shutil.which("python3") or ""
    # With both, the one that was activated last is the one that the shell finds first.
    environments.sort(key=lambda item: not (item[0] and on_path.startswith(os.path.join(item[0], ""))))
    for folder, why in environments:
        path = _of_environment(folder) if folder else None
        if path is not None:
            yield path, why
    for folder in _project_environments(start):
        path = _of_environment(folder)
        if path is not None:
            yield path, f"the environment {os.path.basename(folder)} of the project"
    path = _of_environment(conda) if base and conda else None
    if path is not None and (apart or os.path.realpath(sys.prefix) == os.path.realpath(str(conda))):
        yield path, "the activated conda environment"
    if apart and on_path:
        yield without_shim(os.path.abspath(on_path)), "the first one on PATH"


def _of_environment(folder: str) -> str | None:
    for name in ("python", "python3"):
        path = os.path.join(folder, "bin", name)
        if os.access(path, os.X_OK):
            return os.path.abspath(path)
    return None


def _project_environments(start: Path) -> Iterator[str]:
    """Return the environments in the folders around ``start``, up to the top of its repository.

    Without a repository only the project's own folder counts: ``start``, or above it the first one that has a
    ``pyproject.toml``.
    """
    above = [start.absolute(), *start.absolute().parents]
    top = next((folder for folder in above if any((folder / name).exists() for name in _ROOTS)), None)
    top = top or next((folder for folder in above if (folder / "pyproject.toml").is_file()), above[0])
    here = Path.cwd()
    for folder in dict.fromkeys((*above[: above.index(top) + 1], here)):
        for name in _ENVIRONMENTS:
            if (folder / name / "pyvenv.cfg").is_file() or (folder / name / "conda-meta").is_dir():
                yield os.fspath(folder / name)


def _is_of_tool(prefix: Path) -> bool:
    """Tell whether an environment holds one program alone, so that no script is meant to run in it."""
    if any((prefix / name).exists() for name in ("pipx_metadata.json", "uv-receipt.toml")):
        return True
    parts = prefix.parts
    return any(pair in _OF_TOOLS for pair in pairwise(parts))


def _called_by_name(called: str) -> bool:
    """Tell whether nnic was called as ``nnic``, found on ``PATH``."""
    name = os.path.basename(called)
    found = shutil.which(name) if name.startswith("nnic") else None
    try:
        return found is not None and os.path.samefile(found, called)
    except OSError:
        return False
