"""Refusing to write into a source that is not what was searched."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnic.cli.errors import CommandError

if TYPE_CHECKING:
    from nnic.api import Compilation
    from nnic.apply.matching import MatchedFile
    from nnic.runtime.store.records import ExperimentRecord


def refuse_edited(
    record: ExperimentRecord, compilation: Compilation, matched: tuple[MatchedFile, ...]
) -> None:
    """Refuse when the edits since the search touched a parameter.

    Raises
    ------
    CommandError
        With the lines.
    """
    moved = [shown_path(compilation, file.path) for file in matched if file.moved and not file.differences]
    if moved:
        raise CommandError(
            "nothing is written: with the values of an earlier apply, the annotations of "
            f"{', '.join(moved)}\n  mean other places than were searched; take it back: nnic apply --undo"
        )
    places = [
        f"{shown_path(compilation, file.path)} {_place(difference.name, difference.lines, file)}"
        for file in matched
        for difference in file.differences
    ]
    if places:
        more = [f"and {len(places) - 8} more"] if len(places) > 8 else []
        listed = "\n  ".join([*places[:8], *more])
        raise CommandError(
            f"the source was edited since {record.name} was started, so nothing is written:\n  {listed}\n"
            f"  The values: nnic best {record.name}. Search the edited source: nnic run {_script(record)}"
        )


def _place(name: str, lines: tuple[int, ...], file: MatchedFile) -> str:
    """Where a parameter was edited: of its lines, those that differ."""
    if not lines:
        where = f" ({describe_lines(file.edited)})" if file.edited else ""
        return f"no longer has {name}{where}"
    touched = [line for line in lines if line in file.edited] or list(file.edited) or list(lines)
    return f"{describe_lines(touched)}: {name}"


def _script(record: ExperimentRecord) -> str:
    command = record.config.argv[1:]
    return " ".join(command[:2] if command[:1] == ("-m",) else command[:1])


def describe_lines(lines: Sequence[int]) -> str:
    """``line 5``, ``lines 5, 7-9`` or ``lines 1-3 and 4 more``."""
    ranges: list[tuple[int, int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], line)
        else:
            ranges.append((line, line))
    shown = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges[:8])
    rest = sum(b - a + 1 for a, b in ranges[8:])
    return f"line{'s'[: len(lines) > 1]} {shown}" + (f" and {rest} more" if rest else "")


def shown_path(compilation: Compilation, path: str) -> str:
    """A file of the program as seen from the working directory."""
    relative = os.path.relpath(compilation.code_dir / path)
    return path if relative.startswith("..") else relative
