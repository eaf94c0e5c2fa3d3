"""Holds compiled text against its source: every difference must lie within an insertion.

A difference elsewhere is a bug of ours, and stops compilation before it can change a program.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import Any

from nnic.emission.emit import Emission
from nnic.findings.diagnostics import InternalError
from nnic.ir import ModuleIR
from nnic.span import Lines
from nnic.syntax.parsing import parse_text
from nnic.syntax.tree import child_lists


def verify(ir: ModuleIR, emission: Emission) -> None:
    """Parse the compiled text and compare.

    Raises
    ------
    InternalError
        With the line of the user's file that came out different.
    """
    source = ir.source
    try:
        compiled = parse_text(emission.text)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        raise InternalError(source.path, line, f"the compiled text can't be parsed: {error}") from error
    edited = {source.lines.line_of(edit.span.start) for edit in emission.edits}
    checker = _Checker(source.path, _inserted_points(emission), edited)
    checker.compare_blocks(ir.annotated.tree.body, compiled.body)


def _inserted_points(emission: Emission) -> set[tuple[int, int]]:
    """Where inserted statements begin in the compiled text, as ``ast`` counts."""
    lines = Lines(emission.text)
    points = set()
    shift = 0
    for edit in emission.edits:
        if edit.text.startswith("; "):
            points.add(lines.point(edit.span.start + shift + 2))
        elif not edit.text.startswith(("(", "))")):
            points.add(lines.point(edit.span.start + shift))
        shift += len(edit.text)
    return points


class _Checker:
    def __init__(self, path: str, inserted: set[tuple[int, int]], edited_lines: set[int]) -> None:
        self._path = path
        self._inserted = inserted
        self._edited = sorted(edited_lines)

    def compare_blocks(self, before: list[ast.stmt], after: list[ast.stmt]) -> None:
        pending = [(before, after)]
        while pending:
            first, second = pending.pop()
            kept = [s for s in second if (s.lineno, s.col_offset) not in self._inserted]
            if len(first) != len(kept):
                line = first[0].lineno if first else 1
                raise InternalError(self._path, line, "the number of statements changed")
            for old, new in zip(first, kept):
                if type(old) is not type(new) or old.lineno != new.lineno:
                    raise InternalError(self._path, old.lineno, "a statement changed")
                if old.end_lineno != new.end_lineno and not child_lists(old):
                    # A block may grow by a report at its end.
                    raise InternalError(self._path, old.lineno, "a statement grew")
                if self._is_edited(old):
                    self._compare_headers(old, new)
                    olds, news = child_lists(old), child_lists(new)
                    if len(olds) != len(news):
                        raise InternalError(self._path, old.lineno, "the blocks of a statement changed")
                    pending += [(o[1], n[1]) for o, n in zip(olds, news)]

    def _is_edited(self, statement: ast.stmt) -> bool:
        decorators = getattr(statement, "decorator_list", None) or [statement]
        start, end = decorators[0].lineno, statement.end_lineno or statement.lineno
        first = bisect_left(self._edited, start)
        return first < len(self._edited) and self._edited[first] <= end

    def _compare_headers(self, old: ast.stmt, new: ast.stmt) -> None:
        """Compare everything but the statements inside."""
        pending: list[tuple[Any, Any]] = [(old, new)]
        while pending:
            first, second = pending.pop()
            second = fold_selector(second)
            if type(first) is not type(second):
                raise InternalError(self._path, old.lineno, "an expression changed")
            if isinstance(first, ast.AST):
                if getattr(first, "lineno", None) != getattr(second, "lineno", None):
                    raise InternalError(self._path, old.lineno, "an expression moved to another line")
                for name in first._fields:
                    if not self._is_statement_list(first, name):
                        pending.append((getattr(first, name, None), getattr(second, name, None)))
            elif isinstance(first, list):
                if len(first) != len(second):
                    raise InternalError(self._path, old.lineno, "an expression changed")
                pending.extend(zip(first, second))
            elif first != second and not (first != first and second != second):
                raise InternalError(self._path, old.lineno, "a value changed")

    @staticmethod
    def _is_statement_list(node: ast.AST, name: str) -> bool:
        value = getattr(node, name, None)
        return isinstance(value, list) and bool(value) and isinstance(value[0], ast.stmt)


def fold_selector(node: Any) -> Any:
    """The original value within a selector; anything else as it is."""
    while isinstance(node, ast.IfExp) and _calls(node.test, ("has", "is_")):
        node = node.orelse
        if _calls(node, ("own",)):
            node = node.args[1]
    return node


def _calls(node: ast.expr, verbs: tuple[str, ...]) -> bool:
    """Whether ``node`` calls one of these of the trial module: ``__nnic__.has(key)``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    holder = node.func.value
    if node.func.attr not in verbs:
        return False
    if isinstance(holder, ast.Name):
        return holder.id == "__nnic__"
    return (
        isinstance(holder, ast.Call)
        and isinstance(holder.func, ast.Name)
        and holder.func.id == "__import__"
        and isinstance(holder.args[0], ast.Constant)
        and holder.args[0].value == "nnic.runtime.trial"
    )
