"""Warns of names in options and metrics that the file never binds."""

from __future__ import annotations

import ast
import builtins

from nnic.annotations.model import Annotation
from nnic.bindings import Bindings, collect_bindings
from nnic.diagnostics import Sink
from nnic.ir import Argument, ModuleIR, Statement, Tunable
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
    items: list[Tunable | Statement] = [t for t in ir.tunables if t.sampler is Sampler.CHOICE]
    items += ir.statements
    uses = [(i.annotation, a) for i in items for a in i.arguments if not isinstance(a.node, ast.Constant)]
    if uses:
        bindings = collect_bindings(ir.annotated.tree)
        if not bindings.star_import:
            for annotation, argument in uses:
                _check(annotation, argument, bindings, sink)
    return ir


def _check(annotation: Annotation, argument: Argument, bindings: Bindings, sink: Sink) -> None:
    inner = _bound_within(argument.node)
    warned: set[str] = set()
    for node in ast.walk(argument.node):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or node.id in inner:
            continue
        if (
            node.id in warned
            or node.id in bindings.counts
            or node.id in _IMPLICIT
            or hasattr(builtins, node.id)
        ):
            continue
        from difflib import get_close_matches

        warned.add(node.id)
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
