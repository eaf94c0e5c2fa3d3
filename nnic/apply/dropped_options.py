"""Takes options out of an annotation, together with the remarks that speak of them alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from nnic.edits import Edit
from nnic.ir import Carrier, Tunable
from nnic.source import SourceFile
from nnic.span import Lines, Span

_COMMENT = re.compile(r"#[^\r\n]*")
_MARGIN = re.compile(r"[\r\n]+[ \t\f]*")
_BEFORE = re.compile(r"[ \t\f]*\Z")
# What is left of a line of a comment, and of a string, when all is gone that it held.
_EMPTY_ROW = {True: re.compile(r"[ \t\f]*#*[ \t\f]*"), False: re.compile(r"[ \t\f]*")}


@dataclass(slots=True)
class _Item:
    """An argument with the parentheses around it: its characters, and the comma behind it."""

    start: int
    end: int
    comma: int | None = None


def dropped_options(source: SourceFile, tunable: Tunable, kept: Collection[int]) -> list[Edit]:
    """Return the edits of the file that take out of an annotation all options but those at the places
    ``kept``.

    A remark behind an option goes when nothing on its line stays, one on a line of its own when none of
    the options stays that follow it.
    """
    annotation = tunable.annotation
    items, comments = _read(tunable)
    starts = [annotation.text.range_of(argument.node)[0] for argument in tunable.arguments]
    options = {bisect_left([item.end for item in items], start + 1): n for n, start in enumerate(starts)}
    gone = {place for place, option in options.items() if option not in kept}
    if not gone:
        return []
    code = annotation.text.code
    cuts = [*_item_cuts(code, items, gone), *_remark_cuts(code, items, comments, gone)]
    # The beginning of each line stays as it is, in a comment behind its mark.
    margins = {at for row in _MARGIN.finditer(code) for at in range(*row.span())}
    places = (at for cut in cuts for at in range(cut.start, cut.end) if at not in margins)
    deleted = {annotation.text.offset(at) for at in places}
    rows = annotation.carrier in (Carrier.OWN_LINE, Carrier.STRING)
    return _edits(source, annotation.span, deleted, rows, annotation.carrier is Carrier.OWN_LINE)


def _read(tunable: Tunable) -> tuple[list[_Item], list[Span]]:
    """Return the arguments of the call in the order of the text, and the comments between them."""
    text, call = tunable.annotation.text, tunable.call
    ranges = sorted(text.range_of(node) for node in (*call.args, *call.keywords))
    items: list[_Item] = []
    comments: list[Span] = []
    at, last = text.range_of(call.func)[1], text.range_of(call)[1] - 1
    at = text.code.index("(", at) + 1
    for start, end in [*ranges, (last, last)]:
        opening = start
        for mark, place in _between(text.code, at, start):
            if mark == "#":
                comments.append(place)
            elif mark == ")":
                items[-1].end = place.end
            elif mark == ",":
                items[-1].comma = place.start
            else:
                opening = min(opening, place.start)
        items.append(_Item(opening, end))
        at = end
    return items[:-1], comments


def _between(code: str, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """Yield the brackets, commas and comments between two arguments, where no string can be."""
    at = start
    while at < end:
        match = _COMMENT.match(code, at, end)
        if match:
            yield "#", Span(*match.span())
        elif code[at] in "(),":
            yield code[at], Span(at, at + 1)
        at = match.end() if match else at + 1


def _item_cuts(code: str, items: list[_Item], gone: set[int]) -> Iterator[Span]:
    """Yield what goes of the items themselves: each with the comma behind it."""
    for place in sorted(gone):
        item = items[place]
        yield Span(item.start, item.end)
        if item.comma is not None:
            end = item.comma + 1
            blank = len(code[end:]) - len(code[end:].lstrip(" \t\f"))
            followed = code[end + blank : end + blank + 1] not in ("\r", "\n", "#")
            start = item.comma if code[item.end : item.comma].strip(" \t\f") else item.end
            yield Span(start, end + blank if followed else end)
    last = max((place for place in range(len(items)) if place not in gone), default=None)
    if last is None or last == len(items) - 1 or items[-1].comma is not None:
        return
    # The comma before the last one goes too, where nothing but white space stands between the two.
    comma = items[last].comma
    assert comma is not None
    if not re.search(r"[#\r\n]", code[items[last].end : items[-1].start]):
        yield Span(items[last].end, items[last + 1].start)


def _remark_cuts(code: str, items: list[_Item], comments: list[Span], gone: set[int]) -> Iterator[Span]:
    lines = Lines(code)
    ends = [lines.line_of(item.end - 1 if item.end else 0) for item in items]
    first_row = lines.line_of(items[0].start)
    own_rows = [c for c in comments if not code[lines.start_of(lines.line_of(c.start)) : c.start].strip()]
    for comment in comments:
        if comment in own_rows:
            following = [own.start for own in own_rows if own.start > comment.start]
            until = next((s for s in following if _items_between(items, comment.end, s)), len(code))
            about = _items_between(items, comment.end, until)
        else:
            row = lines.line_of(comment.start)
            about = [place for place, end in enumerate(ends) if end == row]
            if row < first_row:
                about = []
        if about and all(place in gone for place in about):
            before = _BEFORE.search(code, 0, comment.start)
            yield Span(before.start() if before else comment.start, comment.end)


def _items_between(items: list[_Item], start: int, end: int) -> list[int]:
    return [place for place, item in enumerate(items) if start <= item.start < end]


def _edits(source: SourceFile, span: Span, deleted: set[int], rows: bool, comment: bool) -> list[Edit]:
    """Return the deletion of characters; with the whole line where only white space, or what makes it a
    comment, would be left."""
    lines, text = source.lines, source.text
    gone = set(deleted)
    for line in range(lines.line_of(span.start), lines.line_of(span.end) + 1):
        start, end = lines.start_of(line), lines.end_of(line)
        here = [at for at in range(start, end) if at in deleted]
        if not here:
            continue
        left = "".join(text[at] for at in range(start, end) if at not in deleted)
        inner = start > span.start and end < span.end
        if rows and inner and _EMPTY_ROW[comment].fullmatch(left):
            gone |= set(range(start, lines.start_of(line + 1)))
            continue
        while end > start and (text[end - 1] in " \t" or end - 1 in gone) and end > span.start:
            end -= 1
            gone.add(end)
    return [Edit(Span(*run), "") for run in _runs(sorted(gone))]


def _runs(offsets: list[int]) -> Iterator[tuple[int, int]]:
    start = end = offsets[0]
    for at in offsets:
        if at > end:
            yield start, end
            start = at
        end = at + 1
    yield start, end
