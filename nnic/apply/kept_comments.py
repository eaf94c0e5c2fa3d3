"""Writes values over expressions that hold comments, which stay: where they are, or beside the value."""

from __future__ import annotations

import io
import re
import sys
import tokenize
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from nnic.apply.smallest import smallest_edits
from nnic.apply.values import Written
from nnic.edits import Edit, outermost, splice
from nnic.ir import Annotation, ModuleIR
from nnic.span import Lines, Span
from nnic.syntax.lexer import comments_within
from nnic.syntax.tree import start_of

_REST_OF_VALUE = re.compile(r"[ \t]*[,)\]}]*[ \t]*(?=[\r\n]|\Z)")
_COMMENTS_IN_F_STRINGS = sys.version_info >= (3, 12)
_F_STRING = re.compile(r"[fFtT][rR]?['\"]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# Tells whether edits leave all as it was but for the value.
Accepts = Callable[[Written, Sequence[Edit]], bool]


def comments_inside(ir: ModuleIR, span: Span) -> list[Span]:
    """Return the comments within ``span``, which begins and ends with an expression."""
    if "#" not in ir.source.slice(span):
        return []
    position = ir.facts.locator.enclosing(span.start)
    start = span.start if position is None else start_of(ir.source, position.statement)
    found = set(comments_within(ir.source.text, min(start, span.start), span.end))
    found |= set(_within_f_strings(ir.source.slice(span), span.start))
    return sorted(Span(*comment) for comment in found if comment[0] >= span.start)


def _within_f_strings(text: str, offset: int) -> Iterator[tuple[int, int]]:
    """Yield the comments of an expression's ``text`` that stand in fields of f-strings, and others with them.

    The lexer takes an f-string for one token; Python allows comments there since 3.12.
    """
    if not _COMMENTS_IN_F_STRINGS or "#" not in text or _F_STRING.search(text) is None:
        return
    rows = text.replace("\r\n", " \n").replace("\r", "\n")
    lines = Lines(rows)
    for token in tokenize.generate_tokens(io.StringIO(f"({rows}\n)").readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            start = offset + lines.start_of(row) + column - (row == 1)
            yield start, start + len(token.string.rstrip())


def edits_keeping_comments(
    ir: ModuleIR,
    change: Written,
    names: Callable[[], Sequence[Edit]],
    accepts: Accepts,
) -> list[Edit] | None:
    """Return the edits that write a value and keep the comments of what was there, or ``None`` where none
    of the ways to do that is right.

    Parameters
    ----------
    names
        Gives edits of annotations that say which value is meant; made where an annotation needs them.
    accepts
        Chooses between the ways.
    """
    comments = comments_inside(ir, change.span)
    if not comments:
        return [Edit(change.span, change.text)]
    for make in (tuple, names):
        named: Sequence[Edit] = make()
        if make is names and not named:
            break
        for edits in _ways(ir, change, comments, named):
            made = outermost([*edits, *named])
            if accepts(change, made):
                return list(made)
    return None


def _ways(
    ir: ModuleIR, change: Written, comments: Sequence[Span], names: Sequence[Edit]
) -> Iterator[list[Edit]]:
    """Yield the ways to keep comments, the one that changes least first."""
    text = ir.source.text
    least = smallest_edits(ir.source, change.place, change.text)
    if not any(_overlaps(edit.span, comment) for edit in least for comment in comments):
        yield least
    texts = {comment: _with_edits(text, comment, names) for comment in comments}
    annotated = _annotations(ir, comments)
    value = Edit(change.span, change.text)
    first = ir.source.lines.start_of(ir.source.lines.line_of(change.span.start))
    rest = _REST_OF_VALUE.match(text, change.span.end)
    if annotated and rest is not None:
        behind = Edit(Span(rest.end(), rest.end()), "".join(f"  {texts[c]}" for c in annotated))
        yield [*_above(ir, first, _others(texts, annotated)), value, behind]
    yield [*_above(ir, first, texts.values()), value]
    position = ir.facts.locator.enclosing(change.span.start)
    if position is not None:
        start = ir.source.lines.start_of(ir.source.lines.line_of(start_of(ir.source, position.statement)))
        yield [*_above(ir, start, _others(texts, annotated)), _in_parentheses(ir, change, texts, annotated)]
        yield [*_above(ir, start, texts.values()), value]
    yield [_in_parentheses(ir, change, texts, list(texts))]


def _others(texts: Mapping[Span, str], annotated: Sequence[Span]) -> list[str]:
    return [text for comment, text in texts.items() if comment not in annotated]


def _annotations(ir: ModuleIR, comments: Sequence[Span]) -> list[Span]:
    """Return those comments that hold an annotation."""
    found = ir.annotated.annotations  # in the order of the source
    return [c for c in comments if _first_from(found, c.start) < c.end]


def _first_from(annotations: Sequence[Annotation], offset: int) -> int:
    """Return where the first annotation from ``offset`` on begins; behind everything where there is none."""
    index = bisect_left(annotations, offset, key=lambda annotation: annotation.span.start)
    return annotations[index].span.start if index < len(annotations) else sys.maxsize


def _with_edits(text: str, comment: Span, edits: Iterable[Edit]) -> str:
    inside = [
        Edit(Span(edit.span.start - comment.start, edit.span.end - comment.start), edit.text)
        for edit in edits
        if comment.contains(edit.span)
    ]
    return splice(text[comment.start : comment.end], inside).rstrip()


def _above(ir: ModuleIR, line_start: int, comments: Iterable[str]) -> list[Edit]:
    """Return the insertion of comments, as lines of their own, before the line that begins at an offset."""
    text = ir.source.text
    lines = "".join(f"{_indentation(text, line_start)}{c}{_newline(ir, line_start)}" for c in comments)
    return [Edit(Span(line_start, line_start), lines)] if lines else []


def _in_parentheses(ir: ModuleIR, change: Written, texts: Mapping[Span, str], inside: Sequence[Span]) -> Edit:
    """Return the value in parentheses, together with the comments ``inside``, the first behind the opening
    one."""
    line_start = ir.source.lines.start_of(ir.source.lines.line_of(change.span.start))
    newline, indentation = _newline(ir, line_start), _indentation(ir.source.text, line_start)
    deeper = f"{newline}{indentation}    "
    comments = [texts[comment] for comment in inside]
    head = f"({'  ' if comments else ''}{deeper.join(comments)}{deeper if comments else ''}"
    tail = f"{newline}{indentation})" if comments else ")"
    return Edit(change.span, f"{head}{change.text}{tail}")


def _indentation(text: str, line_start: int) -> str:
    end = line_start
    while text[end : end + 1] in (" ", "\t", "\f"):
        end += 1
    return text[line_start:end].rpartition("\f")[2]


def _newline(ir: ModuleIR, line_start: int) -> str:
    match = _LINE_BREAK.search(ir.source.text, line_start)
    return match[0] if match else "\n"


def _overlaps(first: Span, second: Span) -> bool:
    return first.start < second.end and second.start < first.end
