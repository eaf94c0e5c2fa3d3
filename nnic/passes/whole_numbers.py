"""Warns of a range that gives floats where the script has an int."""

from __future__ import annotations

from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.ir import Carrier, ModuleIR, Tunable
from nnic.span import Span
from nnic.tuners.space import Sampler

_STEPPED = {Sampler.UNIFORM: "quniform", Sampler.LOGUNIFORM: "qloguniform"}


def check_whole_numbers(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look at ranges between whole numbers that hold others, around a script's own int.

    ``uniform(0, 1)`` and ``uniform(0.0, 9)`` are meant for floats, whatever the script starts from.
    """
    for tunable in ir.tunables:
        wanted = tunable.sampler in _STEPPED and tunable.is_parameter and not tunable.integer
        if wanted and type(tunable.default) is int and all(type(v) is int for v in tunable.values):
            low, high = (v for v in tunable.values[:2] if isinstance(v, int))
            if high - low > 1 and low <= tunable.default <= high:
                _report(tunable, sink)
    return ir


def _report(tunable: Tunable, sink: Sink) -> None:
    low, high = (argument.source for argument in tunable.arguments[:2])
    first, second = (argument.span for argument in tunable.arguments[:2])
    own = sink.source.slice(tunable.origin)
    sink.warning(
        "NNI209",
        Span(min(first.start, second.start), max(first.end, second.end)),
        f"the script's own value {tunable.default!r} is an int, and nni.{tunable.sampler.value}"
        f"({low}, {high}) gives floats",
        help=f"if floats are meant, write {low if '.' in low else low + '.0'} here"
        + (f", or {own}.0 there" if own.isdigit() else ""),
        fix=_stepped(tunable, low, high),
        related=[sink.related(tunable.origin, "the script's own value")],
    )


def _stepped(tunable: Tunable, low: str, high: str) -> Fix:
    word = f"nni.{_STEPPED[tunable.sampler]}"
    shown = " ".join(f"{word}({low}, {high}, 1)".split())
    text = tunable.annotation.text
    named = any(keyword.arg in ("low", "high") for keyword in tunable.call.keywords)
    if tunable.annotation.carrier is Carrier.CODE or named:
        return Fix(shown)
    edits = text.replacing(*text.range_of(tunable.call.func), word), text.adding(tunable.call, "1")
    return Fix(shown, edits[0] + edits[1] if all(edits) else ())
