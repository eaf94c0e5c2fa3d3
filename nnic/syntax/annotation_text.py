"""The Python text of an annotation, and where each of its characters stands in the file."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from nnic.edits import Edit
from nnic.span import Lines, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """``length`` characters of ``code`` from ``start`` stand in the file from ``offset``."""

    start: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class AnnotationText:
    """An annotation without its ``@``.

    Parameters
    ----------
    code
        Python text, ``nni.variable(...)``.
    whole
        The annotation in the file, from ``@`` to its closing bracket; the whole literal when the
        characters of a string can't be told apart.
    pieces
        The map back to the file; empty when escapes or concatenation break it.
    """

    code: str
    whole: Span
    pieces: tuple[Piece, ...]
    lines: Lines = field(repr=False, compare=False)

    def offset(self, position: int) -> int:
        """Return the offset in the file of a character of ``code``."""
        index = bisect_right(self.pieces, position, key=_start) - 1
        piece = self.pieces[max(index, 0)]
        return piece.offset + min(max(position - piece.start, 0), piece.length)

    def span(self, start: int, end: int) -> Span:
        """Return the stretch of the file that holds ``code[start:end]``."""
        if not self.pieces:
            return self.whole
        first = self.offset(start)
        last = first if end <= start else self.offset(end - 1) + 1
        return Span(first, max(first, last))

    def replacing(self, start: int, end: int, new: str) -> tuple[Edit, ...]:
        """Return the edit of the file that puts ``new`` in the place of ``code[start:end]``.

        Empty where that is no single stretch of the file, or its characters can't be told apart.
        """
        if not self.pieces or "\n" in self.code[start:end] or "\n" in new:
            return ()
        return (Edit(self.span(start, end), new),)

    def adding(self, call: ast.Call, argument: str) -> tuple[Edit, ...]:
        """Return the edit of the file that gives ``call`` a further positional argument; empty as for
        :meth:`replacing`, and where a comment may be in the way."""
        if "#" in self.code:
            return ()
        if call.keywords:
            start = self.range_of(call.keywords[0])[0]
            return self.replacing(start, start, f"{argument}, ")
        end = self.range_of(call)[1] - 1
        comma = "" if self.code[:end].rstrip().endswith((",", "(")) else ", "
        return self.replacing(end, end, f"{comma}{argument}")

    def naming(self, call: ast.Call, name: str) -> tuple[Edit, ...]:
        """Return the edit of the file that adds ``name=`` to ``call``; empty as for :meth:`replacing`."""
        end = self.range_of(call)[1] - 1
        last = max((self.range_of(node)[1] for node in (*call.args, *call.keywords)), default=0)
        # What follows the last argument: brackets around it, a comma, and comments.
        comma = "," in re.sub(r"#[^\r\n]*", "", self.code[last:end])
        before = ", " if last and not comma else "" if self.code[:end].endswith((" ", "\n", "(")) else " "
        return self.replacing(end, end, f"{before}name={name}")

    def range_of(self, node: ast.AST) -> tuple[int, int]:
        """Return the start and end of ``node`` in ``code``."""
        return (
            self.lines.offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            self.lines.offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def span_of(self, node: ast.AST) -> Span:
        """Return the stretch of the file that holds ``node``."""
        return self.span(*self.range_of(node))

    def source_of(self, node: ast.AST) -> str:
        """Return ``node`` as its author wrote it."""
        start, end = self.range_of(node)
        return self.code[start:end]


def _start(piece: Piece) -> int:
    return piece.start


def make_text(code: str, whole: Span, pieces: tuple[Piece, ...]) -> AnnotationText:
    """Return an annotation text with its line index."""
    return AnnotationText(code, whole, pieces, Lines(code))
