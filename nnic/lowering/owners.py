"""Which statement or argument an annotation speaks of: found by syntax, never by lines."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nnic.annotations.model import AnnotatedModule, Annotation, Carrier, StringPlace
from nnic.findings.diagnostics import Sink
from nnic.lowering.slots import Slot, SlotKind, slots_in, slots_of
from nnic.source import SourceFile
from nnic.syntax.tree import Block, Locator, Position, block_indentation, indentation


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
    return Owner(position, slots_of(block.statements[position.index]))


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
            return Owner(position, _item_slots(statement, item), is_item=True)
    return Owner(position, slots_of(statement))


def _next_item(annotation: Annotation, source: SourceFile, locator: Locator, sink: Sink) -> Owner | None:
    place = annotation.comment
    position = locator.enclosing(place.bracket)
    if position is None:
        _report_nothing(annotation, "there is nothing behind it", sink)
        return None
    statement = position.block.statements[position.index]
    following = [
        (source.span(node).start, -source.span(node).end, node)
        for node in _items(statement)
        if source.span(node).start >= place.end
    ]
    if not following:
        _report_nothing(annotation, "no argument, entry or parameter follows it in its brackets", sink)
        return None
    item = min(following, key=lambda entry: entry[:2])[2]
    return Owner(position, _item_slots(statement, item), is_item=True)


def _last_item(source: SourceFile, statement: ast.stmt, bracket: int, offset: int) -> ast.AST | None:
    """The argument, entry or parameter in the bracket that ended last before ``offset``."""
    last: ast.AST | None = None
    best = (-1, 0)
    for node in _parts(statement):
        span = source.span(node)
        if bracket < span.start and span.end <= offset and (span.end, -span.start) > best:
            best = (span.end, -span.start)
            last = node
    return last if any(last is item for item in _items(statement)) else None


def _parts(statement: ast.stmt) -> list[ast.AST]:
    """Everything with a place in a statement's own text."""
    found: list[ast.AST] = []
    pending: list[ast.AST] = [statement]
    while pending:
        for child in ast.iter_child_nodes(pending.pop()):
            if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                continue
            if hasattr(child, "lineno"):
                found.append(child)
            if not isinstance(child, ast.JoinedStr):
                # Before 3.12 the parts of an f-string have no true places.
                pending.append(child)
    return found


def _items(statement: ast.stmt) -> list[ast.AST]:
    """Arguments, entries and parameters, wherever they are in a statement's own text."""
    items: list[ast.AST] = []
    for node in [statement, *_parts(statement)]:
        if isinstance(node, ast.Call):
            items += [*node.args, *node.keywords]
        elif isinstance(node, ast.ClassDef):
            items += [*node.bases, *node.keywords]
        elif isinstance(node, ast.Dict):
            items += [*(key for key in node.keys if key is not None), *node.values]
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            items += node.elts
        arguments = getattr(node, "args", None)
        if isinstance(arguments, ast.arguments):
            items += [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *arguments.defaults]
            items += [default for default in arguments.kw_defaults if default is not None]
    return items


def _item_slots(statement: ast.stmt, item: ast.AST) -> tuple[Slot, ...]:
    inner = item.value if isinstance(item, ast.keyword) else item
    slots = list(slots_in([inner])) if isinstance(inner, ast.expr) else []
    for slot in slots_of(statement):
        if slot.kind is not SlotKind.TARGET and slot.value is inner:
            return (slot, *slots)
    owners = [node for node in _parts(statement) if isinstance(node, ast.Dict) and inner in node.keys]
    for display in owners:
        value = display.values[display.keys.index(inner)]  # type: ignore[arg-type]
        return (Slot(SlotKind.ENTRY, ast.unparse(inner), value), *slots)
    if isinstance(inner, ast.arg):
        return tuple(slot for slot in slots_of(statement) if slot.label == inner.arg)
    return tuple(slots)


def _report_nothing(annotation: Annotation, why: str, sink: Sink) -> None:
    sink.error("NNI108", annotation.span, f"there is nothing to annotate: {why}")
