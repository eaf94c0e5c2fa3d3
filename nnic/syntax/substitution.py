"""Expressions with some of their parts replaced."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from nnic.syntax.walking import walk


def substitute(node: ast.expr, replacements: Mapping[int, ast.expr]) -> ast.expr:
    """Return ``node`` with the parts whose ``id`` is a key of ``replacements`` replaced; ``node`` itself
    stays."""
    if not any(id(part) in replacements for part in walk(node)):
        return node
    result = _copy(node, replacements)
    assert isinstance(result, ast.expr)
    return result


def _copy(node: ast.AST, replacements: Mapping[int, ast.expr]) -> ast.AST:
    replaced = replacements.get(id(node))
    if replaced is not None:
        return replaced
    fields = {}
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            value = _copy(value, replacements)
        elif isinstance(value, list):
            value = [_copy(item, replacements) if isinstance(item, ast.AST) else item for item in value]
        fields[name] = value
    return ast.copy_location(type(node)(**fields), node)
