"""``# nnic: ignore[NNI101]`` hides findings from a check, and tells when there is nothing to hide.

An error that is hidden is still an error: what is compiled shows it again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from nnic.edits import Edit
from nnic.findings.diagnostics import Diagnostic, Sink, in_order
from nnic.findings.fixes import Fix
from nnic.source import SourceFile
from nnic.span import Span

if TYPE_CHECKING:
    from nnic.findings.ignores import Ignore

# Without it in its text a file hides nothing, and what reads such comments need not be loaded.
MARK = "nnic:"

_HIDDEN = "nnic: ignore hides this from nnic lint only; mend it, or take the annotation out"
# Only a whole program shows these, or only a run; a check of one file can't tell that there are none.
_OF_PROGRAMS = frozenset({"NNI112", "NNI123", "NNI124", "NNI203", "NNI211", "NNI302"})
# Comments for more lines than these are looked at for every finding.
_MOST_LINES = 100
# Behind one of these nothing else of the file is known.
_BLINDING = frozenset({"NNI114", "NNI115", "NNI121"})


def without_suppressed(source: SourceFile, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Drop the findings that a comment hides, and add those about comments that hide nothing."""
    if MARK not in source.text:
        return diagnostics
    from nnic.findings.ignores import read_ignores

    ignores = _Ignores(read_ignores(source))
    shown = [d for d in diagnostics if not ignores.hide(d)]
    if not any(d.code in _BLINDING for d in diagnostics):
        shown += _unused(source, ignores.all, diagnostics)
    return in_order(shown)


def suppressed_errors(source: SourceFile, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Return the errors among what :func:`without_suppressed` drops, telling that they are hidden."""
    if not diagnostics or MARK not in source.text:
        return ()
    from nnic.findings.ignores import read_ignores

    ignores = _Ignores(read_ignores(source))
    return tuple(replace(d, help=_HIDDEN) for d in diagnostics if d.is_error and ignores.hide(d))


class _Ignores:
    """The comments of a file that hide findings, by the lines that they speak of."""

    def __init__(self, ignores: tuple[Ignore, ...]) -> None:
        self.all = ignores
        self._wide = [ignore for ignore in ignores if ignore.last - ignore.first >= _MOST_LINES]
        self._by_line: dict[int, list[Ignore]] = {}
        for ignore in ignores:
            if ignore.last - ignore.first < _MOST_LINES:
                for line in range(ignore.first, ignore.last + 1):
                    self._by_line.setdefault(line, []).append(ignore)

    def hide(self, diagnostic: Diagnostic) -> bool:
        """Tell whether one of them hides a finding."""
        d = diagnostic
        near = (i for line in range(d.line, d.end_line + 1) for i in self._by_line.get(line, ()))
        return any(ignore.hides(d.code, d.line, d.end_line) for ignore in chain(near, self._wide))


def _unused(
    source: SourceFile, ignores: tuple[Ignore, ...], diagnostics: tuple[Diagnostic, ...]
) -> Iterator[Diagnostic]:
    sink = Sink(source)
    long = [d for d in diagnostics if d.end_line > d.line]
    for ignore in ignores:
        if ignore.misplaced:
            message = (
                "nnic: ignore-file stands on a line of its own at the top of its file; here it hides nothing"
            )
            sink.warning("NNI214", ignore.span, message)
            continue
        covered = _covered(diagnostics, long, ignore)
        unused = [(code, span) for code, span in ignore.codes if _hides_nothing(code, covered)]
        for code, span in unused:
            message = f"there is no {code} to hide here" if _is_known(code) else f"there is no finding {code}"
            fix = _without(source, ignore, [place for _, place in unused])
            sink.warning("NNI214", span, message, fix=fix)
    yield from sink.diagnostics


def _covered(diagnostics: tuple[Diagnostic, ...], long: list[Diagnostic], ignore: Ignore) -> list[Diagnostic]:
    """Return the findings on the lines of a comment; they are in the order of their lines, and ``long`` are
    those that reach over several."""
    last = bisect_right(diagnostics, ignore.last, key=lambda d: d.line)
    first = bisect_left(diagnostics, ignore.first, key=lambda d: d.line)
    before = (d for d in long if d.line < ignore.first <= d.end_line)
    return [*before, *diagnostics[first:last]]


def _hides_nothing(code: str, covered: list[Diagnostic]) -> bool:
    if not _is_known(code):
        return True
    # An error keeps the checks behind it from looking.
    blocked = any(d.is_error for d in covered)
    return not blocked and code not in _OF_PROGRAMS and all(d.code != code for d in covered)


def _is_known(code: str) -> bool:
    from nnic.findings.catalogue import CATALOGUE

    return code in CATALOGUE


def _without(source: SourceFile, ignore: Ignore, unused: list[Span]) -> Fix:
    text, start, end = source.text, ignore.span.start, ignore.span.end
    kept = [text[span.start : span.end] for _, span in ignore.codes if span not in unused]
    if kept:
        written = text[start : text.index("[", start) + 1] + ", ".join(kept) + "]"
        return Fix(written, (Edit(ignore.span, written),), safe=True)
    line = source.lines.line_of(start)
    line_start, line_end = source.lines.start_of(line), source.lines.end_of(line)
    behind = text[end:line_end].strip()
    if behind and not behind.startswith("#"):
        # The reason for it is a comment of its own.
        return Fix("take nnic: ignore out", (Edit(Span(start, end), "#"),), safe=True)
    before = text[line_start:start].rstrip()
    if not before and not behind:
        following = source.lines.starts[line] if line < len(source.lines.starts) else line_end
        return Fix("take the comment out", (Edit(Span(line_start, following), ""),), safe=True)
    if not before:
        end += len(text[end:line_end]) - len(text[end:line_end].lstrip())
        return Fix("take nnic: ignore out", (Edit(Span(start, end), ""),), safe=True)
    return Fix("take nnic: ignore out", (Edit(Span(line_start + len(before), end), ""),), safe=True)
