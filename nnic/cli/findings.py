"""Showing what compiling found."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnic.findings.diagnostics import Diagnostic


def print_wanted(found: Iterable[Diagnostic]) -> None:
    """Print findings on standard error, but for those that the project ignores."""
    print_findings(_wanted(found))


def summarize_wanted(found: Iterable[Diagnostic]) -> list[str]:
    """Return a line for each warning that the project does not ignore, to be read again after a run."""
    from nnic.findings.diagnostics import Severity

    return [
        f"{d.severity.value}: {d.path}:{d.line}: {d.message} ({d.code})"
        for d in _wanted(found)
        if d.severity is Severity.WARNING
    ]


def print_findings(found: Iterable[Diagnostic]) -> None:
    """Print findings on standard error, as people read them."""
    from nnic.findings.render import render_text

    for diagnostic in found:
        print(render_text(diagnostic), end="\n\n", file=sys.stderr)


def _wanted(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out what the project ignores; errors are always shown, for they stop everything."""
    from nnic.project.settings import config_for

    for diagnostic in found:
        file = Path(diagnostic.path)
        if diagnostic.is_error or config_for(file).selection_for(file).wants(diagnostic.code):
            yield diagnostic
