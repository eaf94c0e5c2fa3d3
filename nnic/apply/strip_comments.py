"""Takes annotations out that are comments, or parts of comments."""

from __future__ import annotations

import re

from nnic.edits import Edit
from nnic.findings.suppression import MARK
from nnic.ir import ModuleIR
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.lexer import Comment

# What else in such a comment speaks to nnic alone.
_SUPPRESSION = re.compile(r"#[ \t]*nnic:[ \t]*ignore(?:-file)?\b(?!-)[^#\r\n]*")


def strip_comments(ir: ModuleIR) -> list[Edit]:
    """Return the edits that take out all annotations of comments, and what hides findings about them; other
    parts of the comments stay."""
    source = ir.source
    groups: dict[int, tuple[Comment, list[Span]]] = {}
    for annotation in ir.annotated.annotations:
        comment = annotation.holder
        if isinstance(comment, Comment):
            start = _marker(source.text, annotation.span.start, comment.start)
            part = Span(start, annotation.span.end)
            groups.setdefault(comment.start, (comment, []))[1].append(part)
    inside = [Span(c.start, max(part.end for part in parts)) for c, parts in groups.values()]
    for comment in ir.facts.comments(MARK):
        # Lines that an annotation continues on are comments of their own to the lexer.
        if not any(span.start < comment.start < span.end for span in inside):
            groups.setdefault(comment.start, (comment, []))
    edits: list[Edit] = []
    for comment, parts in groups.values():
        edits += [Edit(span, "") for span in _cut(source, comment, parts)]
    return edits


def _cut(source: SourceFile, comment: Comment, annotations: list[Span]) -> list[Span]:
    lines = source.lines
    end = max([comment.end, *(lines.end_of(lines.line_of(part.end)) for part in annotations)])
    parts = list(annotations)
    for match in _SUPPRESSION.finditer(source.text, comment.start, end):
        if not any(part.start <= match.start() < part.end for part in annotations):
            parts.append(Span(match.start(), match.start() + len(match[0].rstrip())))
    gaps = _widened(source.text, sorted(parts), comment.start, end)
    if len(gaps) != 1 or gaps[0] != Span(comment.start, end):
        return gaps
    if not comment.own_line:
        return [Span(_code_end(source.text, comment.start), end)]
    last = lines.line_of(end)
    following = lines.start_of(last + 1) if last < len(lines.starts) else len(source.text)
    return [Span(lines.start_of(lines.line_of(comment.start)), following)]


def _marker(text: str, at: int, start: int) -> int:
    """Tell where the ``#`` of the part begins that holds the annotation at ``at``."""
    while text[at - 1] in " \t":
        at -= 1
    while at > start and text[at - 1] == "#":
        at -= 1
    return at


def _widened(text: str, parts: list[Span], start: int, end: int) -> list[Span]:
    """Return the parts with the white space that separates them from the others, joined where they meet."""
    gaps: list[Span] = []
    for part in parts:
        first = part.start if part.start == start else max(start, _code_end(text, part.start))
        last = part.end
        if gaps and first <= gaps[-1].end:
            first = gaps.pop().start
        if first == start or not text[last:end].strip():
            # What follows begins where the comment began.
            last = end - len(text[last:end].lstrip())
        gaps.append(Span(first, last))
    return gaps


def _code_end(text: str, offset: int) -> int:
    while offset > 0 and text[offset - 1] in " \t\f":
        offset -= 1
    return offset
