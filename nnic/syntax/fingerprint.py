"""Compares trees without recursion, so that chains of any length can be compared."""

from __future__ import annotations

import ast

Fingerprint = tuple[object, ...]
# `kind` is the u of u"", which formatters drop.
_WITHOUT_MEANING = ("ctx", "kind")


def fingerprint(node: ast.AST) -> Fingerprint:
    """A value that is equal for equal trees, wherever they stand and whether they are read or assigned
    to. Constants count with their types."""
    parts: list[object] = []
    pending: list[object] = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, ast.AST):
            parts.append(type(item))
            pending += [getattr(item, name, None) for name in item._fields if name not in _WITHOUT_MEANING]
        elif isinstance(item, list):
            parts.append(len(item))
            pending += item
        elif isinstance(item, (float, complex)):
            # -0.0 equals 0.0, and NaN not even itself.
            parts += (type(item), repr(item))
        else:
            parts += (type(item), item)
    return tuple(parts)


def same_tree(first: ast.AST, second: ast.AST) -> bool:
    """Whether two trees are equal."""
    return type(first) is type(second) and fingerprint(first) == fingerprint(second)
