"""Checks that a file declares one budget and one checkpoint at most."""

from __future__ import annotations

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, Tunable, TunableKind


def check_declarations(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Report the second one of each kind; several places may share one, as parameters do."""
    first: dict[TunableKind, Tunable] = {}
    for tunable in ir.tunables:
        if tunable.is_parameter:
            continue
        other = first.setdefault(tunable.kind, tunable)
        if other.key != tunable.key:
            sink.error(
                "NNI124",
                tunable.span,
                declared_twice(tunable.kind),
                related=[sink.related(other.span, "the first one")],
            )
    return ir


def declared_twice(kind: TunableKind) -> str:
    """Tell what is wrong with a second budget or checkpoint."""
    return f"a program has one {kind.value}; this is the second"
