"""What the files of a program declare beside parameters: its budget, its checkpoint, its constraints."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from nnic.findings.diagnostics import Diagnostic, Sink
from nnic.ir import ModuleIR, Restriction, Tunable, TunableKind
from nnic.passes.declarations import declared_twice
from nnic.passes.restrictions import unknown_message
from nnic.span import Span
from nnic.tuners.space import Constraint, Fidelity, Origin, Parameter


@dataclass(frozen=True, slots=True)
class Declarations:
    """The declarations of a program; ``checkpoint`` is a key."""

    fidelity: Fidelity | None
    checkpoint: str | None
    constraints: tuple[Constraint, ...]
    diagnostics: tuple[Diagnostic, ...]


def collect_declarations(
    files: Iterable[tuple[ModuleIR, str]], parameters: Iterable[Parameter]
) -> Declarations:
    """Collect over ``files``, each with its path relative to the code directory.

    A name in a constraint that no parameter of its file has may be a label of another file.
    """
    labels = {p.name: p.key for p in parameters if p.key.startswith("*/")}
    found: dict[TunableKind, tuple[Tunable, ModuleIR, str]] = {}
    constraints: list[Constraint] = []
    diagnostics: list[Diagnostic] = []
    for ir, path in files:
        sink = Sink(ir.source)
        for tunable in ir.tunables:
            if not tunable.is_parameter:
                holder = found.setdefault(tunable.kind, (tunable, ir, path))[2]
                if holder != path:
                    sink.error("NNI124", tunable.span, f"{declared_twice(tunable.kind)}, after {holder}")
        for restriction in ir.restrictions:
            constraint = _constraint(restriction, ir, path, labels, sink)
            if constraint is not None:
                constraints.append(constraint)
        diagnostics += sink.diagnostics
    budget = found.get(TunableKind.BUDGET)
    checkpoint = found.get(TunableKind.CHECKPOINT)
    return Declarations(
        None if budget is None else _fidelity(*budget),
        None if checkpoint is None else checkpoint[0].key,
        tuple(constraints),
        tuple(diagnostics),
    )


def _fidelity(tunable: Tunable, ir: ModuleIR, path: str) -> Fidelity:
    low, high = tunable.values
    assert isinstance(low, (int, float))
    assert isinstance(high, (int, float))
    origin = _origin(ir, path, tunable.place.span, tunable.position.block.scope())
    return Fidelity(low, high, tunable.integer, tunable.key, origin)


def _constraint(
    restriction: Restriction, ir: ModuleIR, path: str, labels: dict[str, str], sink: Sink
) -> Constraint | None:
    names = dict(restriction.names)
    for node in restriction.unknown:
        text = ast.unparse(node)
        if text not in labels:
            sink.error("NNI123", restriction.annotation.span_of(node), unknown_message(text))
            return None
        names[text] = labels[text]
    origin = _origin(ir, path, restriction.annotation.span, None)
    return Constraint(restriction.text, tuple(names.items()), origin)


def _origin(ir: ModuleIR, path: str, span: Span, scope: str | None) -> Origin:
    line, column = ir.source.lines.location(span.start)
    return Origin(path, line, column, scope or "", ir.source.slice(span).splitlines()[0])
