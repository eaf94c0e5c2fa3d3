"""Compiles a program: an entry with the files that it imports, or a whole folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from nnic.compile.compilation import Compilation, CompiledFile
from nnic.compile.compile_source import compile_facts
from nnic.compile.declarations import collect_declarations
from nnic.compile.garbage_collection import without_collection
from nnic.compile.left_out import warn_of_left_out
from nnic.compile.program_space import collect_parameters
from nnic.compile.unimported import note_unimported
from nnic.findings.diagnostics import Diagnostic, Severity
from nnic.ir import ModuleIR
from nnic.project.closure import ReadFile, read_file
from nnic.project.code_directory import module_name, python_files
from nnic.project.problems import shown_path, unreadable
from nnic.project.program_files import program_files
from nnic.project.search_path import Surroundings
from nnic.project.target import find_target
from nnic.runtime.program import Program, ProgramFile
from nnic.source import UndecodableError
from nnic.span import Lines
from nnic.tuners.space import Parameter, SearchSpace


def compile_entry(
    target: Path | str | None = None,
    *,
    code_dir: Path | str | None = None,
    module: str | None = None,
    roots: Iterable[Path] = (),
    excluded: Iterable[Path] = (),
    display_root: Path | None = None,
    surroundings: Surroundings | None = None,
) -> Compilation:
    """Compile a script with the files that it imports, a module (``-m``), or a whole folder.

    Parameters
    ----------
    target
        The script or the folder; not given for a module.
    code_dir
        The code directory; by default what ``find_target`` says, and as far above that as it takes to hold
        every annotated file that is imported.
    module
        Dotted name of the module that ``-m`` runs.
    roots
        Further folders where imports are looked for; without ``code_dir`` the code directory is the
        folder around them all.
    excluded
        Folders that are no part of the program, such as ``--out``.
    display_root
        Paths in findings are relative to it; by default the working directory.
    surroundings
        The interpreter that runs the program, and where; by default this one, here.

    Raises
    ------
    FileNotFoundError
        When the target does not exist.
    InterpreterError
        When the interpreter can't be asked where it looks for modules.
    ValueError
        When it or a root lies outside of the code directory, or neither or both of target and module
        are given.
    InternalError
        For a bug of ours.
    """
    module = module or None
    if (target is None) == (module is None):
        raise ValueError("give either a path or a module")
    surroundings = surroundings or Surroundings.here()
    found = find_target(None if target is None else Path(target), module, code_dir, roots, surroundings)
    root, entry = found.code_dir, found.entry
    parts: tuple[str, ...] = ("",)
    shown = partial(shown_path, root=display_root or Path.cwd())
    told: tuple[Path, ...] = ()
    diagnostics: list[Diagnostic] = []
    read: Iterable[ReadFile]
    if entry is not None:
        laid_out = program_files(found, surroundings, shown)
        root, entry, read, parts = laid_out.code_dir, laid_out.entry, laid_out.files, laid_out.parts
        warnings, told = warn_of_left_out(laid_out, shown)
        diagnostics += warnings
    else:
        read = _folder_files(root, found.folder, tuple(excluded), shown, diagnostics)
    with without_collection():
        files = [_compile_file(file, root, shown, diagnostics) for file in read]
    if entry is not None and not any(_may_report(file.data) for file in files):
        diagnostics.append(_no_final_result(files[0], shown(files[0].file)))
    if entry is not None:
        diagnostics += note_unimported(root, [file.path for file in files], entry, shown, parts, told)
    parameters, conflicts = collect_parameters(files)
    declarations = collect_declarations(_modules(files), parameters)
    diagnostics += (*conflicts, *declarations.diagnostics)
    program = None
    if not any(d.is_error for d in diagnostics):
        program = replace(
            _program(root, entry, module, files, parameters),
            fidelity=declarations.fidelity,
            checkpoint=declarations.checkpoint or "",
            constraints=declarations.constraints,
        )
    return Compilation(root, entry, tuple(files), tuple(diagnostics), program, parts)


def _compile_file(
    file: ReadFile, root: Path, shown: Callable[[Path], str], diagnostics: list[Diagnostic]
) -> CompiledFile:
    result = None
    if file.facts is not None:
        result = compile_facts(file.facts, module_name(file.path))
        diagnostics += (*result.diagnostics, *result.hidden)
    elif file.problem is not None:
        diagnostics.append(unreadable(shown(root / file.path), file.problem))
    return CompiledFile(file.path, root / file.path, file.data, result)


def _folder_files(
    root: Path,
    folder: str,
    excluded: tuple[Path, ...],
    shown: Callable[[Path], str],
    diagnostics: list[Diagnostic],
) -> list[ReadFile]:
    """Return the Python files of a folder of the code directory."""

    def tell(error: OSError) -> None:
        diagnostics.append(unreadable(shown(Path(error.filename)), error))

    paths = [f"{folder}/{path}" if folder else path for path in python_files(root / folder, excluded, tell)]
    files = (read_file(root, path, shown(root / path)) for path in paths)
    return [file for file in files if file is not None]


def _no_final_result(entry: CompiledFile, shown: str) -> Diagnostic:
    excerpt = None
    with suppress(UndecodableError):
        excerpt = Lines(entry.text).line_text(1)
    return Diagnostic(
        "NNI203",
        Severity.WARNING,
        shown,
        1,
        1,
        1,
        1,
        "the program reports no final result, so no trial can succeed",
        help="add # @nni.report_final_result(accuracy) where the result is known",
        excerpt=excerpt,
    )


def _modules(files: list[CompiledFile]) -> list[tuple[ModuleIR, str]]:
    """Return the IR of every annotated file, with its path."""
    return [(f.ir, f.path) for f in files if f.ir is not None]


def _may_report(text: bytes) -> bool:
    """Whether a file may report a final result, by an annotation, NNI's function or ``nnic.report``."""
    return b"report_final_result" in text or all(word in text for word in (b"nnic", b"report", b"final"))


def _program(
    root: Path, entry: str | None, module: str | None, files: list[CompiledFile], parameters: list[Parameter]
) -> Program:
    compiled = []
    for file in files:
        emission = file.result.emission if file.result is not None else None
        insertions = emission.insertions if emission is not None else ()
        digest = hashlib.sha256(file.data).hexdigest()
        compiled.append(ProgramFile(file.path, digest, file.annotated, insertions))
    space = SearchSpace(tuple(parameters))
    return Program(str(root), entry or "", tuple(compiled), space, module=module or "")
