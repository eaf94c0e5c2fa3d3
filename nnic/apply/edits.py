"""Replacements of stretches of a text; everything outside of them stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nnic.span import Span


@dataclass(frozen=True, slots=True)
class Replacement:
    """``text`` takes the place of ``span``."""

    span: Span
    text: str


def outermost(replacements: Iterable[Replacement]) -> list[Replacement]:
    """The replacements in order, without those within another one."""
    kept: list[Replacement] = []
    for edit in sorted(replacements, key=lambda edit: (edit.span.start, -edit.span.end)):
        if not kept or edit.span.start >= kept[-1].span.end:
            kept.append(edit)
        else:
            assert kept[-1].span.contains(edit.span), (kept[-1], edit)
    return kept


def spliced(text: str, replacements: Iterable[Replacement]) -> str:
    """``text`` with its replacements; one within another one is gone with what held it."""
    parts = []
    position = 0
    for edit in outermost(replacements):
        parts += [text[position : edit.span.start], edit.text]
        position = edit.span.end
    return "".join([*parts, text[position:]])
