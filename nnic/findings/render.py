"""Findings as text with the source line and a caret, and as JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from nnic.findings.diagnostics import Diagnostic
from nnic.findings.fixes import Fix


def render_text(diagnostic: Diagnostic) -> str:
    """Return a finding as people read it, several lines without a line break at the end."""
    d = diagnostic
    head = f"{d.path}:{d.line}:{d.column}: {d.severity.value}[{d.code}]: {d.message}"
    gutter = " " * max(len(str(d.line)), 2)
    rows = [head]
    if d.excerpt:
        marks = _padding(d.excerpt[: d.column - 1]) + "^" * _marked_width(d, d.excerpt)
        rows += [f"{gutter} |", f"{d.line:>{len(gutter)}} | {d.excerpt.rstrip()}", f"{gutter} | {marks}"]
    for related in d.related:
        rows.append(f"{gutter} = note: {related.path}:{related.line}:{related.column}: {related.message}")
    if d.help:
        rows.append(f"{gutter} = help: {d.help}")
    if d.fix:
        rows.append(f"{gutter} = fix: {d.fix.text}{_how(d.fix)}")
    return "\n".join(rows)


def _how(fix: Fix) -> str:
    """Return the command that makes the fix."""
    if not fix.edits:
        return ""
    return f"      nnic lint --fix{'' if fix.safe else ' --unsafe-fixes'}"


def render_json(diagnostics: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """Findings as plain JSON values."""
    return [diagnostic.to_json() for diagnostic in diagnostics]


def _padding(before: str) -> str:
    """Blanks as wide as ``before`` on a terminal; tabs stay, because their width depends on it."""
    return "".join("\t" if char == "\t" else " " * _width(char) for char in before)


def _marked_width(diagnostic: Diagnostic, excerpt: str) -> int:
    start = diagnostic.column - 1
    end = diagnostic.end_column - 1 if diagnostic.end_line == diagnostic.line else len(excerpt)
    return max(sum(_width(char) for char in excerpt[start:end].rstrip()), 1)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
