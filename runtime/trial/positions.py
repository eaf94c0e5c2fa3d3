"""Compiles text with insertions so that every position of the result is one of the source.

Tracebacks underline what the user wrote: columns behind an insertion move back by
its length, and what stands inside one takes the span that the compiler gave it.
"""

from nnic.runtime.trial import stdlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from bisect import bisect_left
    from types import CodeType
    from typing import Any
else:
    ast = stdlib.load("_ast", "ast", "AST", "PyCF_ONLY_AST")
    bisect_left = stdlib.load("_bisect", "bisect", "bisect_left").bisect_left


class LineMap:
    """The insertions of one line, from compiled to source columns; columns count UTF-8 bytes."""

    def __init__(self) -> None:
        # (first compiled column, column behind, bytes inserted up to there, span)
        self._pieces: list[tuple[int, int, int, list[int]]] = []
        self._inserted = 0

    def add(self, column: int, length: int, span: "list[int]") -> None:
        """Add the next insertion of the line, at a column of the source."""
        start = column + self._inserted
        self._inserted += length
        self._pieces.append((start, start + length, self._inserted, span))

    def start(self, line: int, column: int) -> "tuple[int, int]":
        """Map where a node starts."""
        moved = 0
        for first, behind, inserted, span in self._pieces:
            if column < first:
                break
            if column < behind:
                return span[0], span[1]
            moved = inserted
        return line, max(0, column - moved)

    def end(self, line: int, column: int) -> "tuple[int, int]":
        """Map where a node ends, the column behind its last byte."""
        moved = 0
        for first, behind, inserted, span in self._pieces:
            if column <= first:
                break
            if column <= behind:
                return span[2], span[3]
            moved = inserted
        return line, max(0, column - moved)


def compile_moved(text: bytes, path: str, insertions: "list[Any]") -> "CodeType":
    """Compile text that has insertions under ``path``; they are as in ``program.json``.

    Raises
    ------
    SyntaxError, ValueError
        As ``compile`` does.
    """
    if not insertions:
        return _compile(text, path)
    try:
        tree: Any = compile(text, path, "exec", ast.PyCF_ONLY_AST, True)
        move(tree, insertions)
        return _compile(tree, path)
    except (RecursionError, ValueError):
        # A tree can be too deep for its Python form where its text is not too deep to compile; and
        # columns are worth less than a trial.
        return _compile(text, path)


def move(tree: "ast.Module", insertions: "list[Any]") -> None:
    """Give all nodes of a tree of compiled text their positions in the source, in place."""
    maps: dict[int, LineMap] = {}
    for line, column, length, span in insertions:
        maps.setdefault(line, LineMap()).add(column, length, span)
    lines = sorted(maps)
    todo: list[Any] = list(tree.body)
    while todo:
        node = todo.pop()
        fields = node.__dict__
        line = fields.get("lineno")
        if line is not None:
            if lines[-1] < line or lines[bisect_left(lines, line)] > node.end_lineno:
                # Nothing was inserted here, save in decorators: they stand above their node's line.
                todo.extend(fields.get("decorator_list", ()))
                continue
            _move_node(node, maps)
        for value in fields.values():
            if isinstance(value, list):
                todo.extend([item for item in value if isinstance(item, ast.AST)])
            elif isinstance(value, ast.AST):
                todo.append(value)


def _move_node(node: "Any", maps: "dict[int, LineMap]") -> None:
    start, end = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    if start[0] in maps:
        start = maps[start[0]].start(*start)
    if end[0] in maps:
        end = maps[end[0]].end(*end)
    node.lineno, node.col_offset = start
    node.end_lineno, node.end_col_offset = max(start, end)


def _compile(source: "bytes | ast.Module", path: str) -> "CodeType":
    return compile(source, path, "exec", 0, True)
