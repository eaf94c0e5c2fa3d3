"""Finds and parses annotations: the text of a file becomes an :class:`AnnotatedModule`."""

from __future__ import annotations

import ast

from nnic.annotations.comments import read_comments
from nnic.annotations.strings import read_strings
from nnic.findings.diagnostics import Sink
from nnic.ir import AnnotatedModule
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.facts import FileFacts
from nnic.syntax.trial_module import TRACES, TRIAL_NAME, is_trial_module

__all__ = ["read_annotations"]


def read_annotations(facts: FileFacts, sink: Sink) -> AnnotatedModule | None:
    """Parse a file and its annotations; return ``None`` when it can't be parsed or was compiled before."""
    try:
        _ = facts.tree
    except SyntaxError as error:
        _report_syntax_error(facts.source, error, sink)
        return None
    if any(trace in facts.source.text for trace in TRACES) and not _check_uncompiled(facts, sink):
        return None
    annotations = read_strings(facts, sink)
    annotations += read_comments(facts, sink)
    annotations.sort(key=lambda annotation: annotation.span.start)
    return AnnotatedModule(facts, tuple(annotations))


def _report_syntax_error(source: SourceFile, error: SyntaxError, sink: Sink) -> None:
    from nnic.annotations.newer_syntax import newer_syntax

    lines = source.lines
    line = min(max(error.lineno or 1, 1), len(lines.starts))
    start = min(lines.start_of(line) + max((error.offset or 1) - 1, 0), lines.end_of(line))
    span = Span(start, min(start + 1, len(source.text)))
    sink.error("NNI114", span, f"syntax error: {error.msg}", help=newer_syntax(lines.line_text(line)))


def _check_uncompiled(facts: FileFacts, sink: Sink) -> bool:
    for node in ast.walk(facts.tree):  # level by level, so that an import is what is reported
        if is_trial_module(node) or getattr(node, "asname", None) == TRIAL_NAME:
            message = "nnic has already compiled this file; compile the original"
            sink.error("NNI121", facts.source.span(node), message)
            return False
    return True
