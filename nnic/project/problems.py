"""How people are shown a file, and the finding for one that can't be read."""

from __future__ import annotations

import os
from pathlib import Path

from nnic.findings.diagnostics import Diagnostic, Severity
from nnic.runtime.text import printable
from nnic.source import UndecodableError


def shown_path(file: Path | str, root: Path | str) -> str:
    """Return ``file`` as people are shown it: relative to ``root`` where it lies below, on one line, and of
    characters that a terminal takes."""
    prefix = os.path.join(os.path.abspath(root), "")
    path = os.path.abspath(file)
    path = "." if os.path.join(path, "") == prefix else path.removeprefix(prefix).replace(os.sep, "/")
    return printable(path)


def unreadable(shown: str, problem: OSError | UndecodableError) -> Diagnostic:
    """Return the finding for a file or folder that can't be read, or is no text."""
    if isinstance(problem, UndecodableError):
        return Diagnostic(
            "NNI115",
            Severity.ERROR,
            shown,
            problem.line,
            problem.column,
            problem.line,
            problem.column,
            f"the file can't be decoded: {problem}",
            help="save the file as UTF-8, or declare its encoding on the first line, as # coding: latin-1",
            excerpt=problem.excerpt,
        )
    why = f"it can't be read: {problem.strerror or problem}"
    return Diagnostic("NNI115", Severity.ERROR, shown, 1, 1, 1, 1, why)
