"""The nodes of a file by their type, from a single walk.

Several passes look for calls or imports anywhere in a file; each walk of its own would take a quarter
of the time that parsing took.
"""

from __future__ import annotations

import ast
from typing import TypeVar

from nnic.syntax.walking import fields_of

_T = TypeVar("_T", bound=ast.AST)


class Nodes:
    """All nodes of a tree, outer before inner; not contexts and operators."""

    __slots__ = ("_by_type",)

    def __init__(self, tree: ast.Module) -> None:
        self._by_type = _by_type(tree)

    def of(self, kind: type[_T]) -> list[_T]:
        """Return the nodes of exactly this type."""
        return self._by_type.get(kind, [])  # type: ignore[return-value]


def _by_type(tree: ast.Module) -> dict[type[ast.AST], list[ast.AST]]:
    # Level by level, with nothing called for a node: most of a file's nodes are seen here alone.
    found: dict[type[ast.AST], list[ast.AST]] = {}
    fields: dict[type[ast.AST], tuple[str, ...]] = {}
    level: list[ast.AST] = [tree]
    while level:
        inner: list[ast.AST] = []
        for node in level:
            kind = type(node)
            if kind not in found:
                found[kind] = []
                fields[kind] = fields_of(kind)
            found[kind].append(node)
            for name in fields[kind]:
                value = getattr(node, name, None)
                if value.__class__ is list:
                    inner += [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST):
                    inner.append(value)
        level = inner
    return found
