"""Which statement or argument an annotation speaks of: found by syntax, and safe from formatters."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from nnic.findings.diagnostics import Sink
from nnic.ir import AnnotatedModule, Annotation, Carrier, StringPlace
from nnic.lowering.items import Item, items_of
from nnic.lowering.slots import Slot, slots_of
from nnic.source import SourceFile
from nnic.syntax.lexer import Comment, closing_bracket
from nnic.syntax.tree import (
    Block,
    Locator,
    Position,
    block_indentation,
    child_lists,
    end_of,
    indentation,
    start_of,
)

# Parentheses around a value, which are no part of its node.
_CLOSED = re.compile(r"\A(?:\s*\))*")
_LINE_BREAK = re.compile(r"[\r\n]")

# Redundant parentheses, stars and the marks between parameters, and further comments.
_LEADS_TO_ITEM = re.compile(r"(?:[\s(*,/\\]|#[^\r\n]*)*")


@dataclass(frozen=True, slots=True)
class Owner:
    """A statement, or one item within its brackets, and the slots that it offers."""

    position: Position
    slots: tuple[Slot, ...]
    is_item: bool = False

    @property
    def statement(self) -> ast.stmt:
        """The statement."""
        return self.position.block.statements[self.position.index]


def find_owner(annotation: Annotation, module: AnnotatedModule, locator: Locator, sink: Sink) -> Owner | None:
    """What ``annotation`` annotates; ``None`` after reporting that there is nothing."""
    place = annotation.place
    if isinstance(place, StringPlace):
        position = Position(place.block, place.index + 1)
        return _statement_owner(annotation, module, position, "nothing follows it in its block", sink)
    if annotation.carrier is Carrier.TRAILING:
        return _trailing_owner(annotation, module.source, locator, sink)
    if annotation.comment.bracket >= 0:
        return _next_item(annotation, module.source, locator, sink)
    chosen = own_line_position(module.source, locator, annotation.comment.start)
    if chosen is None:
        _report_nothing(annotation, "no block at this place has the comment's indentation", sink)
        return None
    return _statement_owner(annotation, module, chosen, "its block ends here", sink)


def own_line_position(source: SourceFile, locator: Locator, offset: int) -> Position | None:
    """The place of a comment's own line in the block that has its indentation."""
    column = indentation(source, offset)
    for position in locator.positions(offset):
        if block_indentation(source, position.block) == column:
            return position
    return None


def _statement_owner(
    annotation: Annotation, module: AnnotatedModule, position: Position, why: str, sink: Sink
) -> Owner | None:
    block = position.block
    if position.index >= len(block.statements):
        _report_nothing(annotation, why, sink)
        return None
    other = _annotation_at(module, block, position.index)
    if other is not None:
        sink.error(
            "NNI116",
            annotation.span,
            "an annotation can't annotate another annotation",
            related=[sink.related(other.span, "the other annotation")],
        )
        return None
    statement = block.statements[position.index]
    return Owner(position, _clause_slots(statement, start_of(module.source, statement), module.source))


def _annotation_at(module: AnnotatedModule, block: Block, index: int) -> Annotation | None:
    for annotation in module.annotations:
        place = annotation.place
        if isinstance(place, StringPlace) and place.block is block and place.index == index:
            return annotation
    return None


def _trailing_owner(annotation: Annotation, source: SourceFile, locator: Locator, sink: Sink) -> Owner | None:
    place = annotation.comment
    if place.bracket < 0:
        position = locator.last_simple(place.start) or locator.enclosing(place.start)
    else:
        position = locator.enclosing(place.bracket)
    if position is None:
        _report_nothing(annotation, "there is no statement before it", sink)
        return None
    statement = position.block.statements[position.index]
    if place.bracket >= 0:
        item = items_of(statement, source).last_before(place.start, place.bracket)
        if item is not None:
            return Owner(position, _with_neighbours(item, statement, place, source), is_item=True)
    return Owner(position, _clause_slots(statement, place.start, source))


def _clause_slots(statement: ast.stmt, offset: int, source: SourceFile) -> tuple[Slot, ...]:
    """The slots of the header that holds ``offset``: a ``case`` has nothing of its ``match``."""
    first, last = 0, len(source.text)
    if isinstance(statement, ast.Match):
        cases = source.span(statement.cases[0].pattern).start
        first, last = (cases, last) if cases <= offset else (0, cases)
    for _, block in child_lists(statement):
        if end_of(source, block[-1]) <= offset:
            first = end_of(source, block[-1])
        else:
            last = min(last, start_of(source, block[0]))
            break
    slots = slots_of(statement)
    return tuple(slot for slot in slots if first <= source.span(slot.value).start < last)


def _next_item(annotation: Annotation, source: SourceFile, locator: Locator, sink: Sink) -> Owner | None:
    place = annotation.comment
    position = locator.enclosing(place.bracket)
    if position is None:
        _report_nothing(annotation, "there is nothing behind it", sink)
        return None
    statement = position.block.statements[position.index]
    closing = closing_bracket(source.text, place.bracket)
    following = items_of(statement, source).next_from(place.end, closing)
    # What opens a display of its own before the first item stands between the two.
    if following is None or not _LEADS_TO_ITEM.fullmatch(source.text, place.end, following.span.start):
        _report_nothing(annotation, "no argument, entry or parameter follows it in its brackets", sink)
        return None
    return Owner(position, following.slots(), is_item=True)


def _with_neighbours(
    item: Item, statement: ast.stmt, comment: Comment, source: SourceFile
) -> tuple[Slot, ...]:
    """The slots of an item, and of those in its brackets that end on the comment's line.

    black joins short lines and moves their comments behind the last item: with the item alone, the
    annotation would silently speak of another value.
    """
    slots = item.slots()
    if not slots:
        return slots
    known = {id(slot.value) for slot in slots}
    for other in items_of(statement, source).backwards_from(comment.start, comment.bracket):
        between = _CLOSED.sub("", source.text[other.span.end : comment.start], count=1)
        if _LINE_BREAK.search(between):
            break  # and so it is behind all that ended before
        slots += tuple(slot for slot in other.slots() if id(slot.value) not in known)
        known |= {id(slot.value) for slot in slots}
    return tuple(sorted(slots, key=lambda slot: source.span(slot.value).start))


def _report_nothing(annotation: Annotation, why: str, sink: Sink) -> None:
    sink.error("NNI108", annotation.span, f"there is nothing to annotate: {why}")
