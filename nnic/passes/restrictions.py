"""Finds the parameters that constraints speak of."""

from __future__ import annotations

import ast
from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, Restriction
from nnic.syntax.walking import children, outermost_nodes
from nnic.tuners.space import Absent, Constraint, Value

# The unknown names of so many constraints are compared with every name of the file.
_MOST_COMPARED = 50


def resolve_restrictions(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Fill ``names`` and ``unknown``; drop what no tuner could evaluate."""
    if not ir.restrictions:
        return ir
    keys = parameter_names(ir)
    names = list(keys)
    defaults = {tunable.key: tunable.default for tunable in ir.tunables}
    kept = []
    for index, restriction in enumerate(ir.restrictions):
        resolved = _resolve(restriction, keys, names if index < _MOST_COMPARED else [], sink)
        if resolved is not None and _check(resolved, defaults, sink):
            kept.append(resolved)
    return replace(ir, restrictions=tuple(kept))


def parameter_names(ir: ModuleIR) -> dict[str, set[str]]:
    """Return the keys of the parameters that a name of the file stands for.

    A nested parameter may be called by the last part of its path.
    """
    names: dict[str, set[str]] = {}
    for tunable in ir.tunables:
        if tunable.is_parameter:
            names.setdefault(tunable.name, set()).add(tunable.key)
    for tunable in ir.tunables:
        last = tunable.name.rpartition("/")[2]
        if tunable.condition is not None and last not in names:
            names.setdefault(last, set()).add(tunable.key)
    return names


def _resolve(
    restriction: Restriction, keys: dict[str, set[str]], names: list[str], sink: Sink
) -> Restriction | None:
    found: dict[str, str] = {}
    unknown = []
    span_of = restriction.annotation.span_of
    for node in _references(restriction.expression.node):
        text = ast.unparse(node)
        meant = keys.get(text, set())
        if len(meant) > 1:
            listed = " and ".join(sorted(meant))
            sink.error("NNI123", span_of(node), f"{text} may mean {listed}; give one of them a label=")
            return None
        if meant:
            found[text] = next(iter(meant))
        else:
            unknown.append(node)
    for node in unknown:
        if _report_unknown(restriction, node, names, bool(keys), sink):
            return None
    if not found and not unknown:
        sink.error("NNI123", restriction.expression.span, "the constraint contains no parameter")
        return None
    return replace(restriction, names=tuple(found.items()), unknown=tuple(unknown))


def _references(expression: ast.expr) -> list[ast.expr]:
    """Names, attributes and subscripts, the widest of each; not the names of functions."""

    def inside(node: ast.AST) -> list[ast.AST]:
        if isinstance(node, ast.Call):
            return [*node.args, *(keyword.value for keyword in node.keywords)]
        return children(node)

    kinds = (ast.Name, ast.Attribute, ast.Subscript)
    found = outermost_nodes(expression, lambda node: isinstance(node, kinds), inside)
    return [node for node in found if isinstance(node, ast.expr)]


def _report_unknown(
    restriction: Restriction, node: ast.expr, names: list[str], any_names: bool, sink: Sink
) -> bool:
    """Report a misspelling. Any other name may be the label of a parameter in another file, which only
    compiling the program can tell."""
    from difflib import get_close_matches

    text = ast.unparse(node)
    close = get_close_matches(text, names, n=1, cutoff=0.75)
    if any_names and not close and isinstance(node, ast.Name):
        return False
    hint = f"; did you mean {close[0]}?" if close else ""
    sink.error("NNI123", restriction.annotation.span_of(node), unknown_message(text) + hint)
    return True


def unknown_message(text: str) -> str:
    """Tell what is wrong with a name that no parameter has."""
    return f"no parameter is called {text}"


def _check(restriction: Restriction, defaults: dict[str, Value | Absent], sink: Sink) -> bool:
    from nnic.tuners.constraints import ConstraintSet

    placeholders = [(ast.unparse(node), ast.unparse(node)) for node in restriction.unknown]
    constraint = Constraint(restriction.text, (*restriction.names, *placeholders))
    try:
        constraints = ConstraintSet([constraint])
    except ValueError as error:
        sink.error("NNI125", restriction.expression.span, str(error))
        return False
    if restriction.unknown:
        return True
    own = _own_values(restriction, defaults)
    try:
        violated = own is not None and constraints.violation(own) > 0
    except ValueError as error:
        sink.error("NNI125", restriction.expression.span, str(error))
        return False
    if violated:
        message = "the script's own values do not satisfy this constraint"
        sink.warning("NNI202", restriction.expression.span, message)
    return True


def _own_values(restriction: Restriction, defaults: dict[str, Value | Absent]) -> dict[str, Value] | None:
    """Return the script's own values of the parameters in a constraint, or ``None`` when one is not known."""
    own: dict[str, Value] = {}
    for _, key in restriction.names:
        default = defaults[key]
        if isinstance(default, Absent):
            return None
        own[key] = default
    return own
