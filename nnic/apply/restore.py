"""Puts the texts of an earlier state of a file back into its places."""

from __future__ import annotations

from nnic.apply.differences import same_places
from nnic.apply.values import Written, outer_first
from nnic.ir import ModuleIR
from nnic.span import Span


def restored(ir: ModuleIR, original: ModuleIR) -> list[Written]:
    """Return the texts that ``original``, an earlier state of the file, has in its places.

    Raises
    ------
    ValueError
        When they are not those of ``ir``.
    """
    if not same_places(ir, original):
        raise ValueError(f"{ir.source.path} has other parameters than when it was searched")
    now, then = outer_first(ir), outer_first(original)
    written = []
    covered = 0
    for (_, place), (_, earlier) in zip(now, then):
        text = original.source.slice(earlier.span)
        if place.span.start >= covered and text != ir.source.slice(place.span):
            span = _with_own_parentheses(ir, place.span, original, earlier.span)
            written.append(Written(place.node, span, earlier.node, text))
            covered = place.span.end
    return written


def _with_own_parentheses(ir: ModuleIR, span: Span, original: ModuleIR, earlier: Span) -> Span:
    """Return ``span`` with the parentheses around it that writing its value added."""
    added = set()
    for step, now, then in ((-1, span.start - 1, earlier.start - 1), (1, span.end, earlier.end)):
        added.add(_count(ir.source.text, now, step) - _count(original.source.text, then, step))
    return Span(span.start - 1, span.end + 1) if added == {1} else span


def _count(text: str, offset: int, step: int) -> int:
    """Tell how many parentheses stand side by side from ``offset`` on."""
    count = 0
    while text[offset : offset + 1] == ("(" if step < 0 else ")") and offset >= 0:
        offset, count = offset + step, count + 1
    return count
