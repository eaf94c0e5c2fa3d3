"""Writes compiled programs to folders, and values back into the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from nnic.files.build import OutputFile, build_program
from nnic.files.codedir import walk_files
from nnic.ir import ModuleIR
from nnic.program import Compilation
from nnic.tuners.space import Value
from nnic.writeback import Rewriting, rewrite
from nnic.writeback.narrow import Narrowed


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
    others: list[tuple[str, Path]] = []
    if export:
        known = {file.path for file in compilation.files}
        left_out = (out, *excluded)
        for path in walk_files(compilation.code_dir, left_out, links=True):
            if path not in known:
                others.append((path, compilation.code_dir / path))
    build_program(compilation.program, files, out, others)


def apply_values(
    compilation: Compilation,
    config: Mapping[str, Value],
    *,
    digits: int | None = None,
    strip: bool = False,
    narrowed: Mapping[str, Narrowed] | None = None,
    originals: Mapping[str, ModuleIR] | None = None,
) -> dict[str, str]:
    """The new text of every file that changes, by its path in the code directory.

    Parameters
    ----------
    compilation
        One without errors.
    config
        Values by key; parameters that it does not name keep the script's own.
    digits
        Significant digits to round numbers to; by default they keep all of theirs.
    strip
        Take the annotations out.
    narrowed
        Narrower ranges by key, for the annotations.
    originals
        Earlier states of files by path, whose own values are put back; those of ``config`` are not
        written then.

    Raises
    ------
    ValueError
        When a key is unknown or a value no option, and for a compilation with errors.
    InternalError
        A bug of ours.
    """
    if compilation.program is None:
        raise ValueError("a program with errors has no parameters to apply")
    space = compilation.program.space
    parameters = {parameter.key: parameter for parameter in space}
    for key in config:
        if key not in parameters:
            raise ValueError(f"the program has no parameter {key!r}")
    changed = {}
    for file in compilation.files:
        if file.result is None or file.result.ir is None:
            continue
        original = None if originals is None else originals.get(file.path)
        wanted = Rewriting(config, parameters, digits, strip, narrowed or {}, original)
        text = rewrite(file.result.ir, wanted)
        if text != file.text:
            changed[file.path] = text
    return changed
