"""Compiles the text of one file."""

from __future__ import annotations

from dataclasses import dataclass

from nnic.annotations import read_annotations
from nnic.diagnostics import Diagnostic, InternalError, Sink
from nnic.emit import Emission, emit
from nnic.ir import ModuleIR
from nnic.lowering import lower
from nnic.passes import run_passes
from nnic.source import SourceFile
from nnic.suppression import without_suppressed
from nnic.verify import verify
from nnic.writeback import Slot, slots_of_ir


@dataclass(frozen=True, slots=True)
class CompiledSource:
    """What compiling a file gave; ``emission`` is ``None`` when it has errors, ``ir`` when it can't be
    parsed."""

    source: SourceFile
    diagnostics: tuple[Diagnostic, ...]
    ir: ModuleIR | None
    emission: Emission | None

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The places that a trial's values may be written to."""
        return () if self.ir is None else slots_of_ir(self.ir)


def check_source(source: SourceFile, module: str) -> tuple[ModuleIR | None, Sink]:
    """Everything up to the checked IR, with the findings on the way."""
    sink = Sink(source)
    annotated = read_annotations(source, sink)
    if annotated is None:
        return None, sink
    return run_passes(lower(annotated, module, sink), sink), sink


def compile_source(source: SourceFile, module: str) -> CompiledSource:
    """Compile a file whose parameters' keys begin with ``module``.

    Raises
    ------
    InternalError
        A bug of ours: the compiled text would differ from the source outside of its insertions.
    """
    try:
        ir, sink = check_source(source, module)
        emission = None
        if ir is not None and not sink.has_errors:
            emission = emit(ir)
            if emission.edits:
                verify(ir, emission)
    except InternalError:
        raise
    except Exception as error:
        raise InternalError(source.path, _line_of(error), f"{type(error).__name__}: {error}") from error
    return CompiledSource(source, without_suppressed(source, sink.diagnostics), ir, emission)


def _line_of(error: BaseException) -> int:
    """The best guess at the user's line: that of the innermost node, span or annotation at work."""
    line = 1
    trace = error.__traceback__
    while trace is not None:
        for value in trace.tb_frame.f_locals.values():
            annotation = getattr(value, "annotation", value)
            span = getattr(getattr(annotation, "text", None), "whole", None)
            lines = getattr(getattr(trace.tb_frame.f_locals.get("source"), "lines", None), "line_of", None)
            if span is not None and lines is not None:
                line = lines(span.start)
            elif isinstance(getattr(value, "lineno", None), int) and hasattr(value, "_fields"):
                line = value.lineno
        trace = trace.tb_next
    return line
