"""Holds a rewritten file against its source: nothing may differ but what was meant to."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nnic.findings.diagnostics import InternalError
from nnic.ir import ModuleIR
from nnic.syntax.fingerprint import Pair, first_difference, paired_parts, same_tree
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
    different = unexpected(ir, text, expected)
    if different is not None:
        raise InternalError(ir.source.path, *different)


def unexpected(ir: ModuleIR, text: str, expected: Expected) -> tuple[int, str] | None:
    """Parse ``text`` and tell what differs from the tree of the source, with the line; ``None`` where nothing
    does but what was ``expected``."""
    try:
        tree = parse_text(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return getattr(error, "lineno", None) or 1, f"the rewritten text can't be parsed: {error}"
    line = 1

    def pairs(before: Any, after: Any) -> Iterable[Pair] | None:
        nonlocal line
        line = getattr(before, "lineno", line)
        return _pairs(before, after, expected)

    if first_difference(ir.facts.tree, tree, pairs) is not None:
        return line, "the rewritten text differs in more than was asked for"
    if not _compiles(text) and _compiles(ir.source.text):
        return line, "the rewritten text can't be compiled"
    return None


def _compiles(text: str) -> bool:
    """Tell whether Python compiles ``text``, which it parses: it refuses some trees only then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<text>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _pairs(before: Any, after: Any, expected: Expected) -> Iterable[Pair] | None:
    """Tell what has to be equal for two parts to agree, or ``None`` where they don't."""
    agree: bool | None = None
    if id(before) in expected.replaced:
        agree = same_tree(expected.replaced[id(before)], after)
    elif id(before) in expected.padded:
        agree = isinstance(after, ast.Pass)
    elif id(before) in expected.reworded:
        agree = _is_string(after)
    if agree is not None:
        return () if agree else None
    if isinstance(before, list):
        before = [item for item in before if id(item) not in expected.removed]
    return paired_parts(before, after)


def _is_string(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
