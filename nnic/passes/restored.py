"""Notes optimizers whose loaded state takes the place of the values that a trial was given."""

from __future__ import annotations

import ast

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, TunableKind
from nnic.syntax.walking import walk

_LOADS = "load_state_dict"
_OPTIMIZERS = frozenset(
    {
        "SGD",
        "Adam",
        "AdamW",
        "NAdam",
        "RAdam",
        "Adamax",
        "Adagrad",
        "Adadelta",
        "RMSprop",
        "Rprop",
        "LBFGS",
        "Lion",
    }
)


def check_restored(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look at optimizers that are made with a trial's values and loaded from the state of another trial.

    Population based training changes values on the way: what the state brings back undoes that.
    """
    text = ir.source.text
    if _LOADS not in text or "param_groups" in text:
        return ir
    if not any(tunable.kind is TunableKind.CHECKPOINT for tunable in ir.tunables):
        return ir
    made = _optimizers(ir)
    for call in ir.facts.nodes.of(ast.Call):
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr != _LOADS:
            continue
        for value in made.get(ast.unparse(function.value), ()):
            sink.note(
                "NNI303",
                ir.source.span(call),
                f"the loaded state brings back the {value} of the trial that saved it, so a value that pbt "
                f"has changed has no effect; set it again after this line, for example: "
                f"for group in {ast.unparse(function.value)}.param_groups: group[{value!r}] = ...",
            )
    return ir


def _optimizers(ir: ModuleIR) -> dict[str, list[str]]:
    """Return the options that come from a trial, by the text of the variable that holds the optimizer."""
    places = {id(p.node) for t in ir.tunables if t.is_parameter for p in t.places}
    names = {t.name for t in ir.tunables if t.is_parameter}
    found: dict[str, list[str]] = {}
    for assign in ir.facts.nodes.of(ast.Assign):
        call = assign.value
        if not isinstance(call, ast.Call) or not _makes_optimizer(call):
            continue
        given = [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg is not None]
        given += [("lr", call.args[1])] if len(call.args) > 1 else []
        values = [name for name, value in given if _is_tuned(value, places, names)]
        for target in assign.targets:
            found.setdefault(ast.unparse(target), []).extend(values)
    return found


def _makes_optimizer(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _OPTIMIZERS


def _is_tuned(value: ast.expr, places: set[int], names: set[str]) -> bool:
    return any(
        id(node) in places
        or (isinstance(node, ast.Name) and node.id in names)
        or (isinstance(node, ast.Attribute) and node.attr in names)
        for node in walk(value)
    )
