"""Turns the IR of a file into compiled text, by insertions alone.

Nothing of the source is removed and no line is added, so every statement keeps its line and all
text outside of the insertions stays byte for byte.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nnic.annotations.model import Carrier
from nnic.emission.importing import RUNTIME_EXPRESSION, ImportPlace, find_import_place
from nnic.emission.options import OptionWriter
from nnic.ir import Layer, ModuleIR, Place, Statement, Tunable, TunableKind
from nnic.runtime.program import Insertion
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.texts import one_line, string_literal
from nnic.tuners.space import Absent

# At one offset: close inner values, append statements, import, put statements before comments,
# open outer values.
_CLOSE, _APPEND, _IMPORT, _PREPEND, _OPEN = range(5)


@dataclass(frozen=True, slots=True)
class Edit:
    """``text`` goes into the source at ``offset``; ``span`` is the source text that it stands for."""

    offset: int
    rank: int
    tie: int
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Emission:
    """The compiled text of a file, and how it came about."""

    text: str
    insertions: tuple[Insertion, ...]
    edits: tuple[Edit, ...]


def emit(ir: ModuleIR) -> Emission:
    """Write every selector, statement and the import of the trial module into the source."""
    source = ir.source
    if not ir.tunables and not ir.statements and not ir.layers:
        return Emission(source.text, (), ())
    edits: list[Edit] = []
    place = find_import_place(ir)
    runtime = "__nnic__" if place else RUNTIME_EXPRESSION
    writer = OptionWriter(ir.tunables, runtime)
    for tunable in ir.tunables:
        for value in tunable.places:
            edits += _selector(tunable, value, writer, source)
    edits += _statements(ir, writer)
    if place is not None:
        edits.append(_import(place))
    edits.sort(key=lambda edit: (edit.offset, edit.rank, edit.tie))
    return Emission(_apply(source.text, edits), _insertions(source, edits), tuple(edits))


def _selector(tunable: Tunable, place: Place, writer: OptionWriter, source: SourceFile) -> tuple[Edit, Edit]:
    key = string_literal(tunable.key, source)
    runtime = writer.runtime
    if tunable.is_choice:
        parts = []
        for index, option in enumerate(writer.options(tunable)):
            text = one_line(option, source)
            assert text is not None
            parts.append(f"{text} if {runtime}.is_({key}, {index}) else ")
        head = f"({''.join(parts)}"
    else:
        head = f"({runtime}.get({key}) if {runtime}.has({key}) else "
    own, end = (f"{runtime}.own({key}, (", ")))") if _is_observed(tunable) else ("(", "))")
    span = place.span
    # Of two values that begin together the outer one opens first; its end is farther.
    return (
        Edit(span.start, _OPEN, -span.end, head + own, span),
        Edit(span.end, _CLOSE, -span.start, end, span),
    )


def _is_observed(tunable: Tunable) -> bool:
    """Whether only running the script tells its own value: a number, or one of plain options."""
    if not isinstance(tunable.default, Absent) or tunable.kind is not TunableKind.VALUE:
        return False
    if len(tunable.places) > 1 or not tunable.is_choice:
        return len(tunable.places) == 1
    in_code = tunable.annotation.carrier is Carrier.CODE
    return not in_code and all(isinstance(argument.node, ast.Constant) for argument in tunable.arguments)


def _statements(ir: ModuleIR, writer: OptionWriter) -> list[Edit]:
    """What annotations add to the program, in the order of the source."""
    calls = [(statement, _call(statement, writer.runtime, ir.source)) for statement in ir.statements]
    calls += [(layer.statement, _layer(layer, writer, ir.source)) for layer in ir.layers]
    calls.sort(key=lambda call: (call[0].offset, call[0].annotation.span.start))
    edits = []
    for order, (statement, text) in enumerate(calls):
        span = statement.annotation.span
        if statement.own_line:
            # Another statement of the same comment, or the comment itself, follows.
            shared = any(other.offset == statement.offset for other, _ in calls[order + 1 :])
            end = "; " if shared else "  "
            edits.append(Edit(statement.offset, _PREPEND, order, f"{text}{end}", span))
        else:
            edits.append(Edit(statement.offset, _APPEND, order, f"; {text}", span))
    return edits


def _call(statement: Statement, runtime: str, source: SourceFile) -> str:
    arguments = []
    for argument in statement.arguments:
        text = one_line(argument.node, source)
        assert text is not None
        arguments.append(text)
    return f"{runtime}.{statement.verb}({', '.join(arguments)})"


def _layer(layer: Layer, writer: OptionWriter, source: SourceFile) -> str:
    """An expression that binds the output, but only where a trial chose the layer."""
    value = one_line(writer.layer(layer), source)
    assert value is not None
    key = string_literal(layer.operation.key, source)
    return f"{writer.runtime}.has({key}) and ({layer.output} := {value})"


def _import(place: ImportPlace) -> Edit:
    rank = _APPEND if place.appended else _IMPORT
    return Edit(place.offset, rank, -1, place.text, Span(place.offset, place.offset))


def _apply(text: str, edits: list[Edit]) -> str:
    parts = []
    position = 0
    for edit in edits:
        parts += [text[position : edit.offset], edit.text]
        position = edit.offset
    parts.append(text[position:])
    return "".join(parts)


def _insertions(source: SourceFile, edits: list[Edit]) -> tuple[Insertion, ...]:
    found = []
    for edit in edits:
        line, column = source.lines.point(edit.offset)
        start = source.lines.point(edit.span.start)
        end = source.lines.point(edit.span.end)
        found.append(Insertion(line, column, len(edit.text.encode("utf-8", "surrogatepass")), (*start, *end)))
    return tuple(found)
