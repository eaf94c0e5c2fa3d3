"""Finds and parses annotations: the text of a file becomes an :class:`AnnotatedModule`."""

from __future__ import annotations

import ast

from nnic.annotations.comments import read_comments
from nnic.annotations.strings import read_strings
from nnic.findings.diagnostics import Sink
from nnic.ir import AnnotatedModule
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.parsing import parse
from nnic.syntax.tree import collect_blocks

__all__ = ["read_annotations"]

# What compiled text holds: the name of the trial module, or its import within an expression.
_TRACES = ("__nnic__", '__import__("nnic.runtime.trial"')


def read_annotations(source: SourceFile, sink: Sink) -> AnnotatedModule | None:
    """Parse ``source`` and its annotations; ``None`` when it can't be parsed or was compiled before."""
    try:
        tree = parse(source)
    except SyntaxError as error:
        _report_syntax_error(source, error, sink)
        return None
    if any(trace in source.text for trace in _TRACES) and not _check_uncompiled(source, tree, sink):
        return None
    blocks = collect_blocks(tree)
    annotations = read_strings(source, blocks, sink)
    annotations += read_comments(source, tree, sink)
    annotations.sort(key=lambda annotation: annotation.span.start)
    return AnnotatedModule(source, tree, blocks, tuple(annotations))


def _report_syntax_error(source: SourceFile, error: SyntaxError, sink: Sink) -> None:
    lines = source.lines
    line = min(max(error.lineno or 1, 1), len(lines.starts))
    start = min(lines.start_of(line) + max((error.offset or 1) - 1, 0), lines.end_of(line))
    sink.error("NNI114", Span(start, min(start + 1, len(source.text))), f"syntax error: {error.msg}")


def _check_uncompiled(source: SourceFile, tree: ast.Module, sink: Sink) -> bool:
    for node in ast.walk(tree):
        name = node.id if isinstance(node, ast.Name) else getattr(node, "asname", None)
        if name == "__nnic__" or _imports_runtime(node):
            message = "this file was compiled by nnic already; compile the original"
            sink.error("NNI121", source.span(node), message)
            return False
    return True


def _imports_runtime(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
        return False
    first = node.args[0]
    return (
        node.func.id == "__import__"
        and isinstance(first, ast.Constant)
        and first.value == "nnic.runtime.trial"
    )
