"""Tells a comment that is a line of code with its annotation, which its author commented out."""

from __future__ import annotations

import ast
import re

from nnic.syntax.parsing import parse_expression, parse_text

_CODE = re.compile(r"#+[ \t]*(?P<code>[^#\s][^#\r\n]*?)[ \t]#+[ \t]*@nni\.")
_KINDS = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Import, ast.ImportFrom)


def is_commented_out(text: str, start: int, end: int) -> bool:
    """Tell whether the comment between two places is code with an annotation behind it.

    Such as ``# lr = 0.1  # @nni.uniform(0, 1)``, whose annotation would else speak of the next statement.
    Other pragmas may stand before an annotation.
    """
    match = _CODE.match(text, start, end)
    if match is None or match["code"].startswith("@nni."):
        return False
    code = match["code"].strip().rstrip(",").lstrip("@")
    return _is_statement(code) or _is_entry(code)


def _is_statement(code: str) -> bool:
    try:
        statements = parse_text(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        isinstance(s, _KINDS) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Call))
        for s in statements
    ) and not any(isinstance(s, ast.AnnAssign) and s.value is None for s in statements)


def _is_entry(code: str) -> bool:
    try:
        node = parse_expression(f"{{{code}}}")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys)
