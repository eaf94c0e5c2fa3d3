"""Writes compiled programs to folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nnic.compile.compilation import Compilation
from nnic.compile.program_folder import OutputFile, build_program
from nnic.project.code_directory import walk_files


def write_program(
    compilation: Compilation, out: Path, *, export: bool = False, excluded: Iterable[Path] = ()
) -> None:
    """Write ``code/``, ``search_space.json`` and ``program.json`` to ``out``.

    Parameters
    ----------
    compilation
        One without errors.
    out
        The folder, replaced when it holds an earlier program.
    export
        Copy the other files of the code directory too, so that the tree runs by itself.
    excluded
        Folders that are not copied; ``out`` never is.

    Raises
    ------
    FileExistsError
        When ``out`` holds something else.
    ValueError
        When the compilation has errors.
    """
    if compilation.program is None:
        raise ValueError("a program with errors can't be written")
    files = [OutputFile(f.path, f.compiled_data, f.file) for f in compilation.files]
    others = other_files(compilation, (out, *excluded)) if export else []
    build_program(compilation.program, files, out, others)


def other_files(compilation: Compilation, excluded: tuple[Path, ...]) -> list[tuple[str, Path]]:
    """Return the files of the code directory that are no part of the program, with their paths in it."""
    known = {file.path for file in compilation.files}
    found: dict[str, Path] = {}
    for part in compilation.parts:
        place = compilation.code_dir / part
        if place.is_dir():
            within = f"{part}/" if part else ""
            found.update((within + path, place / path) for path in walk_files(place, excluded, links=True))
    return [(path, place) for path, place in found.items() if path not in known]
