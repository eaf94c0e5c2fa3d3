"""Finds slots, and the owners that an annotation may point at, in a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from insertion.names import Context, slot_name
from insertion.places import Places

Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A value with a name.

    ``label`` is what ``name=`` says; ``name`` the middle part of the key, where the naming table gives one.
    """

    kind: str
    label: str
    value: ast.expr
    name: str | None
    targets: tuple[ast.expr, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Owner:
    """A statement, or an item in brackets, from ``start`` to ``end``, and the slots within it.

    ``end`` is where a trailing comment goes, or -1; ``line_start`` whether a line of its own may precede it.
    ``shared`` are all slots that such a trailing comment could mean: those of the items on its line.
    """

    is_item: bool
    start: int
    end: int
    line_start: bool
    slots: tuple[Slot, ...] = field(default=())
    shared: tuple[Slot, ...] = field(default=())


def read_owners(places: Places, tree: ast.Module) -> list[Owner]:
    """Everything in the file that an annotation may point at and that holds a slot."""
    owners: list[Owner] = []
    pending: list[tuple[ast.stmt, str]] = [(statement, "") for statement in tree.body]
    while pending:
        statement, scope = pending.pop()
        reader = _Reader(places, statement, scope)
        owners += [owner for owner in reader.owners() if owner.slots]
        inner = scope
        if isinstance(statement, (*Function, ast.ClassDef)):
            inner = f"{scope}.{statement.name}".lstrip(".")
        pending += [(child, inner) for child in _blocks(statement)]
    return owners


def _clauses(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.AST, list[ast.stmt]]]:
    """Guards and types of exceptions, each with a node that its header begins with, and its block."""
    for handler in getattr(statement, "handlers", ()):
        if handler.type is not None:
            yield handler.type, handler, handler.body
    for case in getattr(statement, "cases", ()):
        if case.guard is not None:
            yield case.guard, case.pattern, case.body


def _blocks(statement: ast.stmt) -> Iterator[ast.stmt]:
    for part in [statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]:
        for name in ("body", "orelse", "finalbody"):
            block = getattr(part, name, None)
            yield from block if isinstance(block, list) else ()


class _Reader:
    """Reads one statement; the blocks within it are others' business."""

    def __init__(self, places: Places, statement: ast.stmt, scope: str) -> None:
        self.places = places
        self.statement = statement
        self.scope = scope
        self.items: list[tuple[int, int, list[ast.AST], bool]] = []
        self.slots: list[Slot] = []

    def owners(self) -> Iterator[Owner]:
        """The statement first."""
        self._read(self.statement, Context(scope=self.scope))
        start = self._start()
        last = self._header_end()
        is_elif = self.places.text.startswith("elif", start) and isinstance(self.statement, ast.If)
        whole_line = self.places.starts_line(start) and not is_elif
        yield Owner(False, start, last, whole_line, tuple(self.slots), tuple(self.slots))
        yield from self._item_owners()
        for expression, header, body in _clauses(self.statement):
            clause = _Reader(self.places, self.statement, self.scope)
            clause._read(expression, Context(scope=self.scope))
            newline = self.places.line_end(self.places.start(header)).start
            end = newline if newline < self.places.start(body[0]) else -1
            yield Owner(False, start, end, False, tuple(clause.slots), tuple(clause.slots))
            yield from clause._item_owners()

    def _item_owners(self) -> Iterator[Owner]:
        for first, end, nodes, may_precede in self.items:
            bracket, line = self.places.brackets[first], self.places.line_start(end)
            beside = [
                node
                for other in self.items
                if line <= other[1] <= end and bracket < other[0]
                for node in other[2]
            ]
            yield Owner(True, first, end, may_precede, self._within(nodes), self._within(beside))

    def _within(self, nodes: list[ast.AST]) -> tuple[Slot, ...]:
        parts = {id(part) for node in nodes for part in _walk(node)}
        return tuple(slot for slot in self.slots if id(slot.value) in parts)

    def _start(self) -> int:
        decorators = getattr(self.statement, "decorator_list", [])
        if not decorators:
            return self.places.start(self.statement)
        first = self.places.start(decorators[0])
        return self.places.text.rindex("@", 0, first)

    def _header_end(self) -> int:
        """Where a trailing comment of the statement goes; -1 where another statement shares the line."""
        first = next(_blocks(self.statement), None)
        if isinstance(self.statement, ast.Match):
            header = self.places.end(self.statement.subject)
            return self.places.line_end(header).start
        if first is None:
            end = self.places.end(self.statement)
            newline = self.places.line_end(end)
            rest = self.places.text[end : newline.start].partition("#")[0]
            return newline.start if not rest.strip(" \t\f;\\\r\n") else -1
        newline = self.places.line_end(self.places.start(self.statement))
        return newline.start if newline.start < self.places.start(first) else -1

    def _read(self, node: ast.AST, context: Context) -> None:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            self._assignment(node)
        if isinstance(node, ast.Call):
            self._call(node, context)
        elif isinstance(node, ast.ClassDef):
            self._class(node, context)
        elif isinstance(node, ast.Dict):
            self._display(node, context)
        elif isinstance(node, (ast.List, ast.Set)):
            for element in node.elts:
                self._item([element], element, self.places.start(node))
        arguments = getattr(node, "args", None)
        if isinstance(arguments, ast.arguments):
            self._parameters(node, arguments, context)
        for child in _children(node):
            self._read(child, context.below(node, child))

    def _assignment(self, node: ast.Assign | ast.AnnAssign) -> None:
        targets = tuple(node.targets) if isinstance(node, ast.Assign) else (node.target,)
        if node.value is not None:
            self._slot("target", ast.unparse(targets[0]), node.value, slot_name(targets[0]), targets)

    def _call(self, node: ast.Call, context: Context) -> None:
        bracket = self.places.openings[self.places.end(node) - 1]
        for argument in node.args:
            if self.places.start(argument) != bracket:  # f(i for i in x)
                self._item([argument], argument, bracket)
        for keyword in node.keywords:
            self._item([keyword], keyword, self.places.end(keyword))
            if keyword.arg is not None:
                self._slot("keyword", keyword.arg, keyword.value, context.keyword(node, keyword.arg))

    def _class(self, node: ast.ClassDef, context: Context) -> None:
        for keyword in node.keywords:
            self._item([keyword], keyword, self.places.end(keyword))
            if keyword.arg is not None:
                self._slot("keyword", keyword.arg, keyword.value, context.class_keyword(node, keyword.arg))

    def _display(self, node: ast.Dict, context: Context) -> None:
        for key, value in zip(node.keys, node.values):
            if key is None:
                continue
            _, end = self.places.in_parentheses(value, self.places.end(key))
            self.items.append((self.places.start(key), end, [key, value], self._bare(key)))
            if isinstance(key, ast.Constant):
                self._slot("entry", str(key.value), value, context.entry(key.value))

    def _parameters(self, owner: ast.AST, arguments: ast.arguments, context: Context) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        named = positional[len(positional) - len(arguments.defaults) :]
        for parameter, default in [
            *zip(named, arguments.defaults),
            *zip(arguments.kwonlyargs, arguments.kw_defaults),
        ]:
            if default is None:
                continue
            start = self.places.start(parameter)
            _, end = self.places.in_parentheses(default, self.places.end(parameter))
            if not isinstance(owner, ast.Lambda) or context.bracketed:
                self.items.append((start, end, [default], True))
            self._slot("default", parameter.arg, default, context.default(owner, parameter.arg))

    def _slot(
        self, kind: str, label: str, value: ast.expr, name: str | None, targets: tuple[ast.expr, ...] = ()
    ) -> None:
        self.slots.append(Slot(kind, label, value, name, targets))

    def _item(self, nodes: list[ast.AST], node: ast.AST, bracket: int) -> None:
        start, end = self.places.in_parentheses(node, bracket)
        self.items.append((start, end, nodes, True))

    def _bare(self, key: ast.expr) -> bool:
        return self.places.before(self.places.start(key)).string in ("{", ",")


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What a statement holds besides blocks, types and f-strings."""
    skipped = ("annotation", "returns", "type_params", "pattern")
    if isinstance(node, ast.JoinedStr) or type(node).__name__ in ("TypeAlias", "TemplateStr"):
        return
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)) or name in skipped:
                continue
            if isinstance(child, ast.AST):
                yield child


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in _children(node):
        yield from _walk(child)
