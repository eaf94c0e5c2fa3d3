"""Tells whether two texts of a file leave the same values open, place by place."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Hashable
from dataclasses import dataclass

from nnic.ir import ModuleIR, Place, Tunable
from nnic.span import Span
from nnic.syntax.fingerprint import fingerprint
from nnic.syntax.tree import child_lists, end_of, start_of


@dataclass(frozen=True, slots=True)
class Difference:
    """A parameter that was edited, with its lines; one that is gone has no lines."""

    name: str
    lines: tuple[int, ...]


def differences(before: ModuleIR | None, after: ModuleIR | None) -> list[Difference]:
    """Return the parameters of ``after`` that differ from those of ``before``, text by text.

    Two are equal when they have the same key, annotation and values, in the same statement of the same
    function, and come in the same order. Where they stand in the file does not count.
    """
    old, new = _shapes(before), _shapes(after)
    found: list[Difference] = []
    matcher = difflib.SequenceMatcher(None, [s for s, _ in old], [s for s, _ in new], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        assert after is not None or j1 == j2
        edited = [Difference(t.name, _lines(after, t)) for _, t in new[j1:j2] if after is not None]
        names = {difference.name for difference in edited}
        gone = [Difference(t.name, ()) for _, t in old[i1:i2] if t.name not in names]
        found += [*edited, *gone]
    return found


def same_places(first: ModuleIR, second: ModuleIR) -> bool:
    """Tell whether the same parameters replace the same parts of the same statements, whatever stands there.

    A value that was written may be what another annotation looks for: its place is another one then.
    """
    keys, others = ([t.key for t in ir.tunables if t.places] for ir in (first, second))
    return keys == others and same_frames(first, second)


def same_frames(first: ModuleIR, second: ModuleIR) -> bool:
    """Tell the same as :func:`same_places`, but for parameters whose keys may differ."""
    return _frames(first) == _frames(second)


def _frames(ir: ModuleIR) -> tuple[list[Hashable], list[list[tuple[int, int]]]]:
    """Return the trees of the statements with places, with a mark for each, and where each parameter's places
    are: the number of the statement, and that of the place in it."""
    found = {id(place.node): place for tunable in ir.tunables for place in tunable.places}
    statements: dict[int, tuple[int, ast.stmt]] = {}
    numbers: dict[int, tuple[int, int]] = {}
    marks: dict[int, dict[int, str]] = {}
    for identity, place in sorted(found.items(), key=lambda entry: entry[1].span.start):
        position = ir.facts.locator.enclosing(place.span.start)
        assert position is not None
        statement = position.statement
        number = statements.setdefault(id(statement), (len(statements), statement))[0]
        here = marks.setdefault(number, {})
        numbers[identity] = (number, len(here))
        here[identity] = f"place {len(here)}"
    trees: list[Hashable] = [
        fingerprint(statement, marks[number], blocks=False) for number, statement in statements.values()
    ]
    return trees, [[numbers[id(place.node)] for place in t.places] for t in ir.tunables if t.places]


def _shapes(ir: ModuleIR | None) -> list[tuple[Hashable, Tunable]]:
    if ir is None or not ir.tunables:
        return []
    return [(_shape(ir, tunable), tunable) for tunable in ir.tunables]


def _shape(ir: ModuleIR, tunable: Tunable) -> Hashable:
    """Return what has to be unchanged of a parameter, so that a value can be written in its place."""
    places = tuple((ir.source.slice(place.span), _statement(ir, place)) for place in tunable.places)
    return (
        tunable.key,
        tunable.sampler,
        tuple((type(value), repr(value)) for value in tunable.values),
        tunable.annotation.text.code,
        tunable.position.block.scope(),
        places,
    )


def _statement(ir: ModuleIR, place: Place) -> str | None:
    """Return the text of the statement that holds ``place``, without the blocks inside of it."""
    position = ir.facts.locator.enclosing(place.span.start)
    if position is None:
        return None
    statement = position.statement
    blocks = child_lists(statement)
    end = start_of(ir.source, blocks[0][1][0]) if blocks else end_of(ir.source, statement)
    span = Span(start_of(ir.source, statement), end)
    return ir.source.slice(span if span.contains(place.span) else place.span)


def _lines(ir: ModuleIR, tunable: Tunable) -> tuple[int, ...]:
    """Return the lines of a parameter's annotation and of its values."""
    numbers: set[int] = set()
    for span in (tunable.annotation.span, *(place.span for place in tunable.places)):
        numbers.update(range(ir.source.lines.line_of(span.start), ir.source.lines.line_of(span.end) + 1))
    return tuple(sorted(numbers))
