"""Finds and parses annotations: the text of a file becomes an :class:`AnnotatedModule`."""

from __future__ import annotations

import ast
import re
import sys

from nnic.annotations.comments import read_comments
from nnic.annotations.model import AnnotatedModule, Annotation, Carrier, StringPlace
from nnic.annotations.strings import read_strings
from nnic.findings.diagnostics import Sink
from nnic.source import SourceFile, parse
from nnic.span import Span
from nnic.syntax.tree import collect_blocks

__all__ = ["AnnotatedModule", "Annotation", "Carrier", "StringPlace", "read_annotations"]

# Syntax by the Python that it needs, as a line with it looks.
_NEWER = (
    ((3, 12), "a type statement", re.compile(r"^\s*type\s+\w+\s*[=\[]")),
    ((3, 12), "a type parameter", re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\[")),
    ((3, 14), "a template string", re.compile(r"\b(?:[tT][rR]?|[rR][tT])['\"]")),
    ((3, 14), "except without parentheses", re.compile(r"^\s*except\b[\s*]*[^\s(:][^(:]*,")),
    ((3, 15), "a lazy import", re.compile(r"^\s*lazy\s+(?:import|from)\b")),
)
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
    span = Span(start, min(start + 1, len(source.text)))
    sink.error("NNI114", span, f"syntax error: {error.msg}", help=_explain(lines.line_text(line)))


def _explain(text: str) -> str:
    """What a line that Python can't parse has of a newer Python, ``""`` for nothing."""
    for version, name, pattern in _NEWER:
        if sys.version_info < version and pattern.search(text):
            newer, this = (".".join(map(str, numbers[:2])) for numbers in (version, sys.version_info))
            return f"{name} needs Python {newer}, and this is {this}; run nnic with the Python of the script"
    return ""


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
