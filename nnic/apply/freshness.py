"""Tells which lines of a program were edited since it was compiled."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable
from pathlib import Path

from nnic.runtime.program import Insertion, Program
from nnic.source import UndecodableError, decode_text
from nnic.span import Lines


def changed_lines(program: Program, folder: Path) -> dict[str, list[int]]:
    """Return the lines that differ from what was compiled, by file. Files that did not change are left out.

    Parameters
    ----------
    program
        A program as it was written.
    folder
        Where it was written to (``program.json`` is there).

    Returns
    -------
    dict
        Line numbers of the present file; an empty list for a file that is gone.
    """
    changed: dict[str, list[int]] = {}
    for file in program.files:
        try:
            data = (Path(program.code_dir) / file.path).read_bytes()
        except OSError:
            changed[file.path] = []
            continue
        if hashlib.sha256(data).hexdigest() != file.sha256:
            compiled = (folder / "code" / file.path).read_bytes()
            changed[file.path] = differing_lines(original_text(compiled, file.insertions), data)
    return changed


def original_text(compiled: bytes, insertions: Iterable[Insertion]) -> str:
    """Return the source text that ``compiled`` was made from, by taking the insertions out."""
    lines = Lines(decode_text(compiled))
    ends = [*lines.starts[1:], len(lines.text)]
    rows = [lines.text[a:b].encode("utf-8", "surrogatepass") for a, b in zip(lines.starts, ends)]
    for insertion in insertions:
        # In order, what stands before an insertion is source already.
        row = rows[insertion.line - 1]
        rows[insertion.line - 1] = row[: insertion.column] + row[insertion.column + insertion.length :]
    return b"".join(rows).decode("utf-8", "surrogatepass")


def differing_lines(before: str, data: bytes) -> list[int]:
    """Return the lines of a file that differ from the text ``before``; at least one."""
    try:
        after = decode_text(data)
    except UndecodableError:
        return [1]
    old, new = _rows(before), _rows(after)
    numbers: list[int] = []
    for tag, _, _, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            numbers += range(start + 1, max(end, start + 1) + 1)
    return numbers or [1]


def _rows(text: str) -> list[str]:
    lines = Lines(text)
    return [lines.line_text(number) for number in range(1, len(lines.starts) + 1)]
