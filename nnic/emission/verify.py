"""Holds compiled text against its source: every difference must lie within an insertion.

A difference elsewhere is a bug of ours, and stops compilation before it can change a program.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from nnic.emission.emit import Emission
from nnic.findings.diagnostics import InternalError
from nnic.ir import ModuleIR
from nnic.span import Lines
from nnic.syntax.fingerprint import Pair, first_difference, paired_parts
from nnic.syntax.parsing import parse_text
from nnic.syntax.tree import child_lists
from nnic.syntax.trial_module import is_trial_module


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
    checker.compare_blocks(ir.facts.tree.body, compiled.body)


def _inserted_points(emission: Emission) -> set[tuple[int, int]]:
    """Tell where inserted statements begin in the compiled text, as ``ast`` counts."""
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

        def pairs(first: Any, second: Any) -> Iterable[Pair] | None:
            second = fold_selector(second)
            if getattr(first, "lineno", None) != getattr(second, "lineno", None):
                raise InternalError(self._path, old.lineno, "an expression moved to another line")
            if _holds_statements(first) and _holds_statements(second):
                return ()
            return paired_parts(first, second)

        if first_difference(old, new, pairs) is not None:
            raise InternalError(self._path, old.lineno, "an expression changed")


def _holds_statements(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], ast.stmt)


def fold_selector(node: Any) -> Any:
    """Return the original value within a selector; anything else as it is."""
    while isinstance(node, ast.IfExp) and _calls(node.test, ("has", "is_", "below")):
        node = node.orelse
        if _calls(node, ("own",)):
            node = node.args[1]
    return node


def _calls(node: ast.expr, verbs: tuple[str, ...]) -> bool:
    """Tell whether ``node`` calls one of these of the trial module: ``__nnic__.has(key)``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in verbs and is_trial_module(node.func.value)
