"""Edits of a text: the one way in which compiling, fixing and writing back change what a user wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nnic.span import Span


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """``text`` takes the place of ``span``; an empty span makes it an insertion."""

    span: Span
    text: str


def splice(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with ``edits`` made; everything outside of their spans stays byte for byte.

    Insertions at one offset keep the order in which they are given, and go before what replaces the
    characters behind it. An edit within another one is gone with what held it.
    """
    parts = []
    position = 0
    for edit in outermost(edits):
        parts += [text[position : edit.span.start], edit.text]
        position = edit.span.end
    return "".join([*parts, text[position:]])


def outermost(edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits in the order of the text, without those within another one."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=_order):
        if not kept or edit.span.start >= kept[-1].span.end:
            kept.append(edit)
        else:
            assert kept[-1].span.contains(edit.span), (kept[-1], edit)
    return kept


def _order(edit: Edit) -> tuple[int, bool, int]:
    start, end = edit.span.start, edit.span.end
    return start, end > start, -end
