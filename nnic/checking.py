"""Checks the text of one file: everything up to its IR, without writing anything."""

from __future__ import annotations

from nnic.annotations import read_annotations
from nnic.diagnostics import Diagnostic, InternalError, Sink
from nnic.ir import ModuleIR
from nnic.lowering import lower
from nnic.passes import run_passes
from nnic.source import SourceFile
from nnic.suppression import without_suppressed


def check_source(source: SourceFile, module: str) -> tuple[ModuleIR | None, tuple[Diagnostic, ...], bool]:
    """The IR of a file, its findings, and whether it may be compiled.

    ``module`` is the first part of the keys of its parameters. There is no IR for a file that can't
    be parsed. A comment may hide an error, but not make the file compile.

    Raises
    ------
    InternalError
        A bug of ours.
    """
    sink = Sink(source)
    line = 1
    try:
        annotated = read_annotations(source, sink)
        if annotated is None:
            return None, without_suppressed(source, sink.diagnostics), False
        if annotated.annotations:
            line = source.lines.line_of(annotated.annotations[0].span.start)
        ir = run_passes(lower(annotated, module, sink), sink)
    except InternalError:
        raise
    except Exception as error:
        raise InternalError(source.path, line, f"{type(error).__name__}: {error}") from error
    return ir, without_suppressed(source, sink.diagnostics), not sink.has_errors
