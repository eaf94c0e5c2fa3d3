"""A compiled program: what it searches, with the place of everything."""

from __future__ import annotations

from pathlib import Path

from nnic.runtime.program import Program
from nnic.runtime.text import counted
from nnic.screens.format import cells_of, cut_text, format_value, table
from nnic.screens.values import ShownSpace
from nnic.tuners.space import ABSENT

_NARROWEST = 20  # columns of the values, however long the names are


def render_program(program: Program, out: Path, width: int | None = None) -> str:
    """Return the parameters of a program that was written to ``out``; ``width`` is that of a terminal."""
    lines = [f"{counted(len(program.space), 'parameter')} in {counted(len(program.files), 'file')}"]
    rows = _rows(program)
    if rows and width is not None:
        others = sum(max(cells_of(row[i]) for row in rows) for i in (0, 2, 3)) + 3 * 2
        room = max(_NARROWEST, width - others)
        rows = [(name, cut_text(values, room), own, place) for name, values, own, place in rows]
    if rows:
        lines += table(("  parameter", "values", "yours", "place"), rows)
    lines += _declared(program)
    lines += [f"search space  {out / 'search_space.json'}", f"program       {out / 'code'}"]
    return "\n".join(lines)


def _rows(program: Program) -> list[tuple[str, str, str, str]]:
    space = ShownSpace(program.space)
    rows = []
    for parameter in program.space:
        key, origin = parameter.key, parameter.origin
        values = ", ".join(space.value(key, arg) for arg in parameter.args)
        own = "-" if parameter.default is ABSENT else space.value(key, parameter.default)
        place = "" if origin is None else f"{origin.path}:{origin.line}"
        rows.append((f"  {space.names[key]}", f"{parameter.sampler.value}({values})", own, place))
    return rows


def _declared(program: Program) -> list[str]:
    """Return what the program says beside its parameters."""
    lines = []
    fidelity = program.fidelity
    if fidelity is not None:
        name = fidelity.key.split("/", 1)[-1].rpartition("/")[0]
        low, high = format_value(fidelity.low), format_value(fidelity.high)
        lines.append(f"budget        {name} from {low} to {high}")
    if program.checkpoint:
        lines.append(f"checkpoint    {program.checkpoint.split('/', 1)[-1].rpartition('/')[0]}")
    return lines + [f"constraint    {constraint.expression}" for constraint in program.constraints]
