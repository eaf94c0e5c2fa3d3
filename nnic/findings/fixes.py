"""What mends a finding: text for people, and the exact edits that make it so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nnic.span import Span


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """The characters ``start`` (included) to ``end`` (excluded) of the source become ``text``."""

    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        assert 0 <= self.start <= self.end, (self.start, self.end)


@dataclass(frozen=True, slots=True)
class Fix:
    """How to mend a finding.

    Parameters
    ----------
    text
        What people are shown, and may type.
    edits
        The same as edits of the source, in its order; empty where only a person can make them, as in
        a string whose escapes hide which character is which.
    safe
        Whether ``nnic lint --fix`` makes them. A safe fix either mends what doesn't compile in the one
        way that it can be meant, or changes nothing that a program means; any other fix is a suggestion.
    """

    text: str
    edits: tuple[Replacement, ...] = ()
    safe: bool = False

    def __post_init__(self) -> None:
        assert self.text
        assert all(a.end <= b.start for a, b in zip(self.edits, self.edits[1:])), self.edits


def replacement(span: Span, text: str) -> tuple[Replacement, ...]:
    """A single edit, as :class:`Fix` takes it."""
    return (Replacement(span.start, span.end, text),)


def apply_edits(text: str, edits: Iterable[Replacement]) -> str:
    """``text`` with ``edits``, which don't overlap, made."""
    parts = []
    position = 0
    for edit in sorted(edits):
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])
