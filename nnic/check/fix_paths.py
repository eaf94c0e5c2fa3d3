"""Mends the findings of files and folders, and writes what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nnic.check.check_paths import LintOptions, check_source_text, files_to_check
from nnic.check.fix_source import fix_source
from nnic.check.reading import NoProgramError, read_python
from nnic.project.problems import shown_path
from nnic.project.writing import replace_file
from nnic.source import SourceFile, UndecodableError, may_hold_annotations


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file that fixes change: ``count`` findings are mended from ``before`` to ``after``."""

    file: Path
    before: SourceFile
    after: SourceFile
    count: int

    def write(self) -> None:
        """Put the mended text in the place of the file; encoding, permissions and links stay.

        Raises
        ------
        EditedMeanwhileError
            When the file changed since it was read.
        OSError
            When it can't be written; it is as it was.
        """
        replace_file(self.file, self.after.data, self.before.data)


def fix_paths(
    paths: Iterable[Path | str], options: LintOptions, *, unsafe: bool = False
) -> Iterator[FixedFile]:
    """Return the files that fixes would change; nothing is written.

    Parameters
    ----------
    paths, options
        As for :func:`nnic.check.check_paths.check_paths`, which also says what is raised.
    unsafe
        Make suggested fixes too.
    """
    root = Path.cwd()
    for file in files_to_check(paths, options):
        try:
            data, notebook = read_python(file)
        except NoProgramError:
            continue  # which the check reports
        if notebook is not None:
            continue  # fixes are made in Python files
        if not may_hold_annotations(data):
            continue
        try:
            source = SourceFile.decode(data, shown_path(file, root))
        except UndecodableError:
            continue
        fixed = fix_source(source, partial(check_source_text, file=file, options=options), unsafe=unsafe)
        if fixed.count:
            yield FixedFile(file, source, fixed.source, fixed.count)
