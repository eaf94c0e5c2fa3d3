"""Finds all annotations of a file, and what has to go or stay for it to mean the same without them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nnic.apply.strip_comments import strip_comments
from nnic.apply.strip_statements import strip_statements
from nnic.edits import Edit, splice
from nnic.ir import ModuleIR
from nnic.source import SourceFile, declared_encoding


@dataclass(frozen=True, slots=True)
class Stripping:
    """Edits that take annotations out.

    ``removed`` and ``padded`` name by ``id`` the string statements that are gone, and those that a
    ``pass`` stands for.
    """

    edits: tuple[Edit, ...] = ()
    removed: frozenset[int] = frozenset()
    padded: frozenset[int] = frozenset()


def find_annotations(ir: ModuleIR, closed: bool) -> Stripping:
    """Tell how to take every annotation of a file out of it; ``closed`` tells that samplers in code were
    replaced by values."""
    statements, removed, padded = strip_statements(ir, closed)
    return Stripping((*statements, *strip_comments(ir)), removed, padded)


def keep_encoding(source: SourceFile, text: str, edits: Iterable[Edit], stripping: Stripping) -> str:
    """Return ``text``; with blank lines at the top where a comment would have become a coding line.

    Raises
    ------
    ValueError
        When the annotation is the coding line.
    """
    if _encoding(source, text) == source.encoding:
        return text
    second = source.lines.end_of(min(2, len(source.lines.starts)))
    kept = [
        Edit(e.span, "".join(re.findall(r"\r\n|\r|\n", source.slice(e.span))))
        if e.span.start <= second and not e.text
        else e
        for e in stripping.edits
    ]
    text = splice(source.text, [*edits, *kept])
    if _encoding(source, text) != source.encoding:
        raise ValueError(f"{source.path}: its annotation declares the encoding, so it can't be removed")
    return text


def _encoding(source: SourceFile, text: str) -> str | None:
    try:
        return declared_encoding(source.encode(text))
    except (SyntaxError, UnicodeError):
        return None
