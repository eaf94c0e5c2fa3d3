"""Checks that ranges are ranges: low below high, logarithms and steps above zero."""

from __future__ import annotations

from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, Tunable, TunableKind
from nnic.lowering.samplers import word_of
from nnic.syntax.span import Span
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
    fix = _swapped(tunable) if low != high else ""
    if tunable.annotation.lenient and tunable.sampler is not Sampler.RANDINT:
        sink.warning("NNI103", span, message, fix=fix)
        return True
    sink.error("NNI103", span, message, fix=fix)
    return False


def _swapped(tunable: Tunable) -> str:
    """The annotation with low and high in order, in its author's text."""
    text = tunable.annotation.text
    first, second = (text.range_of(argument.node) for argument in tunable.arguments[:2])
    if first > second:
        first, second = second, first
    code = text.code
    low, high = code[first[0] : first[1]], code[second[0] : second[1]]
    swapped = code[: first[0]] + high + code[first[1] : second[0]] + low + code[second[1] :]
    return "" if "\n" in swapped else f"@{swapped}"


def _shown(tunable: Tunable, index: int) -> str:
    return repr(tunable.values[index])
