"""Parses what users wrote: without Python's warnings, and without the ``u`` before strings."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Literal, cast, overload

_PREFIX = re.compile(r"\b[uU]['\"]")


@overload
def parse_text(text: str, mode: Literal["exec"] = "exec", filename: str = "<unknown>") -> ast.Module: ...
@overload
def parse_text(text: str, mode: Literal["eval"], filename: str = "<unknown>") -> ast.Expression: ...
def parse_text(
    text: str, mode: Literal["exec", "eval"] = "exec", filename: str = "<unknown>"
) -> ast.Module | ast.Expression:
    """The tree of ``text``. Formatters drop the ``u``, so nothing that we print may depend on it.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        As ``ast.parse`` does.
    """
    with warnings.catch_warnings():
        # A user's invalid escape sequence is reported when he runs the file, not by us.
        warnings.simplefilter("ignore")
        tree = cast("ast.Module | ast.Expression", ast.parse(text, filename, mode))
    if _PREFIX.search(text):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant):
                node.kind = None
    return tree
