"""Checks that no value has two annotations, and that none lies within a value that another one replaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.ir import Carrier, ModuleIR, SlotKind, Tunable
from nnic.span import Span


def check_overlaps(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Drop the second annotation of a value, and report those that no trial can use."""
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
    for inner, outer in _within_others(kept):
        _report_within(inner, outer, sink)
    return replace(ir, tunables=tuple(kept))


def _within_others(tunables: list[Tunable]) -> Iterator[tuple[Tunable, Tunable]]:
    """Return each annotation whose places all lie within values that others replace, with the one around."""
    pairs = [(place.span, tunable) for tunable in tunables for place in tunable.places]
    pairs.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    around: list[tuple[Span, Tunable]] = []
    within = Counter[int]()
    for span, tunable in pairs:
        while around and around[-1][0].end <= span.start:
            around.pop()
        if around:
            within[id(tunable)] += 1
            if within[id(tunable)] == len(tunable.places):
                yield tunable, around[-1][1]
        around.append((span, tunable))


def _report_within(inner: Tunable, outer: Tunable, sink: Sink) -> None:
    """Report a value that a trial never evaluates: only the script by itself does, so nothing breaks."""
    what = "this sampler" if _in_code(inner) else inner.name
    sink.warning(
        "NNI116",
        inner.span,
        f"{what} has no effect: a trial replaces the whole value around it",
        help=_instead(inner, outer),
        related=[sink.related(outer.span, "the annotation that replaces it")],
    )


def _instead(inner: Tunable, outer: Tunable) -> str:
    if not inner.is_parameter:
        return "put the value on a line of its own, annotate that, and use its name in the options"
    if not outer.is_choice:
        return "write a plain value here" if _in_code(inner) else "keep one of the two annotations"
    if _in_code(inner):
        return "write the sampler into the options that use it, and a plain value here"
    arguments = ", ".join(" ".join(argument.source.split()) for argument in inner.arguments)
    sampler = f"nni.{inner.sampler.value}({arguments})"
    if inner.place.kind is SlotKind.KEYWORD:
        sampler = f"{inner.name.rpartition('.')[2]}={sampler}"
    return f"remove this annotation, and write {sampler} into the options that use it"


def _in_code(tunable: Tunable) -> bool:
    return tunable.annotation.carrier is Carrier.CODE
