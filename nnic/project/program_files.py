"""Lays out a program: its code directory, and which of the imported files belong to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nnic.annotations import read_annotations
from nnic.findings.diagnostics import Sink
from nnic.project.closure import AbsentImport, ReadFile, import_closure
from nnic.project.code_directory import find_code_dir
from nnic.project.search_path import Surroundings
from nnic.project.target import Target


@dataclass(frozen=True, slots=True)
class ProgramFiles:
    """The files of a program.

    Parameters
    ----------
    code_dir
        The code directory: that of the target, or the folder around it and every annotated file that is
        imported from elsewhere.
    entry
        The file that Python is started with, relative to it.
    files
        All files, the entry first and the others sorted; paths are relative to the code directory.
    parts
        The files and folders of the code directory that hold the program, relative to it; ``""`` is all
        of it.
    outside
        Annotated files that are imported, but lie outside of a code directory that the user chose. Their
        paths are absolute.
    absent
        Imports that lead to no file of the program's.
    """

    code_dir: Path
    entry: str
    files: tuple[ReadFile, ...]
    parts: tuple[str, ...]
    outside: tuple[ReadFile, ...]
    absent: tuple[AbsentImport, ...]


def program_files(
    target: Target, surroundings: Surroundings, shown: Callable[[Path], str] = str
) -> ProgramFiles:
    """Return the files that the entry of ``target`` imports, laid out in a code directory.

    Parameters
    ----------
    target
        What is compiled; it has an entry.
    surroundings
        The interpreter that runs it, and where.
    shown
        What people are shown for a path.

    Raises
    ------
    FileNotFoundError
        When the entry is gone.
    InterpreterError
        When the interpreter can't be asked for its folders.
    """
    assert target.entry is not None
    closure = import_closure(target, surroundings, shown)
    base = target.code_dir
    annotated = [f for f in closure.files.values() if not _is_below(f.path, base) and is_annotated(f)]
    code_dir, outside = base, annotated
    if annotated and not target.fixed:
        tops = [_top(file.path) for file in annotated]
        code_dir = Path(os.path.commonpath([os.fspath(base), *(os.path.dirname(top) for top in tops)]))
        outside = []
    files = {_relative(p, code_dir): f for p, f in closure.files.items() if _is_below(p, code_dir)}
    entry = _relative(os.path.join(base, target.entry), code_dir)
    inner = find_code_dir(base / target.entry) if _is_vast(base) else base
    others = {_relative(_top(path), code_dir) for path in closure.files if not _is_below(path, inner)}
    own = _relative(os.fspath(inner), code_dir)
    parts = ("",) if code_dir == inner else (own, *sorted(p for p in others if not p.startswith("..")))
    return ProgramFiles(
        code_dir,
        entry,
        tuple(replace(files[path], path=path) for path in (entry, *sorted(files.keys() - {entry}))),
        parts,
        tuple(outside),
        closure.absent,
    )


def is_annotated(file: ReadFile) -> bool:
    """Tell whether a file has annotations."""
    if file.facts is None:
        return False
    annotated = read_annotations(file.facts, Sink(file.facts.source))
    return annotated is not None and bool(annotated.annotations)


def _is_vast(folder: Path) -> bool:
    """Tell whether a folder is the root or a home folder: it holds much that is no part of a program."""
    return folder.parent == folder or folder == Path(os.path.realpath(os.path.expanduser("~")))


def _is_below(path: str, folder: Path) -> bool:
    return path.startswith(os.path.join(folder, ""))


def _relative(path: str, code_dir: Path) -> str:
    """Return a path relative to the code directory; ``""`` is that itself, and ``..`` begins one outside."""
    relative = os.path.relpath(path, code_dir)
    return "" if relative == "." else relative.replace(os.sep, "/")


def _top(path: str) -> str:
    """Return the outermost package that a file is in, or the file."""
    folder = os.path.dirname(path)
    while os.path.isfile(os.path.join(folder, "__init__.py")) and folder != os.path.dirname(folder):
        path, folder = folder, os.path.dirname(folder)
    return path
