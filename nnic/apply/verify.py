"""Holds a rewritten file against its source: nothing may differ but what was meant to."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nnic.findings.diagnostics import InternalError
from nnic.ir import ModuleIR
from nnic.syntax.fingerprint import same_tree
from nnic.syntax.parsing import parse_text


@dataclass(frozen=True, slots=True)
class Expected:
    """What a rewriting changes; nodes of the source are named by their ``id``.

    Parameters
    ----------
    replaced
        The expression that takes the place of a node.
    removed
        Statements that are gone.
    padded
        Statements that ``pass`` takes the place of.
    reworded
        String statements whose text may differ.
    """

    replaced: Mapping[int, ast.expr] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    padded: frozenset[int] = frozenset()
    reworded: frozenset[int] = frozenset()


def verify_rewritten(ir: ModuleIR, text: str, expected: Expected) -> None:
    """Parse ``text`` and compare its tree with that of the source.

    Raises
    ------
    InternalError
        With the line of the user's file that came out different.
    """
    path = ir.source.path
    try:
        tree = parse_text(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise InternalError(path, line, f"the rewritten text can't be parsed: {error}") from error
    line = 1
    pending: list[tuple[Any, Any]] = [(ir.annotated.tree, tree)]
    while pending:
        before, after = pending.pop()
        line = getattr(before, "lineno", line)
        if not _match(before, after, expected, pending):
            raise InternalError(path, line, "rewriting would change more than was asked for")


def _match(before: Any, after: Any, expected: Expected, pending: list[tuple[Any, Any]]) -> bool:
    """Whether two nodes agree as far as they go; what is inside of them goes to ``pending``."""
    if id(before) in expected.replaced:
        return same_tree(expected.replaced[id(before)], after)
    if id(before) in expected.padded:
        return isinstance(after, ast.Pass)
    if id(before) in expected.reworded:
        return _is_string(after)
    if isinstance(before, list):
        kept = [item for item in before if id(item) not in expected.removed]
        pending.extend(zip(kept, after))
        return isinstance(after, list) and len(kept) == len(after)
    if isinstance(before, ast.AST):
        pending.extend((getattr(before, name, None), getattr(after, name, None)) for name in before._fields)
        return type(before) is type(after)
    return type(before) is type(after) and (before == after or repr(before) == repr(after))


def _is_string(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
