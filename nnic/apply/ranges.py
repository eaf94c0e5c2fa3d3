"""Writes narrower ranges into annotations, in their author's notation."""

from __future__ import annotations

from collections.abc import Mapping

from nnic.apply.dropped_options import dropped_options
from nnic.apply.narrow import Narrowed
from nnic.apply.notation import number_like
from nnic.edits import Edit
from nnic.ir import Carrier, ModuleIR, Tunable


def range_edits(ir: ModuleIR, narrowed: Mapping[str, Narrowed]) -> list[Edit]:
    """Return the edits within annotations."""
    edits: list[Edit] = []
    for tunable in ir.tunables:
        change = narrowed.get(tunable.key)
        if change is None or not is_writable(tunable):
            continue
        edits += (
            dropped_options(ir.source, tunable, change.kept)
            if tunable.is_choice
            else _numbers(tunable, change)
        )
    return edits


def is_writable(tunable: Tunable) -> bool:
    """Tell whether each character of the annotation is one of the file's: an escape or a concatenation in a
    string forbids it. What is called in code is no annotation."""
    annotation = tunable.annotation
    return bool(annotation.text.pieces) and annotation.carrier is not Carrier.CODE


def _numbers(tunable: Tunable, change: Narrowed) -> list[Edit]:
    edits = []
    for argument, old, new in zip(tunable.arguments, change.parameter.args, change.args):
        if (type(old), old) != (type(new), new):
            assert isinstance(new, (int, float))
            text = number_like(new, argument.source)
            edits.append(Edit(tunable.annotation.span_of(argument.node), text))
    return edits
