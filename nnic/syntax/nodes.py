"""The nodes of a file by their type, from a single walk.

Several passes look for calls or imports anywhere in a file; each walk of its own would take a quarter
of the time that parsing took.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TypeVar

# f-strings and, since 3.14, template strings: nothing inside one is a slot.
TEMPLATES: tuple[type[ast.expr], ...] = (ast.JoinedStr, *filter(None, [getattr(ast, "TemplateStr", None)]))

_T = TypeVar("_T", bound=ast.AST)
# Whether a name is read or assigned to is asked of the name itself.
_NO_CHILDREN = frozenset({"ctx", "op", "ops"})
_LEAVES = (ast.Name, ast.Constant)


def nodes_of(tree: ast.Module, kind: type[_T]) -> list[_T]:
    """All nodes of exactly this type, outer before inner; not contexts and operators."""
    return _by_type(tree).get(kind, [])  # type: ignore[return-value]


@lru_cache(maxsize=2)
def _by_type(tree: ast.Module) -> dict[type[ast.AST], list[ast.AST]]:
    found: dict[type[ast.AST], list[ast.AST]] = {}
    fields: dict[type[ast.AST], tuple[str, ...]] = dict.fromkeys(_LEAVES, ())
    level: list[ast.AST] = [tree]
    while level:
        inner: list[ast.AST] = []
        for node in level:
            kind = type(node)
            if kind not in found:
                found[kind] = []
                fields.setdefault(kind, tuple(name for name in kind._fields if name not in _NO_CHILDREN))
            found[kind].append(node)
            for name in fields[kind]:
                value = getattr(node, name, None)
                if value.__class__ is list:
                    inner += [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST):
                    inner.append(value)
        level = inner
    return found
