"""Warns of ranges over several decades on a linear scale, which hardly ever gives their lower ones."""

from __future__ import annotations

from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.ir import Carrier, ModuleIR, Tunable
from nnic.lowering.samplers import word_of
from nnic.span import Span
from nnic.tuners.space import Sampler

_DECADES = 4
_LOGARITHMIC = {Sampler.UNIFORM: "loguniform", Sampler.QUNIFORM: "qloguniform"}


def check_scales(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look at uniform, quniform and randint."""
    for tunable in ir.tunables:
        linear = tunable.sampler in _LOGARITHMIC or tunable.sampler is Sampler.RANDINT
        if linear and tunable.is_parameter and len(tunable.values) >= 2:
            _check(tunable, sink)
    return ir


def _check(tunable: Tunable, sink: Sink) -> None:
    low, high = tunable.values[:2]
    assert isinstance(low, (int, float))
    assert isinstance(high, (int, float))
    if low <= 0 or high / low < 10**_DECADES:
        return
    first, second = (argument.span for argument in tunable.arguments[:2])
    span = Span(min(first.start, second.start), max(first.end, second.end))
    lower = 100 * (9 * low) / (high - low)
    message = (
        f"nni.{word_of(tunable.call)} spreads over {_decades(high / low)} decades evenly: "
        f"only {lower:.1g}% of its values lie below {10 * low:g}"
    )
    if tunable.sampler in _LOGARITHMIC:
        sink.warning("NNI208", span, message, fix=_logarithmic(tunable))
    else:
        fair = f"nni.qloguniform({tunable.arguments[0].source}, {tunable.arguments[1].source}, 1)"
        sink.warning("NNI208", span, message, help=f"{fair} spreads over the decades evenly")


def _decades(ratio: float) -> int:
    count = 0
    while ratio >= 10:
        ratio /= 10
        count += 1
    return count


def _logarithmic(tunable: Tunable) -> Fix:
    word = f"nni.{_LOGARITHMIC[tunable.sampler]}"
    text = tunable.annotation.text
    if tunable.annotation.carrier is Carrier.CODE:
        return Fix(word)
    return Fix(word, text.replacing(*text.range_of(tunable.call.func), word))
