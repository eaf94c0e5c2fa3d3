"""Checks that ranges are ranges: low below high, logarithms and steps above zero."""

from __future__ import annotations

from dataclasses import replace

from nnic.findings.diagnostics import Severity, Sink
from nnic.findings.fixes import Fix
from nnic.ir import Carrier, ModuleIR, Tunable, TunableKind
from nnic.lowering.samplers import word_of
from nnic.span import Span
from nnic.tuners.space import Sampler


def check_ranges(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Drop tunables whose numbers could give no value."""
    return replace(ir, tunables=tuple(t for t in ir.tunables if _check(t, sink)))


def _check(tunable: Tunable, sink: Sink) -> bool:
    sampler = tunable.sampler
    if tunable.is_choice or tunable.kind is TunableKind.CHECKPOINT:
        return True
    numbers = [float(value) for value in tunable.values if isinstance(value, (int, float))]
    if tunable.kind is TunableKind.BUDGET:
        if not _check_positive(tunable, (0,), numbers, sink):
            return False
        return numbers[0] <= numbers[1] or _report_reversed(tunable, sink)
    if sampler.bounded:
        if sampler.logarithmic and not _check_positive(tunable, (0, 1), numbers, sink):
            return False
        if numbers[0] >= numbers[1] and not _report_reversed(tunable, sink):
            return False
    elif not _check_positive(tunable, (1,), numbers, sink):
        return False
    return not sampler.quantized or _check_positive(tunable, (2,), numbers, sink)


def _check_positive(tunable: Tunable, indices: tuple[int, ...], numbers: list[float], sink: Sink) -> bool:
    for index in indices:
        if numbers[index] <= 0:
            argument = tunable.arguments[index]
            name = tunable.sampler.arguments[index]
            message = f"{name} of nni.{word_of(tunable.call)} must be above 0, not {_shown(tunable, index)}"
            sink.error("NNI106", argument.span, message)
            return False
    return True


def _report_reversed(tunable: Tunable, sink: Sink) -> bool:
    """Report a reversed or empty range; return whether it compiles all the same."""
    first, second = tunable.arguments[:2]
    start = min(first.span.start, second.span.start)
    span = Span(start, max(first.span.end, second.span.end))
    low, high = (_shown(tunable, index) for index in (0, 1))
    message = f"low {low} is not below high {high}"
    accepted = tunable.annotation.lenient and tunable.sampler is not Sampler.RANDINT
    fix = _swapped(tunable, safe=not accepted) if low != high else None
    severity = Severity.WARNING if accepted else Severity.ERROR
    sink.report(severity, "NNI103", span, message, fix=fix)
    return accepted


def _swapped(tunable: Tunable, safe: bool) -> Fix:
    """Return the annotation with low and high in order, in its author's text."""
    text = tunable.annotation.text
    code, offset = text.code, 0
    first, second = sorted(text.range_of(argument.node) for argument in tunable.arguments[:2])
    if tunable.annotation.carrier is Carrier.CODE:
        # The text is that of the whole file, and code is not ours to edit.
        start, end = text.range_of(tunable.call)
        code, offset = code[start:end], start
    low, high = text.code[first[0] : first[1]], text.code[second[0] : second[1]]
    swapped = (
        code[: first[0] - offset]
        + high
        + code[first[1] - offset : second[0] - offset]
        + low
        + code[second[1] - offset :]
    )
    shown = f"{high}, {low}" if "\n" in swapped else swapped
    if tunable.annotation.carrier is Carrier.CODE:
        return Fix(shown)
    edits = text.replacing(*first, high), text.replacing(*second, low)
    return Fix(shown if "\n" in swapped else f"@{swapped}", sum(edits, ()) if all(edits) else (), safe)


def _shown(tunable: Tunable, index: int) -> str:
    return repr(tunable.values[index])
