"""Compiles a program: an entry with the files that it imports, or a whole folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nnic.compile.declarations import collect_declarations
from nnic.compile.file import CompiledSource, compile_facts
from nnic.compile.garbage import without_collection
from nnic.compile.slots import Slot
from nnic.compile.unimported import note_unimported
from nnic.findings.diagnostics import Diagnostic, Related, Severity
from nnic.ir import ModuleIR
from nnic.lowering.parameters import parameters_of
from nnic.project.closure import ReadFile, program_files, read_file
from nnic.project.code_directory import module_name, python_files
from nnic.project.problems import shown_path, unreadable
from nnic.project.target import find_target
from nnic.runtime.program import Program, ProgramFile
from nnic.source import SourceFile, UndecodableError
from nnic.span import Lines
from nnic.tuners.space import ABSENT, Parameter, SearchSpace


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A file of a program.

    Parameters
    ----------
    path
        Relative to the code directory, with ``/``.
    file
        Where it is on disk.
    data
        Its bytes on disk.
    result
        What compiling gave; ``None`` for a file without annotations.
    """

    path: str
    file: Path
    data: bytes
    result: CompiledSource | None = None

    @property
    def annotated(self) -> bool:
        """Whether compiling changes the file."""
        return (
            self.result is not None and self.result.emission is not None and bool(self.result.emission.edits)
        )

    @property
    def text(self) -> str:
        """The source text."""
        return self._source().text

    @property
    def compiled_text(self) -> str:
        """The compiled text; the source text where nothing is annotated."""
        if self.result is None or self.result.emission is None:
            return self._source().text
        return self.result.emission.text

    @property
    def compiled_data(self) -> bytes:
        """The compiled text in the file's own encoding, byte-order mark included."""
        if not self.annotated:
            return self.data
        return self._source().encode(self.compiled_text)

    def encoded(self, text: str) -> bytes:
        """Another text in the file's own encoding."""
        return self._source().encode(text)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The places that a trial's values may be written to, in source order."""
        return () if self.result is None else self.result.slots

    def _source(self) -> SourceFile:
        return self.result.source if self.result is not None else SourceFile.decode(self.data, self.path)


@dataclass(frozen=True, slots=True)
class Compilation:
    """A compiled program and everything that was found on the way.

    ``entry`` is the path of the file that Python is started with, relative to ``code_dir``; ``None`` for a
    folder. ``program`` is ``None`` when a finding is an error.
    """

    code_dir: Path
    entry: str | None
    files: tuple[CompiledFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    program: Program | None


def compile_entry(
    target: Path | str | None = None,
    *,
    code_dir: Path | str | None = None,
    module: str | None = None,
    roots: Iterable[Path] = (),
    excluded: Iterable[Path] = (),
    display_root: Path | None = None,
) -> Compilation:
    """Compile a script with the files that it imports, a module (``-m``), or a whole folder.

    Parameters
    ----------
    target
        The script or the folder; not given for a module.
    code_dir
        The code directory; by default what ``codedir.find_code_dir`` says, the working directory for
        a module.
    module
        Dotted name of the module that ``-m`` runs.
    roots
        Further folders where imports are looked for; without ``code_dir`` the code directory is the
        folder around them all.
    excluded
        Folders that are no part of the program, such as ``--out``.
    display_root
        Paths in findings are relative to it; by default the working directory.

    Raises
    ------
    FileNotFoundError
        When the target does not exist.
    ValueError
        When it or a root lies outside of the code directory, or neither or both of target and module
        are given.
    InternalError
        For a bug of ours.
    """
    module = module or None
    if (target is None) == (module is None):
        raise ValueError("give either a path or a module")
    found = find_target(None if target is None else Path(target), module, code_dir, roots)
    root, entry = found.code_dir, found.entry
    shown = partial(shown_path, root=display_root or Path.cwd())
    diagnostics: list[Diagnostic] = []
    if entry is not None:
        read = program_files(root, entry, roots=found.roots, as_module=module is not None, shown=shown)
    else:
        read = _folder_files(root, found.folder, tuple(excluded), shown, diagnostics)
    with without_collection():
        files = [_compile_file(file, root, shown, diagnostics) for file in read]
    if entry is not None and not any(b"report_final_result" in file.data for file in files):
        diagnostics.append(_no_final_result(files[0], shown(files[0].file)))
    if entry is not None:
        diagnostics += note_unimported(root, [file.path for file in files], entry, shown)
    parameters, conflicts = _space(files)
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
    return Compilation(root, entry, tuple(files), tuple(diagnostics), program)


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
    """The Python files of a folder of the code directory."""

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


def _space(files: list[CompiledFile]) -> tuple[list[Parameter], list[Diagnostic]]:
    """The parameters of all files, and an error for each key that two files have."""
    found: dict[str, Parameter] = {}
    labels: dict[str, Parameter] = {}
    conflicts = []
    for file in files:
        if file.result is None or file.result.ir is None:
            continue
        for parameter in parameters_of(file.result.ir, file.path):
            labelled = parameter.key.startswith("*/") and parameter.condition is None
            first = labels.setdefault(parameter.name, parameter) if labelled else parameter
            if first.key != parameter.key:
                conflicts.append(_conflict(file, parameter, first))
                continue
            other = found.setdefault(parameter.key, parameter)
            if other is parameter:
                continue
            if not parameter.key.startswith("*/") or _differ(parameter, other):
                conflicts.append(_conflict(file, parameter, other))
            elif parameter.default != other.default:
                found[parameter.key] = replace(other, default=ABSENT)
    return list(found.values()), conflicts


def _differ(first: Parameter, second: Parameter) -> bool:
    """Whether two parameters of one label have other arguments."""
    return [(type(arg), arg) for arg in first.args] != [(type(arg), arg) for arg in second.args]


def _modules(files: list[CompiledFile]) -> list[tuple[ModuleIR, str]]:
    """The IR of every annotated file, with its path."""
    return [(f.result.ir, f.path) for f in files if f.result is not None and f.result.ir is not None]


def _conflict(file: CompiledFile, parameter: Parameter, other: Parameter) -> Diagnostic:
    assert parameter.origin is not None
    assert other.origin is not None
    assert file.result is not None
    line, column = parameter.origin.line, parameter.origin.column
    return Diagnostic(
        "NNI112",
        Severity.ERROR,
        file.result.source.path,
        line,
        column,
        line,
        column + 1,
        f"label {parameter.name} stands for one parameter, but its annotations differ"
        if parameter.key.startswith("*/")
        else f"two files have a parameter {parameter.key}",
        related=(Related(other.origin.path, other.origin.line, other.origin.column, "the other one"),),
        excerpt=file.result.source.lines.line_text(line),
    )


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
