"""A compiled program: its files, what was found in them, and the program itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nnic.compile.compile_source import CompiledSource
from nnic.findings.diagnostics import Diagnostic
from nnic.ir import ModuleIR
from nnic.runtime.program import Program
from nnic.source import SourceFile


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
    def ir(self) -> ModuleIR | None:
        """Its IR; ``None`` for a file without annotations, or one that can't be parsed."""
        return None if self.result is None else self.result.ir

    def _source(self) -> SourceFile:
        return self.result.source if self.result is not None else SourceFile.decode(self.data, self.path)


@dataclass(frozen=True, slots=True)
class Compilation:
    """A compiled program and everything that was found on the way.

    ``entry`` is the path of the file that Python is started with, relative to ``code_dir``; ``None`` for a
    folder. ``program`` is ``None`` when a finding is an error. ``parts`` are the files and folders of the
    code directory that hold the program, relative to it; ``""`` is all of it.
    """

    code_dir: Path
    entry: str | None
    files: tuple[CompiledFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    program: Program | None
    parts: tuple[str, ...] = ("",)
