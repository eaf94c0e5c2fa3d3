"""Findings as text with the source line and a caret, and as JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nnic.findings.diagnostics import Diagnostic
from nnic.findings.fixes import Fix
from nnic.source import SourceFile, UndecodableError
from nnic.span import Lines

# Of a longer line only the part around the place is shown.
_LONGEST_LINE = 240
# Control and format characters, halves of surrogate pairs, and Unicode's own line breaks.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def render_text(diagnostic: Diagnostic) -> str:
    """Return a finding as people read it, several lines without a line break at the end."""
    d = diagnostic
    rows = [f"{d.path}:{d.line}:{d.column}: {d.severity.value}[{d.code}]: {d.message}"]
    gutter = " " * max(len(str(d.line)), 2)
    if d.excerpt:
        before, marked, behind = _excerpt(d, d.excerpt)
        marks = _padding(before) + "^" * max(sum(map(_width, marked.rstrip())), 1)
        shown = f"{before}{marked}{behind}".rstrip()
        rows += [f"{gutter} |", f"{d.line:>{len(gutter)}} | {shown}", f"{gutter} | {marks}"]
    for related in d.related:
        rows.append(f"{gutter} = note: {related.path}:{related.line}:{related.column}: {related.message}")
    if d.help:
        rows.append(f"{gutter} = help: {d.help}")
    if d.fix:
        rows.append(f"{gutter} = fix: {d.fix.text}{_how(d.fix)}")
    return "\n".join(visible(row) for row in rows)


def _excerpt(d: Diagnostic, line: str) -> tuple[str, str, str]:
    """Return what of a source line stands before the place of a finding, in it and behind it; of a long line
    only what is near."""
    start = d.column - 1
    end = d.end_column - 1 if d.end_line == d.line else len(line)
    first, last = 0, len(line)
    if len(line) > _LONGEST_LINE:
        first, last = max(start - _LONGEST_LINE // 3, 0), start + _LONGEST_LINE
    before = ("..." if first else "") + visible(line[first:start])
    behind = visible(line[end:last]) + ("..." if last < len(line) else "")
    return before, visible(line[start : min(end, last)]), behind


def visible(text: str) -> str:
    """Return ``text`` with what would move a terminal's cursor, or change its colours or the direction of
    writing, as escapes; tabs stay."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(char: str) -> str:
    if char in " \t\n" or unicodedata.category(char) not in _UNSAFE:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _how(fix: Fix) -> str:
    """Return the command that makes the fix."""
    if not fix.edits:
        return ""
    return f"      nnic lint --fix{'' if fix.safe else ' --unsafe-fixes'}"


def render_json(diagnostics: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """Findings as plain JSON values; files with fixes are read again, to count their lines."""
    lines: dict[str, Lines | None] = {}
    found = []
    for diagnostic in diagnostics:
        edits: list[dict[str, Any]] = []
        for edit in diagnostic.fix.edits if diagnostic.fix else ():
            if diagnostic.path not in lines:
                lines[diagnostic.path] = read_lines(diagnostic.path)
            of_file = lines[diagnostic.path]
            if of_file is None:
                break
            line, column = of_file.location(edit.span.start)
            end_line, end_column = of_file.location(edit.span.end)
            place = {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
            edits.append({**place, "text": edit.text})
        safe = diagnostic.fix.safe if diagnostic.fix else None
        found.append({**diagnostic.to_json(), "fix_safe": safe, "edits": edits})
    return found


def read_lines(shown: str) -> Lines | None:
    """Return how the lines of a checked file are counted.

    ``None`` when it is gone since, or its name holds characters that are shown as escapes.
    """
    try:
        return SourceFile.read(Path(shown), shown).lines
    except (OSError, UndecodableError):
        return None


def _padding(before: str) -> str:
    """Blanks as wide as ``before`` on a terminal; tabs stay, because their width depends on it."""
    return "".join("\t" if char == "\t" else " " * _width(char) for char in before)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
