"""Parses what users wrote: without Python's warnings, and without the ``u`` before strings where a formatter
may drop it."""

from __future__ import annotations

import ast
import re
import warnings

from nnic.source import SourceFile
from nnic.syntax.walking import walk

_PREFIX = re.compile(r"\b[uU]['\"]")


def parse_text(text: str, filename: str = "<unknown>") -> ast.Module:
    """Return the tree of a file. Formatters drop the ``u``, so nothing that we print may depend on it.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        As ``ast.parse`` does.
    """
    with warnings.catch_warnings():
        # A user's invalid escape sequence is reported when they run the file, not by us.
        warnings.simplefilter("ignore")
        tree = ast.parse(text, filename)
    if _PREFIX.search(text):
        forget_prefixes(tree)
    return tree


def parse(source: SourceFile) -> ast.Module:
    """Return the tree of ``source``.

    Raises
    ------
    SyntaxError
        As Python does; also for null bytes and for nesting that Python's parser gives up on.
    """
    null = source.text.find("\0")
    if null >= 0:
        place = (source.path, *source.lines.location(null), "")
        raise SyntaxError("source code cannot contain null bytes", place)
    try:
        return parse_text(source.text, filename=source.path)
    except ValueError as error:
        raise SyntaxError(str(error), (source.path, 1, 1, "")) from None
    except (RecursionError, MemoryError):
        raise SyntaxError("nested too deeply to be parsed", (source.path, 1, 1, "")) from None


def parse_expression(text: str) -> ast.expr:
    """Return the tree of an expression as it is written, which is how NNI prints it: no formatter touches the
    inside of an annotation.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        As ``ast.parse`` does.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body


def forget_prefixes(tree: ast.AST) -> None:
    """Take the ``u`` from every string in a tree."""
    for node in walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = None
