"""Warns of annotations that black would carry away from their values.

Within brackets that have no trailing comma, black joins what fits on a line, and puts the comments
behind it. The annotation then stands for another owner, which is an error at best.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from nnic.edits import Edit
from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.ir import Annotation, Carrier, ModuleIR, SlotKind, Tunable
from nnic.lowering.slots import Slot, slots_of
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.lexer import closing_bracket, find_comments
from nnic.syntax.tree import start_of
from nnic.syntax.walking import walk

# What black and ruff format take unless they are told otherwise.
_WIDTH = 88
_INDENT = 4
_DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.Tuple)


class _Header:
    """A statement without the blocks inside of it: its comments, its slots and its displays."""

    def __init__(self, source: SourceFile, statement: ast.stmt) -> None:
        self.source = source
        self.start = start_of(source, statement)
        body = getattr(statement, "body", None)
        inner = isinstance(body, list) and body
        self.end = start_of(source, body[0]) if inner else source.span(statement).end  # type: ignore[index]
        self.slots = slots_of(statement)
        self._statement = statement
        self._comments = [
            (comment.start + self.start, comment.end + self.start, comment.own_line)
            for comment in find_comments(source.text[self.start : self.end], "#")
        ]

    def comments(self, start: int, end: int) -> list[tuple[int, int, bool]]:
        """Return start and end of each comment between two places, and whether it has a line of its own."""
        first, last = (bisect_left(self._comments, place, key=lambda c: c[0]) for place in (start, end))
        return self._comments[first:last]

    def comment_at(self, offset: int) -> int | None:
        """Return the start of the comment that ends at ``offset`` or goes on there."""
        index = bisect_left(self._comments, offset, key=lambda c: c[0]) - 1
        start, end, _ = self._comments[index] if index >= 0 else (0, 0, False)
        return start if start < offset <= end else None

    def width(self, start: int, end: int) -> int:
        """Return the width of the code between two places as black would write it on one line, with the
        comments behind it."""
        rows = []
        width = 0
        for comment_start, comment_end, _ in self.comments(start, end):
            rows.append(self.source.text[start:comment_start])
            start = comment_end
            width += comment_end - comment_start + 2
        code = " ".join("".join([*rows, self.source.text[start:end]]).split())
        return width + len(re.sub(r"(?<=[(\[{]) | (?=[)\]}])", "", code))

    @cached_property
    def whole_width(self) -> int:
        """The width of all of it on one line."""
        return self.width(self.start, self.end)

    @cached_property
    def lengths(self) -> dict[int, int]:
        """The number of items of each display, by the offset of its bracket."""
        return {
            self.source.span(node).start: len(node.values if isinstance(node, ast.Dict) else node.elts)
            for node in walk(self._statement)
            if isinstance(node, _DISPLAYS)
        }


@dataclass(frozen=True, slots=True)
class _Bracket:
    """The innermost brackets around a comment; ``start`` and ``end`` are those of what they hold."""

    header: _Header
    start: int
    end: int

    @property
    def last_code(self) -> int:
        """Offset behind the last character of code within the brackets."""
        text, offset = self.header.source.text, self.end
        while offset > self.start:
            comment = self.header.comment_at(offset)
            if comment is not None:
                offset = comment
            elif text[offset - 1].isspace():
                offset -= 1
            else:
                break
        return offset


def check_formatting(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look at trailing comments within brackets."""
    headers: dict[int, _Header] = {}
    joined: dict[int, tuple[_Bracket, tuple[Slot, ...] | None]] = {}
    for tunable in ir.tunables:
        trailing = tunable.annotation.carrier is Carrier.TRAILING and tunable.places
        if not trailing or tunable.place.kind not in (SlotKind.KEYWORD, SlotKind.ENTRY, SlotKind.DEFAULT):
            continue
        opening = tunable.annotation.comment.bracket
        if opening is None:
            continue
        if opening not in joined:
            statement = tunable.position.statement
            if id(statement) not in headers:
                headers[id(statement)] = _Header(ir.source, statement)
            closing = closing_bracket(ir.source.text, opening)
            assert closing is not None
            bracket = _Bracket(headers[id(statement)], opening + 1, closing - 1)
            joined[opening] = bracket, _slots_when_joined(bracket)
        _check(tunable, *joined[opening], sink)
    return ir


def _check(tunable: Tunable, bracket: _Bracket, slots: tuple[Slot, ...] | None, sink: Sink) -> None:
    if slots is None or len(_named(tunable.annotation, slots)) == 1:
        return
    comma = Edit(Span(bracket.last_code, bracket.last_code), ",")
    sink.warning(
        "NNI212",
        tunable.annotation.span,
        f"black would join these lines and move the comment away from {tunable.name}",
        help="a comma after the last item keeps every item on its line",
        fix=Fix(f"{_last_word(bracket)},", (comma,), safe=True),
    )


def _slots_when_joined(bracket: _Bracket) -> tuple[Slot, ...] | None:
    """Tell what the comments of the brackets could mean when black has joined their lines, or ``None`` where
    it leaves them, one item a line."""
    header = bracket.header
    source = header.source
    comments = header.comments(bracket.start, bracket.end)
    if source.text[bracket.last_code - 1] == "," or any(own_line for _, _, own_line in comments):
        return None
    room = _WIDTH - (source.lines.location(header.start)[1] - 1)
    if header.whole_width <= room:
        return header.slots
    # Black always gives each item of a display of several a line of its own.
    in_a_display = header.lengths.get(bracket.start - 1, 0) > 1
    if in_a_display or header.width(bracket.start, bracket.end) > room - _INDENT:
        return None
    return tuple(s for s in header.slots if bracket.start <= source.span(s.value).start < bracket.end)


def _named(annotation: Annotation, slots: tuple[Slot, ...]) -> list[Slot]:
    name = annotation.argument("name")
    if name is None:
        return list(slots)
    text = str(name.value) if isinstance(name, ast.Constant) else ast.unparse(name)
    return [slot for slot in slots if slot.label == text]


def _last_word(bracket: _Bracket) -> str:
    before = bracket.header.source.text[bracket.start : bracket.last_code]
    return re.split(r"[\r\n]", before)[-1].strip()
