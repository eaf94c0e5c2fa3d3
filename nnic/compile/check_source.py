"""Checks the text of one file: everything up to its IR, without writing anything."""

from __future__ import annotations

from nnic.annotations import read_annotations
from nnic.findings.diagnostics import Diagnostic, InternalError, Sink
from nnic.ir import AnnotatedModule, ModuleIR
from nnic.lowering.bind import TOO_DEEP, lower
from nnic.passes import run_passes
from nnic.source import SourceFile
from nnic.syntax.facts import FileFacts


def check_source(source: SourceFile, module: str) -> tuple[ModuleIR | None, tuple[Diagnostic, ...]]:
    """As :func:`check_facts`, for a text of which nothing is known yet."""
    return check_facts(FileFacts(source), module)


def check_facts(facts: FileFacts, module: str) -> tuple[ModuleIR | None, tuple[Diagnostic, ...]]:
    """Return the IR of a file, and everything found in it, hidden by a comment or not.

    ``module`` is the first part of the keys of its parameters. There is no IR for a file that can't
    be parsed.

    Raises
    ------
    InternalError
        A bug of ours.
    """
    sink = Sink(facts.source)
    line = 1
    annotated = None
    try:
        annotated = read_annotations(facts, sink)
        if annotated is None:
            return None, sink.diagnostics
        if annotated.annotations:
            line = facts.source.lines.line_of(annotated.annotations[0].span.start)
        ir = run_passes(lower(annotated, module, sink), sink)
    except InternalError:
        raise
    except RecursionError:
        report_too_deep(annotated, sink)
        return None, sink.diagnostics
    except Exception as error:
        raise InternalError(facts.source.path, line, f"{type(error).__name__}: {error}") from error
    return ir, sink.diagnostics


def report_too_deep(annotated: AnnotatedModule | None, sink: Sink) -> None:
    """Report a file that is nested deeper than a stage can follow: no annotation alone is."""
    annotations = () if annotated is None else annotated.annotations
    span = annotations[0].span if annotations else sink.source.span_of_line(1)
    sink.error("NNI113", span, TOO_DEEP)
