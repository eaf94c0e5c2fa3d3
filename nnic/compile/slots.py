"""The places of a file that belong to parameters."""

from __future__ import annotations

from dataclasses import dataclass

from nnic.ir import ModuleIR
from nnic.span import Span


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a file that belongs to a parameter; a tied parameter has several.

    ``span`` counts characters of the source from 0, ``line`` and ``column`` from 1; ``text`` is
    what stands there.
    """

    key: str
    span: Span
    line: int
    column: int
    text: str


def slots_of_ir(ir: ModuleIR) -> tuple[Slot, ...]:
    """The slots of a file in source order."""
    slots = []
    for tunable in ir.tunables:
        for place in tunable.places if tunable.is_parameter else ():
            line, column = ir.source.lines.location(place.span.start)
            slots.append(Slot(tunable.key, place.span, line, column, ir.source.slice(place.span)))
    return tuple(sorted(slots, key=lambda slot: (slot.span.start, -slot.span.end)))
