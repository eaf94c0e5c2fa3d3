"""The items of a statement's brackets: arguments, entries, elements and parameters, by place."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from nnic.lowering.slots import Slot, default_slots, entry_slot, keyword_slot, slots_in
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.walking import TEMPLATES, own_children, walk

_Found = tuple[ast.AST, ast.AST, Slot | None]


@dataclass(frozen=True, slots=True)
class Item:
    """An argument, entry, element or parameter: its first and last node, where it stands,
    and the slot that it is."""

    first: ast.AST
    last: ast.AST
    span: Span
    slot: Slot | None

    def slots(self) -> tuple[Slot, ...]:
        """Its own slot, and those within it."""
        nodes = [self.first] if self.first is self.last else [self.first, self.last]
        inner = [node.value if isinstance(node, ast.keyword) else node for node in nodes]
        within = slots_in([node for node in inner if isinstance(node, ast.expr)])
        return (*([] if self.slot is None else [self.slot]), *within)


class Items:
    """The items of one statement, found by offset: a large dict may hold hundreds of annotations."""

    def __init__(self, statement: ast.stmt, source: SourceFile) -> None:
        parts = [node for node in walk(*own_children(statement), into=_into) if hasattr(node, "lineno")]
        ends = [(source.span(node).end, -source.span(node).start, -i, node) for i, node in enumerate(parts)]
        self._parts = sorted(ends, key=lambda entry: entry[:3])
        items = [
            Item(first, last, Span(source.span(first).start, source.span(last).end), slot)
            for first, last, slot in _items(statement, parts)
        ]
        self._by_start = sorted(items, key=lambda item: (item.span.start, -item.span.end))
        self._by_end = sorted(items, key=lambda item: item.span.end)
        self._starts = [item.span.start for item in self._by_start]
        self._ends = [item.span.end for item in self._by_end]
        self._of_node: dict[int, Item] = {}
        for item in items:
            self._of_node.setdefault(id(item.first), item)
            self._of_node.setdefault(id(item.last), item)

    def next_from(self, offset: int, end: int) -> Item | None:
        """Return the first item, the widest of several, that starts between ``offset`` and ``end``."""
        index = bisect_left(self._starts, offset)
        found = self._by_start[index] if index < len(self._by_start) else None
        return found if found is not None and found.span.start < end else None

    def last_before(self, offset: int, bracket: int) -> Item | None:
        """Return the item in the bracket whose text is the last, the widest of several, that ended before
        ``offset``."""
        index = bisect_right(self._parts, (offset, 1), key=lambda entry: entry[:2])
        while index > 0:
            index -= 1
            end, start, _, node = self._parts[index]
            if end <= bracket:
                break
            if -start > bracket:
                return self._of_node.get(id(node))
        return None

    def backwards_from(self, offset: int, bracket: int) -> Iterator[Item]:
        """Return the items in the bracket that ended before ``offset``, the last one first."""
        for index in range(bisect_right(self._ends, offset) - 1, -1, -1):
            item = self._by_end[index]
            if item.span.end <= bracket:
                break
            if item.span.start > bracket:
                yield item


def _into(node: ast.AST) -> list[ast.AST]:
    # Before Python 3.12 the parts of an f-string have no true places.
    return [] if isinstance(node, TEMPLATES) else own_children(node)


def _items(statement: ast.stmt, parts: list[ast.AST]) -> Iterator[_Found]:
    """Arguments, entries and parameters, wherever they are in a statement's own text."""
    for node in [statement, *parts]:
        if isinstance(node, (ast.Call, ast.ClassDef)):
            call = node if isinstance(node, ast.Call) else None
            positional = node.args if isinstance(node, ast.Call) else node.bases
            yield from ((argument, argument, None) for argument in positional)
            yield from ((keyword, keyword, keyword_slot(keyword, call)) for keyword in node.keywords)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                yield value if key is None else key, value, entry_slot(key, value)
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            yield from ((element, element, None) for element in node.elts)
        arguments = getattr(node, "args", None)
        if isinstance(arguments, ast.arguments):
            yield from _parameters(arguments)


def _parameters(arguments: ast.arguments) -> Iterator[_Found]:
    defaults = {slot.label: slot for slot in default_slots(arguments)}
    for parameter in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        slot = defaults.get(parameter.arg)
        yield parameter, parameter if slot is None else slot.value, slot
