"""Finds the script's own value of every parameter, and whether it lies within the space."""

from __future__ import annotations

import ast
from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, Tunable
from nnic.syntax.constants import fold, is_finite_number
from nnic.syntax.fingerprint import fingerprint
from nnic.syntax.span import Span
from nnic.tuners.space import ABSENT, Absent, Parameter, Sampler, Value


def find_defaults(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Fill ``default`` and ``integer``."""
    return replace(ir, tunables=tuple(_with_default(tunable, sink) for tunable in ir.tunables))


def _with_default(tunable: Tunable, sink: Sink) -> Tunable:
    if tunable.sampler is Sampler.CHOICE:
        originals = {fingerprint(place.node) for place in tunable.places}
        if len(originals) > 1:
            return tunable  # the script's own values are no single point of the space
        default = _option_default(tunable)
        if isinstance(default, Absent):
            tunable = replace(tunable, default=fold(tunable.place.node))
            if not isinstance(tunable.default, Absent):
                _report(tunable, "is not among the options", sink)
            return tunable
        return replace(tunable, default=default)
    default = fold(tunable.place.node)
    if not isinstance(default, Absent) and isinstance(default, float) and not is_finite_number(default):
        default = ABSENT
    integers = all(isinstance(value, int) for value in tunable.values)
    quantized = tunable.sampler.quantized and integers and not isinstance(default, float)
    tunable = replace(tunable, default=default, integer=tunable.sampler is Sampler.RANDINT or quantized)
    if not isinstance(default, Absent) and not _parameter(tunable).contains(default):
        _report(tunable, f"lies outside of {_described(tunable)}", sink)
    return tunable


def _option_default(tunable: Tunable) -> Value | Absent:
    """The option that is the original: by tree, then by type and value."""
    original = fingerprint(tunable.place.node)
    for argument, value in zip(tunable.arguments, tunable.values):
        if fingerprint(argument.node) == original:
            return value
    constant = fold(tunable.place.node)
    if isinstance(constant, Absent):
        return ABSENT
    for argument, value in zip(tunable.arguments, tunable.values):
        option = fold(argument.node)
        if type(option) is type(constant) and option == constant:
            return value
    return ABSENT


def _parameter(tunable: Tunable) -> Parameter:
    return Parameter(tunable.key, tunable.sampler, tunable.values, integer=tunable.integer)


def _described(tunable: Tunable) -> str:
    return f"nni.{tunable.sampler.value}({', '.join(argument.source for argument in tunable.arguments)})"


def _report(tunable: Tunable, why: str, sink: Sink) -> None:
    """Point at the annotation: the value itself is the user's to choose."""
    message = f"the script's own value {tunable.default!r} {why}"
    arguments = tunable.arguments
    only = arguments[0].node if len(arguments) == 1 else None
    help = ""
    if isinstance(only, (ast.List, ast.Tuple)) and only.elts:
        options = ", ".join(tunable.annotation.text.source_of(option) for option in only.elts)
        help = f"this is a single option; to try its elements write nni.choice({options})"
    start = min(argument.span.start for argument in arguments)
    end = max(argument.span.end for argument in arguments)
    sink.warning(
        "NNI202",
        Span(start, end),
        message,
        help=help,
        related=[sink.related(tunable.place.span, "the script's own value")],
    )
