"""Warns of annotated files that a program's author means, but that its interpreter does not import."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from nnic.annotations import read_annotations
from nnic.findings.diagnostics import Diagnostic, Severity, Sink
from nnic.findings.suppression import without_suppressed
from nnic.project.closure import AbsentImport, read_file
from nnic.project.code_directory import python_files
from nnic.project.program_files import ProgramFiles, is_annotated
from nnic.project.source_places import source_places, way_to_import
from nnic.source import SourceFile, UndecodableError

CODE = "NNI230"
# A package with more files is read no further: its annotations lie as a rule in its first ones.
_MOST_FILES = 500


def warn_of_left_out(
    files: ProgramFiles, shown: Callable[[Path], str]
) -> tuple[list[Diagnostic], tuple[Path, ...]]:
    """Return a warning for each annotated file outside of the code directory, and for each import of a
    package whose annotated source the interpreter does not see; and the places of these packages."""
    found = [*_outside(files, shown)]
    packages: dict[str, Path] = {}
    for absent in files.absent:
        if absent.name not in packages:
            start = Path(os.path.dirname(absent.file))
            place = next(
                (p for p in source_places(absent.name, start) if _has_annotations(p, absent.name)), None
            )
            warning = None if place is None else _absent(absent, place, shown)
            if place is not None and warning is not None:
                found.append(warning)
                packages[absent.name] = place / absent.name
    return found, tuple(packages.values())


def _outside(files: ProgramFiles, shown: Callable[[Path], str]) -> Iterator[Diagnostic]:
    if not files.outside:
        return
    folders = [os.path.dirname(file.path) for file in files.outside]
    around = shown(Path(os.path.commonpath([os.fspath(files.code_dir), *folders])))
    for file in files.outside:
        assert file.facts is not None
        sink = Sink(file.facts.source)
        annotated = read_annotations(file.facts, Sink(file.facts.source))
        assert annotated is not None
        sink.warning(
            CODE,
            annotated.annotations[0].span,
            f"the program imports this file, but it lies outside of the code directory "
            f"{shown(files.code_dir)}, so its annotations have no effect",
            help=f"choose a folder around both: --code-dir {around}",
        )
        shown_ones = without_suppressed(file.facts.source, sink.diagnostics)
        yield from (finding for finding in shown_ones if finding.code == CODE)


def _absent(absent: AbsentImport, place: Path, shown: Callable[[Path], str]) -> Diagnostic | None:
    source = shown(place)
    if absent.installed:
        text = (
            f"Python imports {absent.name} from its installed packages, so the annotations of its source in "
            f"{source} have no effect"
        )
        help = way_to_import(place, shown)
    else:
        text = f"Python does not find {absent.name}, whose annotated source is in {source}"
        help = (
            f"{way_to_import(place, shown)}; where the script puts that folder on its path by itself, "
            "name it in [tool.nnic] roots"
        )
    return _at_line(Path(absent.file), absent.line, text, help, shown)


def _has_annotations(place: Path, package: str) -> bool:
    folder = place / package
    paths = [f"{package}/{path}" for path in python_files(folder)] if folder.is_dir() else [f"{package}.py"]
    read = (read_file(place, path, path) for path in paths[:_MOST_FILES])
    return any(is_annotated(file) for file in read if file is not None)


def _at_line(file: Path, line: int, text: str, help: str, shown: Callable[[Path], str]) -> Diagnostic | None:
    try:
        source = SourceFile.read(file, shown(file))
    except (OSError, UndecodableError):
        return None
    excerpt = source.lines.line_text(line)
    column = len(excerpt) - len(excerpt.lstrip()) + 1
    finding = Diagnostic(
        CODE,
        Severity.WARNING,
        source.path,
        line,
        column,
        line,
        len(excerpt) + 1,
        text,
        help=help,
        excerpt=excerpt,
    )
    return next((found for found in without_suppressed(source, (finding,)) if found.code == CODE), None)
