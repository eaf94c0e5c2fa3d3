"""Warns of names in options and metrics that the file never binds."""

from __future__ import annotations

import ast
import builtins

from nnic.bindings import Bindings, collect_bindings
from nnic.diagnostics import Sink
from nnic.ir import Argument, ModuleIR
from nnic.tuners.space import Sampler

_IMPLICIT = {
    "__name__",
    "__file__",
    "__doc__",
    "__spec__",
    "__package__",
    "__loader__",
    "__class__",
    "__path__",
}


def check_names(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look up every name of every expression that goes into the program."""
    arguments = [a for t in ir.tunables if t.sampler is Sampler.CHOICE for a in t.arguments]
    arguments += [argument for statement in ir.statements for argument in statement.arguments]
    arguments = [argument for argument in arguments if not isinstance(argument.node, ast.Constant)]
    if arguments:
        bindings = collect_bindings(ir.annotated.tree)
        if not bindings.star_import:
            for argument in arguments:
                _check(argument, bindings, ir, sink)
    return ir


def _check(argument: Argument, bindings: Bindings, ir: ModuleIR, sink: Sink) -> None:
    inner = _bound_within(argument.node)
    annotation = next(
        item.annotation
        for item in (*ir.tunables, *ir.statements)
        if any(a is argument for a in item.arguments)
    )
    for node in ast.walk(argument.node):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or node.id in inner:
            continue
        if node.id in bindings.counts or node.id in _IMPLICIT or hasattr(builtins, node.id):
            continue
        from difflib import get_close_matches

        close = get_close_matches(node.id, sorted(bindings.counts), n=1, cutoff=0.8)
        hint = f"; did you mean {close[0]}?" if close else ""
        sink.warning("NNI206", annotation.span_of(node), f"{node.id} is bound nowhere in this file{hint}")


def _bound_within(expression: ast.expr) -> set[str]:
    names = set()
    for node in ast.walk(expression):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
