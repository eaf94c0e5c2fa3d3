"""Checks the options of a dataclass's fields: Python refuses lists, dicts and sets as their defaults."""

from __future__ import annotations

import ast
from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, Tunable
from nnic.lowering.fields import is_field

_DATACLASSES = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})
_MUTABLE = {
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Set: "set",
    ast.SetComp: "set",
}


def check_fields(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Drop what would give a dataclass a default that it refuses, which would end every trial with it."""
    return replace(ir, tunables=tuple(t for t in ir.tunables if not t.is_choice or _check(t, ir, sink)))


def _check(tunable: Tunable, ir: ModuleIR, sink: Sink) -> bool:
    if not tunable.places or not _is_default_of_dataclass(tunable, ir):
        return True
    for argument in tunable.arguments:
        kind = _MUTABLE.get(type(argument.node))
        if kind is not None:
            name = tunable.name
            own = ir.source.slice(tunable.place.span)
            help = f"write {name} = field(default_factory=lambda: {own}), and keep the options unchanged"
            message = f"a dataclass refuses a {kind} as the default of a field"
            sink.error("NNI126", argument.span, message, help=None if "\n" in own else help)
            return False
    return True


def _is_default_of_dataclass(tunable: Tunable, ir: ModuleIR) -> bool:
    """Tell whether the value is itself the default of a field, which no function makes."""
    owner, statement = tunable.position.block.owner, tunable.position.statement
    if not isinstance(owner, ast.ClassDef) or not isinstance(statement, ast.AnnAssign):
        return False
    value, node = statement.value, tunable.place.node
    defaults = [value]
    if isinstance(value, ast.Call) and is_field(value, ir.facts):
        defaults += [keyword.value for keyword in value.keywords if keyword.arg == "default"]
    if not any(default is node for default in defaults):
        return False
    decorators = (d.func if isinstance(d, ast.Call) else d for d in owner.decorator_list)
    return any(ir.facts.qualified_name(decorator) in _DATACLASSES for decorator in decorators)
