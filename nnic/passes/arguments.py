"""Evaluates the arguments of samplers: numbers, and the options as a search space names them."""

from __future__ import annotations

import ast
from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.ir import Argument, ModuleIR, Tunable, TunableKind
from nnic.lowering.nested import option_values
from nnic.lowering.samplers import word_of
from nnic.syntax.constants import fold, is_finite_number
from nnic.syntax.walking import walk
from nnic.tuners.space import Absent, Sampler, Value


def evaluate_arguments(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Fill ``values``; a numeric argument that is no constant number is an error."""
    names = _constants(ir)
    kept = []
    for tunable in ir.tunables:
        if tunable.is_choice:
            # The keys of `nni.choice({...})` in code are its values.
            values: tuple[Value, ...] | None = tunable.values or option_values(tunable)
        elif tunable.kind is TunableKind.CHECKPOINT:
            values = ()
        else:
            values = _numbers(tunable, names, sink)
        if values is not None:
            count = len(tunable.sampler.arguments) or len(values)
            kept.append(replace(tunable, values=values[:count], surplus=tunable.surplus or values[count:]))
    return replace(ir, tunables=tuple(kept))


def _constants(ir: ModuleIR) -> dict[str, ast.expr]:
    """Constant names, where any numeric argument needs them; what is annotated itself varies."""
    numeric = [t for t in ir.tunables if not t.is_choice]
    if not any(isinstance(n, ast.Name) for t in numeric for a in t.arguments for n in walk(a.node)):
        return {}
    varying = {id(place.node) for tunable in ir.tunables for place in tunable.places}
    constants = ir.facts.bindings.constants
    return {name: node for name, node in constants.items() if id(node) not in varying}


def _numbers(tunable: Tunable, names: dict[str, ast.expr], sink: Sink) -> tuple[Value, ...] | None:
    values: list[Value] = []
    for argument in tunable.arguments:
        value = fold(argument.node, names)
        if isinstance(value, Absent) or not is_finite_number(value):
            sink.error("NNI104", argument.span, _describe(tunable, argument, value))
            return None
        if tunable.sampler is Sampler.RANDINT and value != int(value):  # type: ignore[arg-type]
            sink.error("NNI104", argument.span, f"nni.randint takes whole numbers, not {argument.source}")
            return None
        values.append(value)
    return tuple(values)


def _describe(tunable: Tunable, argument: Argument, value: object) -> str:
    index = tunable.arguments.index(argument)
    names = tunable.sampler.arguments
    name = names[index] if index < len(names) else "argument"
    what = f"{name} of nni.{word_of(tunable.call)} must be a finite number"
    if isinstance(value, Absent) and any(isinstance(n, ast.Name) for n in walk(argument.node)):
        return f"{what}, known before the program runs; {argument.source} is not a constant of this file"
    return f"{what}, not {argument.source}"
