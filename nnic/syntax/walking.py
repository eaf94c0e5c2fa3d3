"""Walks over trees: one loop, and what it goes into.

A walk gives outer nodes before inner ones, siblings in the order of their fields, which is that of the
source but for dicts and conditional expressions. It doesn't recurse, so that chains of any length can be
walked, and leaves out operators and whether a name is read or assigned to, which a node itself tells.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

_State = TypeVar("_State")
FunctionNode = (ast.FunctionDef, ast.AsyncFunctionDef)
ScopeNode = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# f-strings and, since 3.14, template strings: nothing inside one is a slot.
TEMPLATES: tuple[type[ast.expr], ...] = (ast.JoinedStr, *filter(None, [getattr(ast, "TemplateStr", None)]))
# Fields that never hold a node which anybody looks for.
_NO_NODES = frozenset({"arg", "asname", "attr", "ctx", "id", "kind", "level", "module", "op", "ops"})
# The other fields of each type of nodes: a constant of Python's grammar, filled as types come up.
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {ast.Name: (), ast.Constant: ()}


def fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """Return the fields of a type of nodes that may hold others."""
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(name for name in kind._fields if name not in _NO_NODES)
    return _FIELDS[kind]


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes that stand directly in ``node``."""
    found: list[ast.AST] = []
    for name in fields_of(type(node)):
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def outside_f_strings(node: ast.AST) -> list[ast.AST]:
    """As :func:`children`, but nothing of an f-string."""
    return [] if isinstance(node, TEMPLATES) else children(node)


def own_children(node: ast.AST) -> list[ast.AST]:
    """As :func:`children`, but no types, patterns, and statements of blocks."""
    found = children(node)
    if isinstance(node, ast.expr):
        return found
    return [c for c in found if not isinstance(c, (ast.stmt, ast.pattern)) and not _is_type(node, c)]


def _is_type(node: ast.AST, child: ast.AST) -> bool:
    """Tell whether ``child`` is a type: often never evaluated, and read by tools as it is written."""
    if type(node).__name__ == "TypeAlias" or child in getattr(node, "type_params", ()):
        return True
    return child is getattr(node, "annotation", None) or child is getattr(node, "returns", None)


def within_scope(node: ast.AST) -> list[ast.AST]:
    """As :func:`children`, but nothing of an inner function, class or lambda."""
    return [] if isinstance(node, (*ScopeNode, ast.Lambda)) else children(node)


def walk(*roots: ast.AST, into: Callable[[ast.AST], Sequence[ast.AST]] = children) -> Iterator[ast.AST]:
    """Walk over ``roots`` and the nodes below them; ``into`` gives what is gone into of a node."""
    pending = list(reversed(roots))
    while pending:
        node = pending.pop()
        yield node
        pending += reversed(into(node))


def depth(root: ast.AST) -> int:
    """Return the number of nodes from ``root`` down to the deepest one."""
    count = 0
    level = [root]
    while level:
        count += 1
        level = [child for node in level for child in children(node)]
    return count


def walk_with(
    root: ast.AST,
    state: _State,
    into: Callable[[ast.AST, _State], Iterable[tuple[ast.AST, _State]]],
) -> Iterator[tuple[ast.AST, _State]]:
    """As :func:`walk`, each node with what ``into`` says of it from the nodes above."""
    pending = [(root, state)]
    while pending:
        node, known = pending.pop()
        yield node, known
        pending += reversed(list(into(node, known)))


def outermost_nodes(
    root: ast.AST,
    matches: Callable[[ast.AST], bool],
    into: Callable[[ast.AST], Sequence[ast.AST]] = outside_f_strings,
) -> list[ast.AST]:
    """Return the nodes that match, but none within another one that does."""
    found = []
    pending = [root]
    while pending:
        node = pending.pop()
        if matches(node):
            found.append(node)
        else:
            pending += reversed(into(node))
    return found


def own_expressions(statement: ast.stmt) -> list[ast.expr]:
    """Return the expressions of a statement without those of the statements inside of it: first those that
    stand in it directly, then those of its parts, such as the items of ``with``, the last part first."""

    def parts(node: ast.AST) -> list[ast.AST]:
        return [child for child in reversed(own_children(node)) if not isinstance(child, ast.expr)]

    holders = walk(statement, into=parts)
    return [part for holder in holders for part in own_children(holder) if isinstance(part, ast.expr)]


def parents_within(statement: ast.stmt) -> dict[int, ast.AST]:
    """Return the parent of every node of a statement's own text, by ``id``."""
    return {id(child): node for node in walk(statement, into=own_children) for child in own_children(node)}
