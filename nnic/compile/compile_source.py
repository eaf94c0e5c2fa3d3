"""Compiles the text of one file."""

from __future__ import annotations

from dataclasses import dataclass

from nnic.compile.check_source import check_facts, report_too_deep
from nnic.emission.emit import Emission, emit
from nnic.emission.verify import verify
from nnic.findings.diagnostics import Diagnostic, InternalError, Sink, in_order
from nnic.findings.suppression import suppressed_errors, without_suppressed
from nnic.ir import ModuleIR
from nnic.source import SourceFile
from nnic.syntax.facts import FileFacts


@dataclass(frozen=True, slots=True)
class CompiledSource:
    """What compiling a file gave; ``emission`` is ``None`` when it has errors, ``ir`` when it can't be
    parsed. ``hidden`` holds the errors that a comment hides: they count all the same."""

    source: SourceFile
    diagnostics: tuple[Diagnostic, ...]
    ir: ModuleIR | None
    emission: Emission | None
    hidden: tuple[Diagnostic, ...] = ()


def compile_source(source: SourceFile, module: str) -> CompiledSource:
    """As :func:`compile_facts`, for a text of which nothing is known yet."""
    return compile_facts(FileFacts(source), module)


def compile_facts(facts: FileFacts, module: str) -> CompiledSource:
    """Compile a file whose parameters' keys begin with ``module``.

    Raises
    ------
    InternalError
        A bug of ours: the compiled text would differ from the source outside of its insertions.
    """
    source = facts.source
    ir, found = check_facts(facts, module)
    emission = None
    if ir is not None and not any(d.is_error for d in found):
        try:
            emission = emit(ir)
        except RecursionError:
            sink = Sink(source)
            report_too_deep(ir.annotated, sink)
            found = in_order((*found, *sink.diagnostics))
        except Exception as error:
            annotations = ir.annotated.annotations
            line = source.lines.line_of(annotations[0].span.start) if annotations else 1
            raise InternalError(source.path, line, f"{type(error).__name__}: {error}") from error
        if emission is not None and emission.edits:
            verify(ir, emission)
    shown, hidden = without_suppressed(source, found), suppressed_errors(source, found)
    return CompiledSource(source, shown, ir, emission, hidden)
