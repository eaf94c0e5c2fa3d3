"""The smallest edits that turn one expression into another one: what stands between them stays."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nnic.apply.fitting import enclosed
from nnic.edits import Edit
from nnic.source import SourceFile
from nnic.span import Lines
from nnic.syntax.fingerprint import fingerprint
from nnic.syntax.parsing import parse_expression
from nnic.syntax.walking import TEMPLATES


def smallest_edits(source: SourceFile, place: ast.expr, text: str) -> list[Edit]:
    """Return the edits that leave ``text`` in the place of ``place``, and of it what is the same already."""
    wanted = parse_expression(text)
    lines = Lines(text)
    edits = []
    for old, new, parent in _differing(place, wanted, None):
        start = lines.offset(new.lineno, new.col_offset)
        assert new.end_lineno is not None
        assert new.end_col_offset is not None
        own = text[start : lines.offset(new.end_lineno, new.end_col_offset)]
        edits.append(Edit(source.span(old), enclosed(own, new, old, parent)))
    return edits


def _differing(
    old: ast.expr, new: ast.expr, parent: ast.AST | None
) -> Iterator[tuple[ast.expr, ast.expr, ast.AST | None]]:
    """Yield the innermost expressions that differ, each with the one that it becomes and what holds it."""
    if fingerprint(old) == fingerprint(new):
        return
    pairs = None if isinstance(old, TEMPLATES) else _paired(old, new, parent)
    if pairs is None:
        yield old, new, parent
        return
    for first, second, holder in pairs:
        yield from _differing(first, second, holder)


def _paired(
    old: ast.AST, new: ast.AST, parent: ast.AST | None
) -> list[tuple[ast.expr, ast.expr, ast.AST | None]] | None:
    """Return the expressions directly inside of two nodes, pair by pair, or ``None`` where the nodes differ
    otherwise."""
    if type(old) is not type(new):
        return None
    pairs: list[tuple[ast.expr, ast.expr, ast.AST | None]] = []
    for name in old._fields:
        before, after = getattr(old, name, None), getattr(new, name, None)
        firsts = before if isinstance(before, list) else [before]
        seconds = after if isinstance(after, list) else [after]
        if len(firsts) != len(seconds):
            return None
        for first, second in zip(firsts, seconds):
            if isinstance(first, ast.expr) and isinstance(second, ast.expr):
                pairs.append((first, second, old))
            elif isinstance(first, ast.AST) and isinstance(second, ast.AST):
                inner = _paired(first, second, old)
                if inner is None:
                    return None
                pairs += inner
            elif name not in ("kind", "ctx") and (type(first), first) != (type(second), second):
                return None
    return pairs
