"""How much was checked, for a person who is told that nothing was found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nnic.annotations import read_annotations
from nnic.check.check_paths import LintOptions, files_to_check
from nnic.check.reading import NoProgramError, read_python
from nnic.findings.diagnostics import Sink
from nnic.source import SourceFile, UndecodableError, may_hold_annotations
from nnic.syntax.facts import FileFacts

_MOST_BYTES = 3_000_000  # of which annotations are counted: more takes longer than the number is worth


def count_checked(paths: Iterable[Path], options: LintOptions) -> tuple[int, int | None]:
    """Return the number of files that a check of ``paths`` reads, and of the annotations in them.

    The second is ``None`` where there is too much to read again.
    """
    files = files_to_check(paths, options)
    annotations = read = 0
    for file in files:
        try:
            data, _ = read_python(file)
        except (OSError, NoProgramError):
            continue
        if not may_hold_annotations(data):
            continue
        read += len(data)
        if read > _MOST_BYTES:
            return len(files), None
        annotations += _count(data, file)
    return len(files), annotations


def _count(data: bytes, file: Path) -> int:
    try:
        source = SourceFile.decode(data, str(file))
    except UndecodableError:
        return 0
    found = read_annotations(FileFacts(source), Sink(source))
    return 0 if found is None else len(found.annotations)
