"""Checks options: none twice, each writable, none that would change the function around it."""

from __future__ import annotations

import re
from dataclasses import replace

from nnic.findings.diagnostics import Severity, Sink
from nnic.findings.fixes import Fix
from nnic.ir import Argument, Carrier, Layer, ModuleIR, Tunable, TunableKind
from nnic.syntax.constants import fold
from nnic.syntax.nature import becomes_local, nature_problem
from nnic.syntax.texts import one_line
from nnic.syntax.tree import Position

# A longer annotation is not shown again without one of its options.
_LONGEST_SHOWN = 200


def check_options(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Drop what has an option that can't go into the program."""
    tunables = tuple(t for t in ir.tunables if not t.is_choice or _check(t, ir, sink))
    statements = tuple(
        s
        for s in ir.statements
        if all(
            _check_expression(a, ir, sink) and _check_nature(a, s.position, None, sink) for a in s.arguments
        )
    )
    layers = tuple(layer for layer in ir.layers if _check_output(layer, ir, sink))
    return replace(ir, tunables=tunables, statements=statements, layers=layers)


def _check_output(layer: Layer, ir: ModuleIR, sink: Sink) -> bool:
    statement = layer.statement
    if not becomes_local(layer.output, statement.position, ir.facts.tree):
        return True
    message = f"a layer that binds {layer.output} would make it a local name of its function"
    sink.error("NNI119", statement.annotation.span, message)
    return False


def _check(tunable: Tunable, ir: ModuleIR, sink: Sink) -> bool:
    for argument in tunable.arguments:
        if not _check_expression(argument, ir, sink):
            return False
        if not _check_nature(argument, tunable.position, tunable, sink):
            return False
    return _check_duplicates(tunable, sink)


def _check_expression(argument: Argument, ir: ModuleIR, sink: Sink) -> bool:
    if one_line(argument.node, ir.source) is None:
        sink.error(
            "NNI122", argument.span, "this expression can't be written on one line in the file's encoding"
        )
        return False
    return True


def _check_nature(argument: Argument, position: Position, tunable: Tunable | None, sink: Sink) -> bool:
    if tunable is not None and tunable.annotation.carrier is Carrier.CODE:
        return True  # it stands in that function already
    places = () if tunable is None else tuple(place.node for place in tunable.places)
    problem = nature_problem(argument.node, position, places)
    if problem is not None:
        sink.error("NNI119", argument.span, problem)
    return problem is None


def _check_duplicates(tunable: Tunable, sink: Sink) -> bool:
    """Report every option that occurs before."""
    lenient = tunable.annotation.lenient
    severity = Severity.WARNING if lenient else Severity.ERROR
    seen: dict[tuple[type, object], Argument] = {}
    same = True
    for index, (argument, value) in enumerate(zip(tunable.arguments, tunable.values)):
        first = seen.setdefault((type(value), value), argument)
        if first is argument:
            continue
        same = False
        if _differ(first, argument):
            _report_same_name(first, argument, severity, sink)
            continue
        message = f"option {argument.source} occurs twice"
        related = [sink.related(first.span, "the first one")]
        fix = _without(tunable, index)
        sink.report(severity, "NNI201", argument.span, message, fix=fix, related=related)
    return same or lenient


def _differ(first: Argument, second: Argument) -> bool:
    """Tell whether of two options with one text the one is a string, and the other what the text says."""
    return isinstance(fold(first.node), str) is not isinstance(fold(second.node), str)


def _report_same_name(first: Argument, second: Argument, severity: Severity, sink: Sink) -> None:
    other = first if isinstance(fold(second.node), str) else second
    sink.report(
        severity,
        "NNI201",
        second.span,
        f"{first.source} and {second.source} differ, but have the same name in the search space",
        help=f"assign {other.source} to a variable with another name, and write that name as the option",
        related=[sink.related(first.span, "the first one")],
    )


def _without(tunable: Tunable, index: int) -> Fix | None:
    """Return the annotation without an option that came before; its weight changes with it."""
    if tunable.annotation.carrier is Carrier.CODE or tunable.kind is TunableKind.LAYER:
        return None
    text = tunable.annotation.text
    previous, argument = tunable.arguments[index - 1 : index + 1]
    start, end = text.range_of(previous.node)[1], text.range_of(argument.node)[1]
    # Brackets around an option are no part of its node.
    if not re.fullmatch(r"[ \t]*,[ \t]*", text.code[start : text.range_of(argument.node)[0]]):
        return None
    edits = text.replacing(start, end, "")
    if len(text.code) > _LONGEST_SHOWN or "\n" in text.code:
        return Fix(f"remove the second {argument.source}", edits) if edits else None
    return Fix(f"@{text.code[:start]}{text.code[end:]}", edits)
