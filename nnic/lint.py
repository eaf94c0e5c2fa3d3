"""Checks files and folders, which is what ``nnic lint`` does."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from nnic.files.codedir import module_name, python_files
from nnic.findings.diagnostics import Diagnostic, Severity
from nnic.source import SourceFile, UndecodableError, may_hold_annotations


def check_paths(paths: Iterable[Path | str], display_root: Path | None = None) -> list[Diagnostic]:
    """All findings about the annotations of files and of the Python files in folders.

    Findings that need a whole program (no final result anywhere) are not among them.

    Parameters
    ----------
    paths
        Files, whatever they are called, and folders.
    display_root
        Paths in findings are relative to it where they lie below it; by default the working directory.

    Raises
    ------
    FileNotFoundError
        When a path does not exist.
    InternalError
        For a bug of ours.
    """
    root = display_root or Path.cwd()
    found: list[Diagnostic] = []
    for file in _expanded(paths):
        data = file.read_bytes()
        if may_hold_annotations(data):
            found += _check_file(data, shown_path(file, root), file.name)
    return found


def _check_file(data: bytes, shown: str, name: str) -> Iterable[Diagnostic]:
    try:
        source = SourceFile.decode(data, shown)
    except UndecodableError as error:
        return [undecodable(shown, error)]
    # Loaded only for a file that holds the word at all.
    from nnic.check import check_source
    from nnic.findings.suppression import without_suppressed

    return without_suppressed(source, check_source(source, module_name(name))[1])


def undecodable(shown: str, error: UndecodableError) -> Diagnostic:
    """The finding for a file that is no text."""
    return Diagnostic("NNI115", Severity.ERROR, shown, 1, 1, 1, 1, f"the file can't be decoded: {error}")


def shown_path(file: Path, root: Path) -> str:
    """``file`` as people are shown it: relative to ``root`` where it lies below."""
    prefix = os.path.join(os.path.abspath(root), "")
    return os.path.abspath(file).removeprefix(prefix).replace(os.sep, "/")


def _expanded(paths: Iterable[Path | str]) -> list[Path]:
    """Every file once, in the order given."""
    files: dict[str, Path] = {}
    for item in paths:
        path = Path(item)
        if path.is_dir():
            for name in python_files(path):
                files.setdefault(os.path.abspath(path / name), path / name)
        elif path.exists():
            files.setdefault(os.path.abspath(path), path)
        else:
            raise FileNotFoundError(f"{path} does not exist")
    return list(files.values())
