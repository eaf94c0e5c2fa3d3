"""Differences between texts, as ``patch`` and ``git apply`` read them."""

from __future__ import annotations

import difflib


def unified_diff(path: str, before: str, after: str, context: int = 3) -> str:
    """Return the unified diff of a file; line ends count, a missing last one is marked."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=context)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
