"""Finds comments, and the bracket that each stands in.

``tokenize`` takes several times as long as ``ast.parse``; this knows strings, brackets and
comments only, and reads only the statements that hold what is looked for. A test holds it against
``tokenize`` on the standard library.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Possessive: for a quote that is never closed, the time would else double with each character.
_STRING = (
    r'''"""(?:[^"\\]++|\\.|"(?!""))*+"""|\'\'\'(?:[^'\\]++|\\.|'(?!''))*+\'\'\'|'''
    r"""\"(?:[^"\\\r\n]++|\\\r\n|\\.)*+\"|'(?:[^'\\\r\n]++|\\\r\n|\\.)*+\'"""
)
# The last alternative is the quote of an f-string that breaks its line within a field.
_TOKEN = re.compile(
    rf"(?P<comment>\#[^\r\n]*)|(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<string>{_STRING}|[\"'])", re.S
)
# Since 3.12 an f-string's expressions may hold its own quotes, comments and line breaks.
_NESTING_F_STRINGS = sys.version_info >= (3, 12)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: where it starts (its ``#``) and ends, and its innermost open bracket.

    ``bracket`` is the offset of that bracket, ``None`` outside of any; ``own_line`` tells that the comment is
    the only thing on its logical line.
    """

    start: int
    end: int
    bracket: int | None
    own_line: bool


def _top(offset: int) -> int:
    return 0


def find_comments(text: str, word: str, start_before: Callable[[int], int] = _top) -> tuple[Comment, ...]:
    """Return the comments of ``text``, which must be valid Python, that hold ``word``.

    ``start_before`` gives a place before an offset where no bracket and no string is open, such as
    the start of the last statement that begins there; the nearer, the less there is to read.
    """
    found = []
    tokens: Iterator[tuple[str, int, int, list[int]]] = iter(())
    position = 0
    last_comment_end: int | None = None
    at = -1
    while (at := text.find(word, max(at + 1, position))) >= 0:
        if not _is_behind_hash(text, at, at + len(word)):
            continue
        start = start_before(at)
        if start >= position:
            tokens = _tokens(text, start)
        for kind, begin, position, brackets in tokens:
            if kind == "comment":
                if text.find(word, begin, position) >= 0:
                    own_line = _starts_line(text, begin, last_comment_end)
                    found.append(Comment(begin, position, brackets[-1] if brackets else None, own_line))
                last_comment_end = position
            if position > at:
                break
    return tuple(found)


def _is_behind_hash(text: str, start: int, end: int) -> bool:
    """Tell whether a line may hold a comment before the end of a word in it."""
    line_start = text.rfind("\n", 0, start) + 1
    line_start = max(line_start, text.rfind("\r", line_start, start) + 1)
    return text.find("#", line_start, end) >= 0


def comments_within(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each comment of ``text[start:end]``; at ``start`` no string may be open."""
    for kind, begin, behind, _ in _tokens(text, start):
        if begin >= end:
            break
        if kind == "comment":
            yield begin, behind


def closing_bracket(text: str, start: int) -> int | None:
    """Return the offset behind the bracket that closes the one at ``start``, or ``None`` when it stays
    open."""
    for kind, _, end, brackets in _tokens(text, start):
        if kind == "close" and not brackets:
            return end
    return None


def _tokens(text: str, position: int = 0) -> Iterator[tuple[str, int, int, list[int]]]:
    """(kind, start, end, brackets that are open behind it); the list is reused."""
    brackets: list[int] = []
    restart = True
    while restart:
        restart = False
        for match in _TOKEN.finditer(text, position):
            kind = match.lastgroup or ""
            start, end = match.span()
            if kind == "open":
                brackets.append(start)
            elif kind == "close":
                if brackets:
                    brackets.pop()
            elif kind == "string" and _NESTING_F_STRINGS and _is_f_string(text, start):
                end = _f_string_end(text, start)
                restart = end != match.end()
            yield kind, start, end, brackets
            if restart:
                position = end
                break


def _starts_line(text: str, start: int, last_comment_end: int | None) -> bool:
    line_start = start
    while line_start > 0 and text[line_start - 1] not in "\r\n":
        line_start -= 1
    if text[line_start:start].strip(" \t\f"):
        return False
    end = line_start - (
        2 if text.startswith("\r\n", line_start - 2) and line_start > 1 else min(line_start, 1)
    )
    continued = end > 0 and text[end - 1] == "\\" and end != last_comment_end
    return not continued


def _is_f_string(text: str, quote: int) -> bool:
    start = quote
    while start > 0 and quote - start < 3 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    prefix = text[start:quote].lower()
    return len(prefix) <= 2 and ("f" in prefix or "t" in prefix) and set(prefix) <= set("rft")


def _f_string_end(text: str, quote: int) -> int:
    """Return the offset behind the f-string whose first quote is at ``quote``."""
    mark = text[quote] * 3 if text.startswith(text[quote] * 3, quote) else text[quote]
    raw = "r" in text[max(0, quote - 2) : quote].lower()
    return _f_literal(text, quote + len(mark), mark, raw, in_spec=False)


def _f_literal(text: str, position: int, mark: str, raw: bool, *, in_spec: bool) -> int:
    """End of literal text: behind ``mark``, or at the ``}`` that ends a format specification."""
    while position < len(text):
        char = text[position]
        if char == "\\":
            # `\N{...}` names a character; in a raw string braces after a backslash still count.
            if not raw and text.startswith("N{", position + 1):
                position = text.find("}", position) + 1
            else:
                position += 1 if text[position + 1 : position + 2] in "{}" else 2
        elif text.startswith(mark, position):
            return position if in_spec else position + len(mark)
        elif char == "{":
            if not in_spec and text.startswith("{{", position):
                position += 2
            else:
                position = _f_field(text, position + 1, mark, raw)
        elif char == "}" and in_spec:
            return position
        else:
            position += 1
    return len(text)


def _f_field(text: str, position: int, mark: str, raw: bool) -> int:
    """Return the offset behind the ``}`` of the replacement field whose text begins at ``position``."""
    depth = 0
    while position < len(text):
        char = text[position]
        if char in "([{":
            depth += 1
        elif char in ")]}":
            if depth == 0:
                return position + 1
            depth -= 1
        elif char == "#":
            while position < len(text) and text[position] not in "\r\n":
                position += 1
            continue
        elif char in "\"'":
            position = _string_end(text, position)
            continue
        elif char == ":" and depth == 0:
            position = _f_literal(text, position + 1, mark, raw, in_spec=True)
            continue
        position += 1
    return len(text)


def _string_end(text: str, quote: int) -> int:
    if _is_f_string(text, quote):
        return _f_string_end(text, quote)
    match = _TOKEN.match(text, quote)
    return match.end() if match else quote + 1
