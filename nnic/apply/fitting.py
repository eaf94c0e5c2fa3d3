"""Fits the text of an expression into a place of the source: with parentheses where it needs them."""

from __future__ import annotations

import ast

from nnic.ir import ModuleIR
from nnic.span import Span
from nnic.syntax.walking import TEMPLATES, parents_within

_ATOMS = (
    ast.Constant,
    ast.Name,
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    *TEMPLATES,
)
# What stands in one of these ends at a comma, a bracket or the end of the line.
_SEPARATED = (
    ast.Assign,
    ast.AnnAssign,
    ast.Return,
    ast.keyword,
    ast.arguments,
    ast.Call,
    ast.Dict,
    ast.List,
    ast.Tuple,
    ast.Set,
)
# These need parentheses there, too; where their text begins with one, it ends with its counterpart.
_LOOSE = (ast.Tuple, ast.GeneratorExp, ast.NamedExpr, ast.Yield, ast.YieldFrom)


def enclosed(text: str, node: ast.expr, place: ast.AST, parent: ast.AST | None) -> str:
    """Return ``text``, which ``node`` is the tree of, with parentheses where it needs them in the place of
    ``place``, which stands in ``parent``."""
    closed = isinstance(node, _ATOMS) or (isinstance(node, _LOOSE) and text.startswith("("))
    called = isinstance(parent, ast.Call) and parent.func is place
    separated = isinstance(parent, _SEPARATED) and not called and not isinstance(node, _LOOSE)
    return text if closed or separated else f"({text})"


def without_parentheses(text: str) -> str:
    """Return an expression's text without the parentheses around all of it."""
    return text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text


class Fitter:
    """Fits texts into the places of one file."""

    def __init__(self, ir: ModuleIR) -> None:
        self._ir = ir
        self._parents: dict[int, dict[int, ast.AST]] = {}

    def fitted(self, text: str, node: ast.expr, place: ast.expr) -> str:
        """Return ``text``, which ``node`` is the tree of, as it can stand in the place of ``place``."""
        source = self._ir.source
        span = source.span(place)
        text = enclosed(text, node, place, self._parent(place, span))
        return f"({text})" if _joins(source.text, span, text) else text

    def _parent(self, place: ast.expr, span: Span) -> ast.AST | None:
        position = self._ir.facts.locator.enclosing(span.start)
        if position is None:
            return None
        statement = position.statement
        if id(statement) not in self._parents:
            self._parents[id(statement)] = parents_within(statement)
        return self._parents[id(statement)].get(id(place))


def _joins(text: str, span: Span, replacement: str) -> bool:
    """Tell whether ``replacement`` would grow together with what stands beside it."""
    before, after = text[span.start - 1 : span.start], text[span.end : span.end + 1]
    first, last = replacement[:1], replacement[-1:]
    joined = (_is_word(before) and (_is_word(first) or first in "'\".")) or (
        _is_word(after) and (_is_word(last) or last == ".")
    )
    return joined or (after == "." and (last.isdigit() or last == "."))


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"
