"""Tells what a line has of a newer Python than the one that can't parse it."""

from __future__ import annotations

import re
import sys

# Syntax by the Python that it needs, as a line with it looks.
_NEWER = (
    ((3, 12), "a type statement", re.compile(r"^\s*type\s+\w+\s*[=\[]")),
    ((3, 12), "a type parameter", re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\[")),
    ((3, 14), "a template string", re.compile(r"\b(?:[tT][rR]?|[rR][tT])['\"]")),
    ((3, 14), "except without parentheses", re.compile(r"^\s*except\b[\s*]*[^\s(:][^(:]*,")),
    ((3, 15), "a lazy import", re.compile(r"^\s*lazy\s+(?:import|from)\b")),
)


def newer_syntax(text: str) -> str | None:
    """Tell which Python the line ``text`` is written for, or ``None`` where it has nothing of a newer one."""
    for version, name, pattern in _NEWER:
        if sys.version_info < version and pattern.search(text):
            newer, this = (".".join(map(str, numbers[:2])) for numbers in (version, sys.version_info))
            return f"{name} needs Python {newer}, and this is {this}; run nnic with the Python of the script"
    return None
