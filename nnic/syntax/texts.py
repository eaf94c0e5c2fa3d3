"""Texts of expressions: NNI's for keys and options, one-line ones for compiled code."""

from __future__ import annotations

import ast
import math
import warnings

from nnic.source import SourceFile
from nnic.syntax.fingerprint import same_tree
from nnic.syntax.parsing import parse_expression
from nnic.tuners.space import Value


def option_value(node: ast.expr) -> Value:
    """Tell what stands for an option in a search space: a plain literal's value, else NNI's text."""
    if isinstance(node, ast.Constant):
        value = node.value
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
    return nni_text(node).strip('\n"')


def nni_text(node: ast.expr) -> str:
    """Return the text that NNI gives an expression, which is astor's; ``ast.unparse`` where astor fails."""
    with warnings.catch_warnings():
        # astor names node classes that Python 3.12 deprecates.
        warnings.simplefilter("ignore")
        from nnic.syntax.printing import print_as_nni

        try:
            return print_as_nni(node)
        except Exception:  # astor raises whatever comes up on constructs newer than itself
            return ast.unparse(node)


def target_text(node: ast.expr) -> str:
    """Return the canonical text of an assignment target or callee, as it appears in keys."""
    return ast.unparse(node) if _is_plain(node) else nni_text(node).strip()


def _is_plain(node: ast.expr) -> bool:
    """Tell whether ``ast.unparse`` is known to give astor's text, so that astor need not be loaded."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Subscript):
            index = node.slice
            if not isinstance(index, ast.Constant) or type(index.value) not in (int, str):
                return isinstance(index, ast.Name) and _is_plain(node.value)
            if isinstance(index.value, str) and not _is_plain_string(index.value):
                return False
        node = node.value
    if isinstance(node, ast.Tuple):
        return 1 < len(node.elts) < 6 and all(isinstance(e, ast.Name) for e in node.elts)
    return isinstance(node, ast.Name)


def _is_plain_string(text: str) -> bool:
    return len(text) < 40 and text.isascii() and text.isprintable() and not set(text) & set("'\"\\")


def one_line(node: ast.expr, source: SourceFile) -> str | None:
    """Return code for ``node`` that fits the file: one line, in its encoding, or ``None`` when there is
    none."""
    text = ast.unparse(node)
    if "\n" in text or "\r" in text:
        # Only literals hold line breaks, and unparse writes them without a raw prefix.
        text = text.replace("\r", "\\r").replace("\n", "\\n")
        if not _means(text, node):
            return None
    if not source.encodable(text):
        text = text.encode(source.encoding, "backslashreplace").decode(source.encoding)
        if not _means(text, node):
            return None
    if isinstance(node, (ast.Constant, ast.Name, ast.Call, ast.Attribute, ast.List, ast.Dict, ast.Tuple)):
        return text
    return f"({text})"


def string_literal(text: str, source: SourceFile) -> str:
    """Return a string literal for ``text`` on one line and in the encoding of the file."""
    literal = repr(text)
    return literal if source.encodable(literal) else ascii(text)


def _means(text: str, node: ast.expr) -> bool:
    try:
        parsed = parse_expression(text)
    except (SyntaxError, ValueError):
        return False
    return same_tree(parsed, node)
