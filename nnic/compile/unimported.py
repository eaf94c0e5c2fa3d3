"""Notes annotated files beside a program that its entry never imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nnic.annotations import read_annotations
from nnic.findings.diagnostics import Diagnostic, Sink
from nnic.findings.suppression import without_suppressed
from nnic.project.closure import read_file
from nnic.project.code_directory import walk_files
from nnic.syntax.facts import FileFacts

# Where there are more files, the folder holds more than one program.
_MOST_FILES = 500
# A script may lie beside a data set, or in a home folder.
_MOST_LISTED = 20_000
# With one of these a file is a program of its own, which other entries don't import.
_OF_ENTRIES = (b"report_final_result", b"__main__")


def note_unimported(
    code_dir: Path,
    imported: Iterable[str],
    entry: str,
    shown: Callable[[Path], str],
    parts: Iterable[str] = ("",),
    told: tuple[Path, ...] = (),
) -> list[Diagnostic]:
    """Return a note for each file whose annotations the program doesn't see.

    Parameters
    ----------
    code_dir
        The code directory.
    imported
        The program's files, relative to it.
    entry
        The one that is started.
    shown
        What people are shown for a path.
    parts
        The files and folders of the code directory that hold the program, relative to it.
    told
        Files, without their ending, and folders of which another finding tells.
    """
    known = set(imported)
    others: list[str] = []
    for count, path in enumerate(_files_of(code_dir, parts)):
        if len(others) > _MOST_FILES or count > _MOST_LISTED:
            return []
        if path.endswith(".py") and path not in known and not _is_told(code_dir / path, told):
            others.append(path)
    found: list[Diagnostic] = []
    for path in others:
        file = read_file(code_dir, path, shown(code_dir / path))
        if file is None or file.facts is None or b"@nni." not in file.data:
            continue
        if not any(word in file.data for word in _OF_ENTRIES):
            found += _note(file.facts, entry)
    return found


def _is_told(file: Path, told: tuple[Path, ...]) -> bool:
    return any(file.with_suffix("") == place or place in file.parents for place in told)


def _files_of(code_dir: Path, parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        if (code_dir / part).is_dir():
            within = f"{part}/" if part else ""
            yield from (within + path for path in walk_files(code_dir / part))


def _note(facts: FileFacts, entry: str) -> tuple[Diagnostic, ...]:
    source = facts.source
    annotated = read_annotations(facts, Sink(source))
    if annotated is None or not annotated.annotations:
        return ()
    sink = Sink(source)
    sink.note(
        "NNI302",
        annotated.annotations[0].span,
        f"{entry} does not import this file, so its annotations are not part of the program",
    )
    return tuple(d for d in without_suppressed(source, sink.diagnostics) if d.code == "NNI302")
