"""Which statement or argument an annotation speaks of: found by syntax, and safe from formatters."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from dataclasses import dataclass

from nnic.findings.diagnostics import Sink
from nnic.ir import Annotation, Carrier, StringStatement
from nnic.lowering.context import Context
from nnic.lowering.items import Item, Items
from nnic.lowering.slots import Slot, SlotIndex
from nnic.source import SourceFile
from nnic.syntax.facts import FileFacts
from nnic.syntax.tree import (
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
    index: SlotIndex
    is_item: bool = False

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots in the order of the source."""
        return self.index.slots

    @property
    def statement(self) -> ast.stmt:
        """The statement."""
        return self.position.statement


def find_owner(annotation: Annotation, context: Context) -> Owner | None:
    """Tell what ``annotation`` annotates, or ``None`` after reporting that there is nothing."""
    holder = annotation.holder
    if isinstance(holder, StringStatement):
        position = Position(holder.block, holder.index + 1)
        return _statement_owner(annotation, position, "nothing follows it in its block", context)
    if annotation.carrier is Carrier.TRAILING:
        return _trailing_owner(annotation, context)
    if annotation.comment.bracket is not None:
        return _next_item(annotation, annotation.comment.bracket, context)
    chosen = own_line_position(context.facts, annotation.comment.start)
    if chosen is None:
        between = _next_decorator(annotation.comment.start, context)
        if between is not None:
            return between
        _report_nothing(annotation, "no block at this place has the comment's indentation", context.sink)
        return None
    return _statement_owner(annotation, chosen, "its block ends here", context)


def own_line_position(facts: FileFacts, offset: int) -> Position | None:
    """Return the place of a comment's own line in the block that has its indentation."""
    column = indentation(facts.source, offset)
    for position in facts.locator.positions(offset):
        if block_indentation(facts.source, position.block) == column:
            return position
    return None


def _statement_owner(annotation: Annotation, position: Position, why: str, context: Context) -> Owner | None:
    block, sink = position.block, context.sink
    if position.index >= len(block.statements):
        _report_nothing(annotation, why, sink)
        return None
    other = context.strings.get((id(block), position.index))
    if other is not None:
        sink.error(
            "NNI116",
            annotation.span,
            "an annotation can't annotate another annotation",
            related=[sink.related(other.span, "the other annotation")],
        )
        return None
    statement = block.statements[position.index]
    return Owner(position, _clause_slots(statement, start_of(context.source, statement), context))


def _trailing_owner(annotation: Annotation, context: Context) -> Owner | None:
    comment, locator = annotation.comment, context.facts.locator
    if comment.bracket is None:
        position = locator.last_simple(comment.start) or locator.enclosing(comment.start)
    else:
        position = locator.enclosing(comment.bracket)
    if position is None:
        _report_nothing(annotation, "there is no statement before it", context.sink)
        return None
    statement = position.statement
    if comment.bracket is not None:
        items = context.statement(statement).items
        item = items.last_before(comment.start, comment.bracket)
        if item is not None:
            slots = _with_neighbours(item, items, comment.start, comment.bracket, context.source)
            return Owner(position, SlotIndex(slots), is_item=True)
    return Owner(position, _clause_slots(statement, comment.start, context))


def _clause_slots(statement: ast.stmt, offset: int, context: Context) -> SlotIndex:
    """Return the slots of the header that holds ``offset``: a ``case`` has nothing of its ``match``, and a
    decorator nothing of the others."""
    source = context.source
    first, last = 0, len(source.text)
    decorators = getattr(statement, "decorator_list", None)
    if decorators and offset > source.span(decorators[0]).start:
        header = source.lines.offset(statement.lineno, statement.col_offset)
        if offset < header:
            owner = source.span(decorators[_started(decorators, offset, source) - 1])
            return context.statement(statement).slots_between(owner.start, owner.end)
        first = header
    if isinstance(statement, ast.Match):
        cases = source.span(statement.cases[0].pattern).start
        first, last = (cases, last) if cases <= offset else (0, cases)
    for _, block in child_lists(statement):
        if end_of(source, block[-1]) <= offset:
            first = end_of(source, block[-1])
        else:
            last = min(last, start_of(source, block[0]))
            break
    return context.statement(statement).slots_between(first, last)


def _next_decorator(offset: int, context: Context) -> Owner | None:
    """Return the decorator that follows a comment between decorators."""
    position = context.facts.locator.enclosing(offset)
    if position is None:
        return None
    decorators = getattr(position.statement, "decorator_list", [])
    following = _started(decorators, offset, context.source)
    if following == len(decorators):
        return None
    span = context.source.span(decorators[following])
    index = context.statement(position.statement).slots_between(span.start, span.end)
    return Owner(position, index) if index.slots else None


def _started(decorators: list[ast.expr], offset: int, source: SourceFile) -> int:
    """Tell how many decorators begin at ``offset`` or before it."""
    return bisect_right(decorators, offset, key=lambda decorator: source.span(decorator).start)


def _next_item(annotation: Annotation, bracket: int, context: Context) -> Owner | None:
    text, end = context.source.text, annotation.comment.end
    position = context.facts.locator.enclosing(bracket)
    if position is None:
        _report_nothing(annotation, "there is nothing after it", context.sink)
        return None
    statement = position.statement
    closing = context.closing(bracket)
    following = None if closing is None else context.statement(statement).items.next_from(end, closing)
    # What opens a display of its own before the first item stands between the two.
    if following is None or not _LEADS_TO_ITEM.fullmatch(text, end, following.span.start):
        why = "no argument, entry or parameter follows it in its brackets"
        _report_nothing(annotation, why, context.sink)
        return None
    return Owner(position, SlotIndex(following.slots()), is_item=True)


def _with_neighbours(
    item: Item, items: Items, comment: int, bracket: int, source: SourceFile
) -> tuple[Slot, ...]:
    """Return the slots of an item, and of those in its brackets that end on the comment's line.

    black joins short lines and moves their comments behind the last item: with the item alone, the
    annotation would silently speak of another value.
    """
    slots = item.slots()
    if not slots:
        return slots
    known = {id(slot.value) for slot in slots}
    for other in items.backwards_from(comment, bracket):
        between = _CLOSED.sub("", source.text[other.span.end : comment], count=1)
        if _LINE_BREAK.search(between):
            break  # and so it is behind all that ended before
        slots += tuple(slot for slot in other.slots() if id(slot.value) not in known)
        known |= {id(slot.value) for slot in slots}
    return tuple(sorted(slots, key=lambda slot: source.span(slot.value).start))


def _report_nothing(annotation: Annotation, why: str, sink: Sink) -> None:
    sink.error("NNI108", annotation.span, f"there is nothing to annotate: {why}")
