"""``# nnic: ignore[NNI101]`` on a line hides the findings of that line."""

from __future__ import annotations

import re

from nnic.diagnostics import Diagnostic
from nnic.source import SourceFile

_IGNORE = re.compile(r"#\s*nnic:\s*ignore\b(?:\[([^\]\r\n]*)\])?")


def without_suppressed(source: SourceFile, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Drop the findings that a comment on one of their lines names."""
    if not diagnostics or "nnic:" not in source.text:
        return diagnostics
    return tuple(d for d in diagnostics if not _is_suppressed(source, d))


def _is_suppressed(source: SourceFile, diagnostic: Diagnostic) -> bool:
    for line in range(diagnostic.line, diagnostic.end_line + 1):
        for match in _IGNORE.finditer(source.lines.line_text(line)):
            codes = {code.strip() for code in (match[1] or "").split(",")} - {""}
            if match[1] is None or diagnostic.code in codes:
                return True
    return False
