"""Annotations in comments, on their own line or behind a statement."""

from __future__ import annotations

import ast
import re
from functools import partial

from nnic.annotations.kinds import HEAD, KNOWN
from nnic.annotations.lookalikes import check_comment, check_hidden, misspelt_markers
from nnic.annotations.parse import check_kind, parse_call
from nnic.findings.diagnostics import Sink
from nnic.ir import Annotation, Carrier
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.annotation_text import Piece, make_text
from nnic.syntax.lexer import Comment, closing_bracket, find_comments
from nnic.syntax.tree import last_start

_WORD = "nni"
_WHOLE_WORD = re.compile(r"\bnni\b")
# The start of the comment, or of a further part of it, separated by ` #`.
_MARKER = re.compile(r"(?:\A|[ \t])#+[ \t]*(?=@nni\.)")
_NEXT_LINE = re.compile(r"(?:\r\n|\r|\n)[ \t\f]*#+(?![ \t]*@nni\.)")


def read_comments(source: SourceFile, tree: ast.Module, sink: Sink) -> list[Annotation]:
    """The annotations among all comments."""
    found: list[Annotation] = []
    consumed = -1
    for comment in find_comments(source.text, _WORD, partial(last_start, source, tree)):
        if comment.start < consumed or not _WHOLE_WORD.search(source.text, comment.start, comment.end):
            continue
        consumed = _read_comment(source, comment, found, sink)
    for marker in misspelt_markers(source.text):
        for comment in find_comments(source.text, marker, partial(last_start, source, tree)):
            if not _WHOLE_WORD.search(source.text, comment.start, comment.end):
                check_comment(source, comment, sink)
    return found


def _read_comment(source: SourceFile, comment: Comment, found: list[Annotation], sink: Sink) -> int:
    """Read all annotations of a comment; return where the last one ends."""
    carrier = Carrier.OWN_LINE if comment.own_line else Carrier.TRAILING
    position = comment.start
    end = comment.end
    any_marker = False
    while match := _MARKER.search(source.text[position:end]):
        any_marker = True
        start = position + match.end()
        head = HEAD.match(source.text, start)
        assert comment.start < start
        if head is None:
            position = start + 1
            continue
        name = Span(head.start(1), head.end(1))
        if head[2] is None:
            if head[1] in KNOWN and not source.text.startswith(".", name.end):
                sink.warning("NNI204", name, f"nni.{head[1]} without parentheses is no annotation")
            position = name.end
            continue
        if not check_kind(head[1], name, source.text[head.end() - 1 : end], sink):
            position = name.end
            continue
        position, end = _read_annotation(source, comment, carrier, start, head, end, found, sink)
    if not any_marker:
        check_comment(source, comment, sink)
    elif position < end:
        check_hidden(source, position, end, sink)
    return end


def _read_annotation(
    source: SourceFile,
    comment: Comment,
    carrier: Carrier,
    start: int,
    head: re.Match[str],
    end: int,
    found: list[Annotation],
    sink: Sink,
) -> tuple[int, int]:
    """Read the annotation at ``start``; return where to go on, and the end of its last line."""
    pieces = [Piece(0, start + 1, end - start - 1)]
    code = source.text[start + 1 : end]
    opening = head.end() - 1 - (start + 1)
    close = closing_bracket(code, opening)
    while close < 0 and carrier is Carrier.OWN_LINE and (match := _NEXT_LINE.match(source.text, end)):
        row_start = match.end()
        row_end = source.lines.end_of(source.lines.line_of(row_start))
        code += "\n"
        pieces.append(Piece(len(code), row_start, row_end - row_start))
        code += source.text[row_start:row_end]
        end = row_end
        close = closing_bracket(code, opening)
    if close < 0:
        where = "" if carrier is Carrier.OWN_LINE else "; a trailing annotation closes on its line"
        bracket = Span(head.end() - 1, head.end())
        sink.error("NNI113", bracket, f"syntax error in the annotation: '(' was never closed{where}")
        return end, end
    text = make_text(code[:close], Span(start, start), tuple(pieces))
    last = text.offset(close - 1) + 1
    text = make_text(code[:close], Span(start, last), tuple(pieces))
    rest = source.text[last:end]
    if rest.strip() and not re.match(r"[ \t]*#", rest):
        extra = Span(last + len(rest) - len(rest.lstrip()), last + len(rest.rstrip()))
        sink.error(
            "NNI113",
            extra,
            "syntax error in the annotation: text behind it",
            help="separate further comments with ' #'",
        )
        return end, end
    call = parse_call(text, head[1], sink)
    if call is not None:
        found.append(Annotation(head[1], carrier, text, call, comment))
    return last, end
