"""Turns the IR of a file into compiled text, by insertions alone.

Nothing of the source is removed and no line is added, so every statement keeps its line and all
text outside of the insertions stays byte for byte.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nnic.edits import Edit, splice
from nnic.emission.importing import ImportPoint, find_import_point
from nnic.emission.options import OptionWriter
from nnic.ir import Carrier, Layer, ModuleIR, Place, Statement, Tunable, TunableKind
from nnic.runtime.program import Insertion
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.texts import one_line, string_literal
from nnic.syntax.trial_module import TRIAL_EXPRESSION, TRIAL_NAME
from nnic.tuners.space import Absent

# Python's parser gives up on conditional expressions within some thousand others.
_MOST_IN_A_ROW = 64
# At one offset: close inner values, append statements, import, put statements before comments,
# open outer values.
_CLOSE, _APPEND, _IMPORT, _PREPEND, _OPEN = range(5)


@dataclass(frozen=True, slots=True)
class _Placed:
    """``text`` goes into the source at ``offset``; ``origin`` is the source text that it stands for.

    At one offset the lower ``rank`` comes first, and of one rank the lower ``tie``.
    """

    offset: int
    rank: int
    tie: int
    text: str
    origin: Span

    @property
    def edit(self) -> Edit:
        """The same as an edit of the source."""
        return Edit(Span(self.offset, self.offset), self.text)


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
    placed: list[_Placed] = []
    point = find_import_point(ir)
    runtime = TRIAL_EXPRESSION if point is None else TRIAL_NAME
    writer = OptionWriter(ir.tunables, runtime)
    for tunable in ir.tunables:
        for value in tunable.places:
            placed += _selector(tunable, value, writer, source)
    placed += _statements(ir, writer)
    if point is not None:
        placed.append(_import(point))
    placed.sort(key=lambda item: (item.offset, item.rank, item.tie))
    edits = tuple(item.edit for item in placed)
    return Emission(splice(source.text, edits), _insertions(source, placed), edits)


def _selector(
    tunable: Tunable, place: Place, writer: OptionWriter, source: SourceFile
) -> tuple[_Placed, _Placed]:
    key = string_literal(tunable.key, source)
    runtime = writer.runtime
    if tunable.is_choice:
        options = [one_line(option, source) or "" for option in writer.options(tunable)]
        assert all(options)
        head = f"({_options(options, 0, key, runtime)}"
    else:
        head = f"({runtime}.get({key}) if {runtime}.has({key}) else "
    own, end = (f"{runtime}.own({key}, (", ")))") if _is_observed(tunable) else ("(", "))")
    span = place.span
    # Of two values that begin together the outer one opens first; its end is farther.
    return (
        _Placed(span.start, _OPEN, -span.end, head + own, span),
        _Placed(span.end, _CLOSE, -span.start, end, span),
    )


def _options(options: list[str], first: int, key: str, runtime: str) -> str:
    """Return what chooses among options, of which the first has the index ``first``, up to its last
    ``else``."""
    if len(options) <= _MOST_IN_A_ROW:
        parts = (f"{o} if {runtime}.is_({key}, {i}) else " for i, o in enumerate(options, first))
        return "".join(parts)
    half = len(options) // 2
    lower = _options(options[: half - 1], first, key, runtime) + options[half - 1]
    upper = _options(options[half:], first + half, key, runtime)
    return f"({lower}) if {runtime}.below({key}, {first + half}) else {upper}"


def _is_observed(tunable: Tunable) -> bool:
    """Tell whether only running the script tells its own value: a number, or one of plain options."""
    if not isinstance(tunable.default, Absent) or tunable.kind is not TunableKind.VALUE:
        return False
    if len(tunable.places) > 1 or not tunable.is_choice:
        return len(tunable.places) == 1
    in_code = tunable.annotation.carrier is Carrier.CODE
    return not in_code and all(isinstance(argument.node, ast.Constant) for argument in tunable.arguments)


def _statements(ir: ModuleIR, writer: OptionWriter) -> list[_Placed]:
    """Tell what annotations add to the program, in the order of the source."""
    calls = [(statement, _call(statement, writer.runtime, ir.source)) for statement in ir.statements]
    calls += [(layer.statement, _layer(layer, writer, ir.source)) for layer in ir.layers]
    calls.sort(key=lambda call: (call[0].offset, call[0].annotation.span.start))
    placed = []
    for order, (statement, text) in enumerate(calls):
        span = statement.annotation.span
        if statement.own_line:
            # Another statement of the same comment, or the comment itself, follows.
            following = calls[order + 1][0] if order + 1 < len(calls) else None
            shared = following is not None and following.offset == statement.offset
            end = "; " if shared else "  "
            placed.append(_Placed(statement.offset, _PREPEND, order, f"{text}{end}", span))
        else:
            placed.append(_Placed(statement.offset, _APPEND, order, f"; {text}", span))
    return placed


def _call(statement: Statement, runtime: str, source: SourceFile) -> str:
    arguments = []
    for argument in statement.arguments:
        text = one_line(argument.node, source)
        assert text is not None
        arguments.append(text)
    return f"{runtime}.{statement.verb}({', '.join(arguments)})"


def _layer(layer: Layer, writer: OptionWriter, source: SourceFile) -> str:
    """Return an expression that binds the output, but only where a trial chose the layer."""
    value = one_line(writer.layer(layer), source)
    assert value is not None
    key = string_literal(layer.operation.key, source)
    return f"{writer.runtime}.has({key}) and ({layer.output} := {value})"


def _import(point: ImportPoint) -> _Placed:
    rank = _APPEND if point.appended else _IMPORT
    # Before the reports that are appended to the same statement.
    return _Placed(point.offset, rank, -1, point.text, Span(point.offset, point.offset))


def _insertions(source: SourceFile, placed: list[_Placed]) -> tuple[Insertion, ...]:
    found = []
    for item in placed:
        line, column = source.lines.point(item.offset)
        start = source.lines.point(item.origin.start)
        end = source.lines.point(item.origin.end)
        found.append(Insertion(line, column, len(item.text.encode("utf-8", "surrogatepass")), (*start, *end)))
    return tuple(found)
