"""Ties annotations with one key to one parameter, which is NNI's rule."""

from __future__ import annotations

import ast
from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.ir import Carrier, ModuleIR, Tunable
from nnic.tuners.space import ABSENT, Value


def tie_parameters(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Equal names need equal arguments; a note tells that they are one parameter.

    Where the places of a parameter have different values of their own, it has no default. NNI took 0
    and 0.0 for equal, and the arguments that come last.
    """
    first_by_key: dict[str, Tunable] = {}
    last_values: dict[str, tuple[Value, ...]] = {}
    differing: set[str] = set()
    kept = []
    for tunable in ir.tunables:
        first = first_by_key.setdefault(_identity(tunable), tunable)
        if first is not tunable:
            if first.key != tunable.key or not _agree(first, tunable) or not (first.ties and tunable.ties):
                _report_conflict(first, tunable, sink)
                continue
            if (type(first.default), first.default) != (type(tunable.default), tunable.default):
                differing.add(tunable.key)
            if not tunable.places:
                kept.append(tunable)
                continue  # the note about its parent says it
            last_values[tunable.key] = tunable.values
            message = f"{tunable.name} is the same parameter as the {tunable.name} annotated before"
            sink.note(
                "NNI301", tunable.span, message, related=[sink.related(first.span, "the first annotation")]
            )
        kept.append(tunable)
    tied = [replace(t, values=last_values[t.key]) if t.key in last_values else t for t in kept]
    return replace(
        ir,
        tunables=tuple(
            replace(tunable, default=ABSENT) if tunable.key in differing else tunable for tunable in tied
        ),
    )


def _identity(tunable: Tunable) -> str:
    """Tell what makes two tunables one parameter: the key; of a label alone, whatever its sampler."""
    labelled = tunable.key.startswith("*/") and tunable.condition is None
    return tunable.key.rpartition("/")[0] if labelled else tunable.key


def _agree(first: Tunable, second: Tunable) -> bool:
    """Tell whether two have equal arguments; in what NNI read itself, as Python compares numbers."""
    if first.annotation.lenient and second.annotation.lenient:
        return (first.values, first.surplus) == (second.values, second.surplus)
    return _values(first) == _values(second)


def _values(tunable: Tunable) -> list[tuple[type, object]]:
    return [(type(value), value) for value in (*tunable.values, *tunable.surplus)]


def _report_conflict(first: Tunable, second: Tunable, sink: Sink) -> None:
    smart = second.annotation.carrier is Carrier.CODE
    if second.key.startswith("*/"):
        message = f"label {second.name} stands for one parameter, but its annotations differ"
        help = "make the annotations equal, or give this one another label"
    elif first.ties and second.ties:
        message = (
            f"{second.name} is annotated twice with different arguments; "
            "same names in a file are one parameter"
        )
        help = "give the variables different names, or both annotations the same arguments"
    elif smart:
        message = "only one smart parameter on a line can do without a name"
        help = f"give it one: {ast.unparse(second.call)[:-1]}, name='...')"
    else:
        message = f"two values are called {second.name}, which would be one parameter"
        help = "give each its own label='...', or both the same one to make them one parameter"
    sink.error(
        "NNI112",
        second.span,
        message,
        help=help,
        related=[sink.related(first.span, f"the first one: {_text(first)}")],
    )


def _text(tunable: Tunable) -> str:
    return tunable.annotation.text.source_of(
        tunable.call if tunable.annotation.carrier is Carrier.CODE else tunable.annotation.call
    ).partition("\n")[0]
