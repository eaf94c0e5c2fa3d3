"""Which statement or argument an annotation speaks of: found by syntax, and safe from formatters."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache

from nnic.annotations.model import AnnotatedModule, Annotation, Carrier, StringPlace
from nnic.findings.diagnostics import Sink
from nnic.lowering.slots import (
    Slot,
    default_slots,
    entry_slot,
    keyword_slot,
    own_children,
    slots_in,
    slots_of,
)
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


@dataclass(frozen=True, slots=True)
class _Item:
    """An argument, entry, element or parameter: its first and last node, and the slot that it is."""

    first: ast.AST
    last: ast.AST
    slot: Slot | None = None

    def slots(self) -> tuple[Slot, ...]:
        """Its own slot, and those within it."""
        nodes = [self.first] if self.first is self.last else [self.first, self.last]
        inner = [node.value if isinstance(node, ast.keyword) else node for node in nodes]
        within = slots_in([node for node in inner if isinstance(node, ast.expr)])
        return (*([] if self.slot is None else [self.slot]), *within)


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
        item = _last_item(source, statement, place.bracket, place.start)
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
    following = [
        (source.span(item.first).start, -source.span(item.last).end, number, item)
        for number, item in enumerate(_items(statement))
        if place.end <= source.span(item.first).start < closing
    ]
    # What opens a display of its own before the first item stands between the two.
    if not following or not _LEADS_TO_ITEM.fullmatch(source.text, place.end, min(following)[0]):
        _report_nothing(annotation, "no argument, entry or parameter follows it in its brackets", sink)
        return None
    return Owner(position, min(following)[3].slots(), is_item=True)


def _last_item(source: SourceFile, statement: ast.stmt, bracket: int, offset: int) -> _Item | None:
    """The argument, entry or parameter in the bracket that ended last before ``offset``."""
    last: ast.AST | None = None
    best = (-1, 0)
    for node in _parts(statement):
        span = source.span(node)
        if bracket < span.start and span.end <= offset and (span.end, -span.start) > best:
            best = (span.end, -span.start)
            last = node
    return next((item for item in _items(statement) if last is item.first or last is item.last), None)


def _with_neighbours(
    item: _Item, statement: ast.stmt, comment: Comment, source: SourceFile
) -> tuple[Slot, ...]:
    """The slots of an item, and of those in its brackets that end on the comment's line.

    black joins short lines and moves their comments behind the last item: with the item alone, the
    annotation would silently speak of another value.
    """
    slots = item.slots()
    if not slots:
        return slots
    known = {id(slot.value) for slot in slots}
    for other in _items(statement):
        start, end = source.span(other.first).start, source.span(other.last).end
        if comment.bracket < start and end <= comment.start:
            between = _CLOSED.sub("", source.text[end : comment.start], count=1)
            if not _LINE_BREAK.search(between):
                slots += tuple(slot for slot in other.slots() if id(slot.value) not in known)
                known |= {id(slot.value) for slot in slots}
    return tuple(sorted(slots, key=lambda slot: source.span(slot.value).start))


# A large dict may hold hundreds of annotations, each of which asks this of the same statement.
@lru_cache(maxsize=2)
def _parts(statement: ast.stmt) -> tuple[ast.AST, ...]:
    """Everything with a place in a statement's own text."""
    found: list[ast.AST] = []
    pending: list[ast.AST] = [statement]
    while pending:
        for child in own_children(pending.pop()):
            if hasattr(child, "lineno"):
                found.append(child)
            if not isinstance(child, ast.JoinedStr):
                # Before 3.12 the parts of an f-string have no true places.
                pending.append(child)
    return tuple(found)


@lru_cache(maxsize=2)
def _items(statement: ast.stmt) -> tuple[_Item, ...]:
    """Arguments, entries and parameters, wherever they are in a statement's own text."""
    items: list[_Item] = []
    for node in [statement, *_parts(statement)]:
        if isinstance(node, (ast.Call, ast.ClassDef)):
            positional = node.args if isinstance(node, ast.Call) else node.bases
            items += [_Item(argument, argument) for argument in positional]
            items += [_Item(keyword, keyword, keyword_slot(keyword)) for keyword in node.keywords]
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                items.append(_Item(value if key is None else key, value, entry_slot(key, value)))
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            items += [_Item(element, element) for element in node.elts]
        arguments = getattr(node, "args", None)
        if isinstance(arguments, ast.arguments):
            items += _parameters(arguments)
    return tuple(items)


def _parameters(arguments: ast.arguments) -> list[_Item]:
    defaults = {slot.label: slot for slot in default_slots(arguments)}
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [
        _Item(p, defaults[p.arg].value, defaults[p.arg]) if p.arg in defaults else _Item(p, p)
        for p in parameters
    ]


def _report_nothing(annotation: Annotation, why: str, sink: Sink) -> None:
    sink.error("NNI108", annotation.span, f"there is nothing to annotate: {why}")
