"""Warns of annotations that black would carry away from their values.

Within brackets that have no trailing comma, black joins what fits on a line, and puts the comments
behind it. The annotation then stands for another owner, which is an error at best.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from nnic.edits import Edit
from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.ir import Annotation, Carrier, ModuleIR, SlotKind, Tunable
from nnic.lowering.slots import Slot, slots_of
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.lexer import Comment, closing_bracket, find_comments
from nnic.syntax.tree import start_of
from nnic.syntax.walking import walk

# What black and ruff format take unless they are told otherwise.
_WIDTH = 88
_INDENT = 4
_DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.Tuple)


@dataclass(frozen=True, slots=True)
class _Header:
    """A statement without the blocks inside of it: where it stands, its comments and its slots."""

    source: SourceFile
    statement: ast.stmt
    start: int
    end: int
    comments: tuple[Comment, ...]
    slots: tuple[Slot, ...]

    def joined(self, start: int, end: int) -> str:
        """Return the code between two places as black would write it on one line."""
        rows = []
        for comment in (c for c in self.comments if start <= c.start < end):
            rows.append(self.source.text[start : comment.start])
            start = comment.end
        code = " ".join("".join([*rows, self.source.text[start:end]]).split())
        return re.sub(r"(?<=[(\[{]) | (?=[)\]}])", "", code)

    def width_of_comments(self, start: int, end: int) -> int:
        """Tell how much room the comments between two places take behind that line."""
        return sum(c.end - c.start + 2 for c in self.comments if start <= c.start < end)


@dataclass(frozen=True, slots=True)
class _Bracket:
    """The innermost brackets around a comment; ``start`` and ``end`` are those of what they hold."""

    header: _Header
    start: int
    end: int

    @property
    def last_code(self) -> int:
        """Offset behind the last character of code within the brackets."""
        offset, header = self.end, self.header
        while True:
            text = header.source.text[self.start : offset].rstrip()
            comment = next((c for c in header.comments if c.start < self.start + len(text) <= c.end), None)
            if comment is None:
                return self.start + len(text)
            offset = comment.start


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
                headers[id(statement)] = _header(ir.source, statement)
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
        help="a comma behind the last item keeps every item on its line",
        fix=Fix(f"{_last_word(bracket)},", (comma,), safe=True),
    )


def _header(source: SourceFile, statement: ast.stmt) -> _Header:
    start = start_of(source, statement)
    body = getattr(statement, "body", None)
    end = start_of(source, body[0]) if isinstance(body, list) and body else source.span(statement).end
    comments = tuple(
        Comment(c.start + start, c.end + start, None if c.bracket is None else c.bracket + start, c.own_line)
        for c in find_comments(source.text[start:end], "#")
    )
    return _Header(source, statement, start, end, comments, slots_of(statement))


def _slots_when_joined(bracket: _Bracket) -> tuple[Slot, ...] | None:
    """Tell what the comments of the brackets could mean when black has joined their lines, or ``None`` where
    it leaves them, one item a line."""
    header = bracket.header
    source = header.source
    if source.text[bracket.last_code - 1] == "," or any(
        c.own_line for c in header.comments if bracket.start < c.start < bracket.end
    ):
        return None
    start, end = header.start, header.end
    room = _WIDTH - (source.lines.location(start)[1] - 1)
    if len(header.joined(start, end)) + header.width_of_comments(start, end) <= room:
        return header.slots
    width = len(header.joined(bracket.start, bracket.end))
    width += header.width_of_comments(bracket.start, bracket.end)
    if width > room - _INDENT or _is_display(bracket):
        return None
    return tuple(s for s in header.slots if bracket.start <= source.span(s.value).start < bracket.end)


def _named(annotation: Annotation, slots: tuple[Slot, ...]) -> list[Slot]:
    name = annotation.argument("name")
    if name is None:
        return list(slots)
    text = str(name.value) if isinstance(name, ast.Constant) else ast.unparse(name)
    return [slot for slot in slots if slot.label == text]


def _is_display(bracket: _Bracket) -> bool:
    """Tell whether black always gives each item a line of its own: a display of several."""
    source = bracket.header.source
    for node in walk(bracket.header.statement):
        if isinstance(node, _DISPLAYS) and source.span(node).start == bracket.start - 1:
            return len(node.values if isinstance(node, ast.Dict) else node.elts) > 1
    return False


def _last_word(bracket: _Bracket) -> str:
    before = bracket.header.source.text[bracket.start : bracket.last_code]
    return re.split(r"[\r\n]", before)[-1].strip()
