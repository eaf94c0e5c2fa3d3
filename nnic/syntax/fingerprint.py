"""Compares trees without recursion, so that chains of any length can be compared."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Fingerprint = tuple[object, ...]
Pair = tuple[object, object]
# `kind` is the u of u"", which formatters drop.
_WITHOUT_MEANING = ("ctx", "kind")


def fingerprint(node: ast.AST, marks: Mapping[int, str] | None = None, *, blocks: bool = True) -> Fingerprint:
    """Return a value that is equal for equal trees, wherever they stand and whether they are read or assigned
    to. Constants count with their types.

    Parameters
    ----------
    node
        The tree.
    marks
        What stands for parts of it, by the ``id`` of their nodes.
    blocks
        Whether the statements inside of a statement count.
    """
    parts: list[object] = []
    pending: list[object] = [node]
    while pending:
        item = pending.pop()
        if marks and id(item) in marks:
            parts.append(marks[id(item)])
        elif isinstance(item, ast.AST):
            parts.append(type(item))
            pending += [getattr(item, name, None) for name in item._fields if name not in _WITHOUT_MEANING]
        elif isinstance(item, list):
            parts.append(len(item))
            pending += item if blocks else [part for part in item if not isinstance(part, ast.stmt)]
        elif isinstance(item, (float, complex)):
            # -0.0 equals 0.0, and NaN not even itself.
            parts += (type(item), repr(item))
        else:
            parts += (type(item), item)
    return tuple(parts)


def same_tree(first: ast.AST, second: ast.AST) -> bool:
    """Tell whether two trees are equal."""
    return type(first) is type(second) and fingerprint(first) == fingerprint(second)


def paired_parts(first: Any, second: Any) -> Iterable[Pair] | None:
    """Return the parts of two nodes, lists or values that must be equal for the two to be equal, or ``None``
    where they differ themselves."""
    if type(first) is not type(second):
        return None
    if isinstance(first, ast.AST):
        names = (name for name in first._fields if name not in _WITHOUT_MEANING)
        return [(getattr(first, name, None), getattr(second, name, None)) for name in names]
    if isinstance(first, list):
        return list(zip(first, second)) if len(first) == len(second) else None
    same = repr(first) == repr(second) if isinstance(first, (float, complex)) else first == second
    return () if same else None


def first_difference(
    first: ast.AST,
    second: ast.AST | None,
    pairs: Callable[[Any, Any], Iterable[Pair] | None] = paired_parts,
) -> Pair | None:
    """Return two parts of two trees that differ, or ``None`` where the trees are equal; ``pairs`` tells, as
    :func:`paired_parts` does, what of two parts has to be equal."""
    pending: list[Pair] = [(first, second)]
    while pending:
        one, other = pending.pop()
        inner = pairs(one, other)
        if inner is None:
            return one, other
        pending += inner
    return None
