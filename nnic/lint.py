"""Checks files and folders, which is what ``nnic lint`` does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnic.config import config_for
from nnic.files.codedir import module_name, python_files
from nnic.files.problems import shown_path, unreadable
from nnic.findings.diagnostics import Diagnostic
from nnic.source import SourceFile, UndecodableError, may_hold_annotations


@dataclass(frozen=True, slots=True)
class LintOptions:
    """What the command line says beside the project's configuration.

    ``select`` replaces the codes that the project selects and ignores, ``ignore`` adds to them;
    ``force_exclude`` leaves out excluded files that are named.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    force_exclude: bool = False


def check_paths(
    paths: Iterable[Path | str], display_root: Path | None = None, options: LintOptions | None = None
) -> list[Diagnostic]:
    """All findings about the annotations of files and of the Python files in folders.

    Findings that need a whole program (no final result anywhere) are not among them.

    Parameters
    ----------
    paths
        Files, whatever they are called, and folders.
    display_root
        Paths in findings are relative to it where they lie below it; by default the working directory.
    options
        Which findings are wanted, beside ``[tool.nnic]`` of the project.

    Raises
    ------
    FileNotFoundError
        When a path does not exist.
    ConfigError
        When a project's configuration can't be meant.
    InternalError
        For a bug of ours.
    """
    options = options or LintOptions()
    root = display_root or Path.cwd()
    found: list[Diagnostic] = []
    for file in files_to_check(paths, options):
        data = file.read_bytes()
        if may_hold_annotations(data):
            found += _check_file(data, file, root, options)
    return found


def _check_file(data: bytes, file: Path, root: Path, options: LintOptions) -> Sequence[Diagnostic]:
    shown = shown_path(file, root)
    try:
        source = SourceFile.decode(data, shown)
    except UndecodableError as error:
        return wanted((unreadable(shown, error),), file, options)
    return check_text(source, file, options)


def check_text(source: SourceFile, file: Path, options: LintOptions) -> tuple[Diagnostic, ...]:
    """The findings about a text that is, or could be, that of ``file``."""
    # Loaded only for a file that holds the word at all.
    from nnic.check import check_source
    from nnic.findings.suppression import without_suppressed

    return wanted(without_suppressed(source, check_source(source, module_name(file.name))[1]), file, options)


def wanted(found: tuple[Diagnostic, ...], file: Path, options: LintOptions) -> tuple[Diagnostic, ...]:
    """The findings about ``file`` that its project and the command line want to hear."""
    if not found:
        return found
    selection = config_for(file).selection_for(file, options.select, options.ignore)
    return tuple(diagnostic for diagnostic in found if selection.wants(diagnostic.code))


def files_to_check(paths: Iterable[Path | str], options: LintOptions) -> list[Path]:
    """Every file once, in the order given."""
    files: dict[str, Path] = {}
    for item in paths:
        path = Path(item)
        if path.is_dir():
            for name in python_files(path):
                file = path / name
                if not config_for(file).excludes(file):
                    files.setdefault(os.path.abspath(file), file)
        elif not path.exists():
            raise FileNotFoundError(f"{path} does not exist")
        elif not options.force_exclude or not config_for(path).excludes(path):
            files.setdefault(os.path.abspath(path), path)
    return list(files.values())
