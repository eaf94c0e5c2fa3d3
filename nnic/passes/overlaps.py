"""Checks that no value has two annotations."""

from __future__ import annotations

from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, Tunable


def check_overlaps(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Drop the second annotation of a value. A value within another one is legal."""
    owners: dict[tuple[int, int], Tunable] = {}
    kept = []
    for tunable in ir.tunables:
        places = [(place.span.start, place.span.end) for place in tunable.places]
        other = next((owners[place] for place in places if place in owners), None)
        if other is None:
            owners.update((place, tunable) for place in places)
            kept.append(tunable)
            continue
        sink.error(
            "NNI116",
            tunable.span,
            f"{tunable.name} has two annotations",
            related=[sink.related(other.span, "the other annotation")],
        )
    return replace(ir, tunables=tuple(kept))
