"""Warns where code calls ``nni.<sampler>(...)`` and the name ``nni`` is not the module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nnic.annotations.kinds import SAMPLERS, STATEMENTS
from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR
from nnic.lowering.samplers import is_nni_call
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.nodes import nodes_of
from nnic.syntax.tree import ScopeNode

_WORDS = SAMPLERS | STATEMENTS | {"function_choice"}
_SCOPES = (*ScopeNode, ast.Lambda)


@dataclass(frozen=True, slots=True)
class _Found:
    """Calls of nni's and other meanings of the name, each with its scopes, innermost last."""

    calls: list[tuple[ast.Call, tuple[ast.AST, ...]]]
    bindings: list[tuple[ast.AST, tuple[ast.AST, ...]]]


def check_shadowed(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Report each binding of ``nni`` that such a call sees, other than ``import nni`` and what stands in
    where that fails."""
    if "nni." not in ir.source.text:
        return ir
    if not any(is_nni_call(node, _WORDS) for node in nodes_of(ir.annotated.tree, ast.Call)):
        return ir
    found = _Found([], [])
    _collect(ir.annotated.tree, (), False, found)
    for node, scopes in found.bindings:
        call = next((call for call, where in found.calls if where[: len(scopes)] == scopes), None)
        if call is not None:
            assert isinstance(call.func, ast.Attribute)
            sink.warning(
                "NNI210",
                _span_of_name(ir.source, node),
                f"nni is something else from here on, so nni.{call.func.attr}(...) is not NNI's",
                help="give it another name",
                related=[sink.related(ir.source.span(call.func), "this call")],
            )
    return ir


def _collect(node: ast.AST, scopes: tuple[ast.AST, ...], fallback: bool, found: _Found) -> None:
    """Walk without recursion into statements that are too many; ``fallback`` is within ``except``."""
    pending: list[tuple[ast.AST, tuple[ast.AST, ...], bool]] = [(node, scopes, fallback)]
    while pending:
        part, where, lenient = pending.pop()
        if isinstance(part, ast.Call) and is_nni_call(part, _WORDS):
            found.calls.append((part, where))
        elif not lenient and _binds_nni(part):
            found.bindings.append((part, where))
        lenient = lenient or isinstance(part, ast.ExceptHandler)
        pending += reversed([(child, inner, lenient) for child, inner in _children(part, where)])


def _children(node: ast.AST, scopes: tuple[ast.AST, ...]) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is None:
        return  # `nni = None` is what tests whether it is there
    for child in ast.iter_child_nodes(node):
        inside = isinstance(node, _SCOPES) and (
            isinstance(child, (ast.stmt, ast.arguments)) or _is_body(node, child)
        )
        yield child, (*scopes, node) if inside else scopes


def _is_body(node: ast.AST, child: ast.AST) -> bool:
    return isinstance(node, ast.Lambda) and child is node.body


def _binds_nni(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id == "nni" and isinstance(node.ctx, ast.Store)
    if isinstance(node, ast.arg):
        return node.arg == "nni"
    if isinstance(node, ScopeNode):
        return node.name == "nni"
    if isinstance(node, ast.Import):
        return any(alias.asname == "nni" and alias.name != "nni" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return any((alias.asname or alias.name) == "nni" for alias in node.names)
    return isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name == "nni"


def _span_of_name(source: SourceFile, node: ast.AST) -> Span:
    span = source.span(node)
    if isinstance(node, (ast.Name, ast.arg)):
        return Span(span.start, span.start + len("nni"))
    start = source.text.find("nni", span.start, span.end) if not isinstance(node, ast.ImportFrom) else -1
    end = source.lines.end_of(source.lines.line_of(span.start))
    return Span(start, start + len("nni")) if 0 <= start < end else Span(span.start, min(span.end, end))
