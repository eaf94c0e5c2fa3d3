"""Warns of names in options and metrics that the file never binds."""

from __future__ import annotations

import ast
import builtins

from nnic.annotations.kinds import SAMPLERS
from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.ir import Annotation, Argument, Carrier, ModuleIR, Statement, Tunable
from nnic.lowering.samplers import is_nni_call
from nnic.syntax.bindings import Bindings, names_at_top
from nnic.syntax.walking import walk

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
# Each of them is compared with every name of the file.
_MOST_COMPARED = 50


def check_names(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look up every name of every expression that goes into the program."""
    # Options in code are the user's own text; nested ones are part of their parent's.
    items: list[Tunable | Statement] = [
        t
        for t in ir.tunables
        if t.is_choice and t.condition is None and t.annotation.carrier is not Carrier.CODE
    ]
    items += ir.statements
    bound, star_import = names_at_top(ir.facts.tree)
    bound |= {layer.output for layer in ir.layers}
    unknown = [
        (item.annotation, name)
        for item in items
        for name in _names(item.arguments)
        if name.id not in bound and name.id not in _IMPLICIT and not hasattr(builtins, name.id)
    ]
    if unknown and not star_import:
        bindings = ir.facts.bindings
        if not bindings.star_import:
            unbound = [(annotation, name) for annotation, name in unknown if name.id not in bindings.counts]
            for index, (annotation, name) in enumerate(unbound):
                _report(annotation, name, bindings if index < _MOST_COMPARED else None, sink)
    return ir


def _names(arguments: tuple[Argument, ...]) -> list[ast.Name]:
    """Return the names that expressions read, each once, but those that they bind themselves."""
    found: dict[str, ast.Name] = {}
    for argument in arguments:
        inner: set[str] | None = None
        nested = [n for n in walk(argument.node) if isinstance(n, ast.Call) and is_nni_call(n, SAMPLERS)]
        holders = {id(call.func.value) for call in nested if isinstance(call.func, ast.Attribute)}
        for node in walk(argument.node):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in holders:
                inner = _bound_within(argument.node) if inner is None else inner
                if node.id not in inner:
                    found.setdefault(node.id, node)
    return list(found.values())


def _report(annotation: Annotation, name: ast.Name, bindings: Bindings | None, sink: Sink) -> None:
    from difflib import get_close_matches

    close = get_close_matches(name.id, sorted(bindings.counts), n=1, cutoff=0.8) if bindings else []
    hint = f"; did you mean {close[0]}?" if close else ""
    edits = annotation.text.replacing(*annotation.text.range_of(name), close[0]) if close else ()
    fix = Fix(close[0], edits) if close else None
    span = annotation.span_of(name)
    sink.warning("NNI206", span, f"{name.id} is not defined anywhere in this file{hint}", fix=fix)


def _bound_within(expression: ast.expr) -> set[str]:
    names = set()
    for node in walk(expression):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
