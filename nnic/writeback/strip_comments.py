"""Takes annotations out that are comments, or parts of comments."""

from __future__ import annotations

import re

from nnic.annotations.model import Annotation, Carrier
from nnic.ir import ModuleIR
from nnic.source import SourceFile
from nnic.syntax.lexer import Comment
from nnic.syntax.span import Span
from nnic.writeback.edits import Replacement

# What else in such a comment speaks to nnic alone.
_SUPPRESSION = re.compile(r"#\s*nnic:\s*ignore\b(?:\[[^\]\r\n]*\])?(?=\s*(?:#|$))")


def strip_comments(ir: ModuleIR) -> list[Replacement]:
    """The edits that take out all annotations of comments; other parts of the comments stay."""
    groups: dict[int, list[Annotation]] = {}
    for annotation in ir.annotated.annotations:
        if isinstance(annotation.place, Comment):
            groups.setdefault(annotation.place.start, []).append(annotation)
    edits: list[Replacement] = []
    for group in groups.values():
        edits += [Replacement(span, "") for span in _cut(ir.source, group)]
    return edits


def _cut(source: SourceFile, annotations: list[Annotation]) -> list[Span]:
    comment = annotations[0].place
    assert isinstance(comment, Comment)
    lines = source.lines
    end = max(lines.end_of(lines.line_of(annotation.span.end)) for annotation in annotations)
    parts = [Span(_marker(source.text, a.span.start, comment.start), a.span.end) for a in annotations]
    for match in _SUPPRESSION.finditer(source.text, comment.start, end):
        if not any(part.start <= match.start() < part.end for part in parts):
            parts.append(Span(match.start(), match.end()))
    gaps = _widened(source.text, sorted(parts), comment.start, end)
    if len(gaps) > 1 or gaps[0] != Span(comment.start, end):
        return gaps
    if annotations[0].carrier is not Carrier.OWN_LINE:
        return [Span(_code_end(source.text, comment.start), end)]
    last = lines.line_of(end)
    following = lines.start_of(last + 1) if last < len(lines.starts) else len(source.text)
    return [Span(lines.start_of(lines.line_of(comment.start)), following)]


def _marker(text: str, at: int, start: int) -> int:
    """Where the ``#`` of the part begins that holds the annotation at ``at``."""
    while text[at - 1] in " \t":
        at -= 1
    while at > start and text[at - 1] == "#":
        at -= 1
    return at


def _widened(text: str, parts: list[Span], start: int, end: int) -> list[Span]:
    """The parts with the white space that separates them from the others, joined where they meet."""
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
