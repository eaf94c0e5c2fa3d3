"""Reads what is to be checked: Python files, the cells of notebooks, and no file of another kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nnic.findings.diagnostics import Diagnostic, Severity
from nnic.project.file_kinds import NOTEBOOK, foreign_kind
from nnic.source import read_source

if TYPE_CHECKING:
    from nnic.check.notebooks import Notebook


class NoProgramError(ValueError):
    """The file is none that annotations are read in; ``help`` is what to do instead."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


def read_python(file: Path) -> tuple[bytes, Notebook | None]:
    """Return the bytes of a Python file, or those of a notebook's code cells and the notebook.

    Raises
    ------
    NoProgramError
        When it is a file of another kind, or a damaged notebook.
    OSError
        When it can't be read.
    """
    kind, is_notebook = foreign_kind(file), file.suffix.lower() == NOTEBOOK
    if kind is not None and not is_notebook:
        file.stat()
        message = f"a {kind} is not a program: nnic reads annotations in Python files and notebooks"
        raise NoProgramError(message, "annotate the value in the script that reads this file")
    data = read_source(file)
    if not is_notebook:
        return data, None
    from nnic.check.notebooks import NotebookError, read_notebook

    try:
        notebook = read_notebook(data)
    except NotebookError as error:
        raise NoProgramError(str(error), "save it again with Jupyter") from None
    return notebook.text.encode("utf-8", "surrogatepass"), notebook


def no_program(shown: str, problem: NoProgramError) -> Diagnostic:
    """Return the finding for a file that is no program."""
    return Diagnostic("NNI115", Severity.ERROR, shown, 1, 1, 1, 1, str(problem), help=problem.help)
