"""``# nnic: ignore[NNI101]`` on a line hides the findings of that line from a check.

An error that is hidden is still an error: what is compiled shows it again.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nnic.findings.diagnostics import Diagnostic
from nnic.source import SourceFile

_HIDDEN = "nnic: ignore hides this from nnic lint only; mend it, or take the annotation out"
_IGNORE = re.compile(r"#\s*nnic:\s*ignore\b(?:\[([^\]\r\n]*)\])?")


def without_suppressed(source: SourceFile, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Drop the findings that a comment on one of their lines names."""
    if not diagnostics or "nnic:" not in source.text:
        return diagnostics
    return tuple(d for d in diagnostics if not _is_suppressed(source, d))


def suppressed_errors(source: SourceFile, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The errors among what :func:`without_suppressed` drops, telling that they are hidden."""
    if not diagnostics or "nnic:" not in source.text:
        return ()
    return tuple(replace(d, help=_HIDDEN) for d in diagnostics if d.is_error and _is_suppressed(source, d))


def _is_suppressed(source: SourceFile, diagnostic: Diagnostic) -> bool:
    for line in range(diagnostic.line, diagnostic.end_line + 1):
        for match in _IGNORE.finditer(source.lines.line_text(line)):
            codes = {code.strip() for code in (match[1] or "").split(",")} - {""}
            if match[1] is None or diagnostic.code in codes:
                return True
    return False
