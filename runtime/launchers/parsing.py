"""Parses a user's file, whose warnings Python shows where it runs."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path


def parse_file(path: Path) -> ast.Module | None:
    """The tree of a file, ``None`` where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError):
            return None
