"""Differences between texts, as ``patch`` and ``git apply`` read them."""

from __future__ import annotations

import difflib
import re


def unified_diff(path: str, before: str, after: str, context: int = 3) -> str:
    """Return the unified diff of a file; line ends count, a missing last one is marked."""
    old, new = _lines(before), _lines(after)
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=context)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    """Return what ``patch`` takes for lines: a form feed ends none, nor does a lone carriage return."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
