"""The search space of a program, from the IR of its files."""

from __future__ import annotations

from nnic.ir import ModuleIR, Tunable
from nnic.tuners.space import Origin, Parameter, Sampler


def parameters_of(ir: ModuleIR, path: str) -> tuple[Parameter, ...]:
    """Return the parameters of one file in source order, one for each key; ``path`` is relative to the code
    directory."""
    found: dict[str, Parameter] = {}
    for tunable in ir.tunables:
        if tunable.is_parameter and tunable.key not in found:
            found[tunable.key] = _parameter(tunable, ir, path)
    return tuple(found.values())


def _parameter(tunable: Tunable, ir: ModuleIR, path: str) -> Parameter:
    source = ir.source
    line, column = source.lines.location(tunable.origin.start)
    origin = Origin(
        path=path,
        line=line,
        column=column,
        scope=tunable.position.block.scope() or "",
        default_source=source.slice(tunable.place.span) if tunable.places else "",
        option_sources=tuple(a.source for a in tunable.arguments)
        if tunable.sampler is Sampler.CHOICE
        else (),
    )
    return Parameter(
        key=tunable.key,
        sampler=tunable.sampler,
        args=tunable.values,
        default=tunable.default,
        condition=tunable.condition,
        integer=tunable.integer,
        origin=origin,
        surplus=tunable.surplus,
    )
