"""Warns where code calls ``nni.<sampler>(...)`` and the name ``nni`` is not the module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nnic.annotations.kinds import SAMPLERS, STATEMENTS
from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR
from nnic.lowering.samplers import is_nni_call
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.walking import ScopeNode, children, walk_with

_WORDS = SAMPLERS | STATEMENTS | {"function_choice"}
_SCOPES = (*ScopeNode, ast.Lambda)


# The scopes around a node, innermost last, and whether it stands in for an import that failed.
_Around = tuple[tuple[ast.AST, ...], bool]
_NOTHING: _Around = ((), False)


def check_shadowed(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Report each binding of ``nni`` that such a call sees, other than ``import nni`` and what stands in
    where that fails."""
    if "nni." not in ir.source.text:
        return ir
    if not any(is_nni_call(node, _WORDS) for node in ir.facts.nodes.of(ast.Call)):
        return ir
    # The first call in each scope or below it; the module is None.
    calls: dict[int | None, ast.Call] = {}
    bindings: list[tuple[ast.AST, tuple[ast.AST, ...]]] = []
    for node, (scopes, fallback) in walk_with(ir.facts.tree, _NOTHING, _inside):
        if isinstance(node, ast.Call) and is_nni_call(node, _WORDS):
            for scope in (None, *map(id, scopes)):
                calls.setdefault(scope, node)
        elif not fallback and _binds_nni(node):
            bindings.append((node, scopes))
    for node, scopes in bindings:
        call = calls.get(id(scopes[-1]) if scopes else None)
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


def _inside(node: ast.AST, around: _Around) -> Iterator[tuple[ast.AST, _Around]]:
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is None:
        return  # `nni = None` is what tests whether it is there
    scopes, fallback = around[0], around[1] or isinstance(node, ast.ExceptHandler)
    outside = (scopes, fallback)
    inside = ((*scopes, node), fallback) if isinstance(node, _SCOPES) else outside
    for child in children(node):
        own = isinstance(child, (ast.stmt, ast.arguments)) or _is_body(node, child)
        yield child, inside if own else outside


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
    end = source.lines.end_of(source.lines.line_of(span.start))
    start = source.text.find("nni", span.start, span.end)
    # `from nni import x as nni` has the name of the module first.
    if 0 <= start < end and not isinstance(node, ast.ImportFrom):
        return Span(start, start + len("nni"))
    return Span(span.start, min(span.end, end))
