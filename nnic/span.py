"""Stretches of text, and the two ways in which positions are counted."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

# Python's idea of a line break: a form feed or a Unicode separator is none.
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters ``start`` (included) to ``end`` (excluded) of a text, from 0."""

    start: int
    end: int

    def __post_init__(self) -> None:
        assert 0 <= self.start <= self.end, (self.start, self.end)

    def contains(self, other: Span) -> bool:
        """Tell whether ``other`` lies within this span."""
        return self.start <= other.start and other.end <= self.end


class Lines:
    """Converts between offsets, (line, character) and the (line, UTF-8 byte) of ``ast``."""

    __slots__ = ("_ends", "_last", "ascii", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.ascii = text.isascii()
        # Of lines that are no ASCII: the UTF-8 byte behind each character, worked out when it is asked for.
        self._ends: dict[int, list[int]] = {}
        # A long line may have many findings, which share its text.
        self._last = (0, "")
        if "\r" in text:
            self.starts = [0, *[match.end() for match in _LINE_BREAK.finditer(text)]]
        else:
            lengths = [len(row) + 1 for row in text.split("\n")]
            self.starts = list(accumulate(lengths[:-1], initial=0))

    def line_of(self, offset: int) -> int:
        """Return the line (from 1) that holds ``offset``."""
        return bisect_right(self.starts, offset)

    def start_of(self, line: int) -> int:
        """Return the offset of the first character of ``line``."""
        return self.starts[line - 1]

    def end_of(self, line: int) -> int:
        """Return the offset behind the last character of ``line``, its line break excluded."""
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        start = self.starts[line - 1]
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return end

    def line_text(self, line: int) -> str:
        """Return the characters of ``line`` without its line break."""
        if line != self._last[0]:
            self._last = line, self.text[self.start_of(line) : self.end_of(line)]
        return self._last[1]

    def location(self, offset: int) -> tuple[int, int]:
        """(line, column), both from 1, the column in characters."""
        line = self.line_of(offset)
        return line, offset - self.starts[line - 1] + 1

    def point(self, offset: int) -> tuple[int, int]:
        """(line from 1, column from 0 in UTF-8 bytes), as ``ast`` counts."""
        line = self.line_of(offset)
        start = self.starts[line - 1]
        if self.ascii or offset == start:
            return line, offset - start
        return line, self._bytes(line)[offset - start - 1]

    def offset(self, line: int, byte_column: int) -> int:
        """Inverse of :meth:`point`; places beyond the text are moved to its end."""
        if line > len(self.starts):
            return len(self.text)
        start = self.starts[line - 1]
        if self.ascii:
            return min(start + byte_column, len(self.text))
        return start + bisect_right(self._bytes(line), byte_column)

    def _bytes(self, line: int) -> list[int]:
        """Return the number of UTF-8 bytes up to and with each character of a line."""
        if line not in self._ends:
            row = self.text[self.starts[line - 1] : self.starts[line] if line < len(self.starts) else None]
            self._ends[line] = list(accumulate(len(char.encode("utf-8", "surrogatepass")) for char in row))
        return self._ends[line]
