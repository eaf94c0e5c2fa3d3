"""Reads ``# nnic: ignore`` comments: which lines each speaks of, and which codes it names."""

from __future__ import annotations

import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from nnic.source import SourceFile
from nnic.span import Span

_IGNORE = re.compile(r"#[ \t]*nnic:[ \t]*ignore(-file)?\b(?!-)(?:[ \t]*\[([^\]\r\n]*)\])?")
_SILENT = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING})


@dataclass(frozen=True, slots=True)
class Ignore:
    """One ``# nnic: ignore[...]``.

    Parameters
    ----------
    span
        The comment, or its part.
    codes
        What it names, each with its place; empty where it hides everything.
    first, last
        The lines that it speaks of.
    misplaced
        It speaks of the file, but doesn't stand at its top, so it hides nothing.
    """

    span: Span
    codes: tuple[tuple[str, Span], ...]
    first: int
    last: int
    misplaced: bool = False

    def hides(self, code: str, first: int, last: int) -> bool:
        """Tell whether a finding with ``code`` on these lines is hidden."""
        if self.misplaced or last < self.first or first > self.last:
            return False
        return not self.codes or any(name == code for name, _ in self.codes)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What lines hold.

    Parameters
    ----------
    comments
        Line and column of each comment.
    strings
        The first line of the first string that ends on a line, by that line.
    logical
        First and last line of each logical line, in their order.
    code
        The lines with code.
    code_in_order
        The same, sorted.
    top
        The first line of code that is no docstring.
    """

    comments: tuple[tuple[int, int], ...]
    strings: dict[int, int]
    logical: tuple[tuple[int, int], ...]
    code: frozenset[int]
    code_in_order: tuple[int, ...]
    top: int


def read_ignores(source: SourceFile) -> tuple[Ignore, ...]:
    """Return all such comments of a file, in their order."""
    layout = _layout(source)
    return tuple(
        _ignore(source, layout, line, column, match)
        for line, column in layout.comments
        for match in _IGNORE.finditer(source.text, *_comment(source, line, column))
    )


def _comment(source: SourceFile, line: int, column: int) -> tuple[int, int]:
    return source.lines.start_of(line) + column, source.lines.end_of(line)


def _ignore(source: SourceFile, layout: _Layout, line: int, column: int, match: re.Match[str]) -> Ignore:
    span = Span(match.start(), match.end())
    codes = tuple(
        (code[0].upper(), Span(match.start(2) + code.start(), match.start(2) + code.end()))
        for code in re.finditer(r"[^\s,]+", match[2] or "")
    )
    alone = match.start() == source.lines.start_of(line) + column and line not in layout.code
    if match[1]:
        return Ignore(span, codes, 1, len(source.lines.starts), misplaced=not alone or line > layout.top)
    first, last = _following(layout, line) if alone else _own(layout, line)
    return Ignore(span, codes, first, last)


def _own(layout: _Layout, line: int) -> tuple[int, int]:
    """A comment behind code: its line, from the start of a string that ends there."""
    return layout.strings.get(line, line), line


def _following(layout: _Layout, line: int) -> tuple[int, int]:
    """A comment of its own: up to the end of the next statement, or of the header of a compound one;
    within brackets, up to the next line with code."""
    index = bisect_right(layout.logical, line, key=lambda rows: rows[0])
    if index == 0 or layout.logical[index - 1][1] < line:
        return line, layout.logical[index][1] if index < len(layout.logical) else line
    following = bisect_right(layout.code_in_order, line)
    return line, layout.code_in_order[following] if following < len(layout.code_in_order) else line


def _layout(source: SourceFile) -> _Layout:
    comments, logical = [], []
    strings: dict[int, int] = {}
    code: set[int] = set()
    first = 0
    top = len(source.lines.starts)
    string_start = 0
    for token in _tokens(source):
        kind, row, end = token.type, token.start[0], token.end[0]
        name = tokenize.tok_name[kind]
        if kind == tokenize.COMMENT:
            comments.append((row, token.start[1]))
        elif kind == tokenize.NEWLINE:
            logical.append((first or row, row))
            first = 0
        elif kind not in _SILENT and kind != tokenize.ENDMARKER:
            code.update(range(row, end + 1))
            if not first:
                first = row
                # What precedes anything but a docstring is the top of the file.
                top = min(top, row) if kind != tokenize.STRING else top
            if name.endswith("STRING_START"):
                string_start = row
            elif name.endswith("STRING_END"):
                strings[end] = min(string_start, strings.get(end, string_start))
            elif kind == tokenize.STRING:
                strings[end] = min(row, strings.get(end, row))
    in_order = tuple(sorted(code))
    return _Layout(tuple(comments), strings, tuple(logical), frozenset(code), in_order, top)


def _tokens(source: SourceFile) -> Iterator[tokenize.TokenInfo]:
    """As far as the file can be read; columns count characters."""
    lines = source.lines
    rows = (lines.line_text(line) + "\n" for line in range(1, len(lines.starts) + 1))
    try:
        yield from tokenize.generate_tokens(lambda: next(rows, ""))
    except (tokenize.TokenError, SyntaxError):
        return
