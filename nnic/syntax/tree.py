"""Blocks of statements, and which of them a place in the text belongs to."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from nnic.source import SourceFile

FunctionNode = (ast.FunctionDef, ast.AsyncFunctionDef)
ScopeNode = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_HEADER_WORDS = ("elif",)
_COMPOUND = frozenset(
    (
        *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.For, ast.AsyncFor, ast.While),
        *(ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A list of statements: the body of a module, function, loop, branch, handler or case.

    ``parent`` and ``parent_index`` name the compound statement that holds it.
    """

    owner: ast.AST
    statements: list[ast.stmt]
    parent: Block | None
    parent_index: int

    def scope(self) -> str:
        """Qualified name of the enclosing function or class, ``""`` at module level."""
        names = [b.owner.name for b in self.chain() if isinstance(b.owner, ScopeNode)]
        return ".".join(reversed(names))

    def chain(self) -> Iterator[Block]:
        """This block and those around it, innermost first."""
        block: Block | None = self
        while block is not None:
            yield block
            block = block.parent


@dataclass(frozen=True, slots=True)
class Position:
    """The place in front of ``block.statements[index]``, or behind the last statement."""

    block: Block
    index: int


def child_lists(statement: ast.AST) -> list[tuple[ast.AST, list[ast.stmt]]]:
    """The blocks of a compound statement in source order, each with the node that owns it."""
    lists: list[tuple[ast.AST, list[ast.stmt]]] = []
    body = getattr(statement, "body", None)
    if isinstance(body, list) and body:
        lists.append((statement, body))
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        lists.append((part, part.body))
    for name in ("orelse", "finalbody"):
        statements = getattr(statement, name, None)
        if isinstance(statements, list) and statements:
            lists.append((statement, statements))
    return lists


def collect_blocks(module: ast.Module) -> tuple[Block, ...]:
    """All blocks of a module, outer before inner, in source order."""
    root = Block(module, module.body, None, 0)
    blocks = []
    pending = [root]
    while pending:
        block = pending.pop()
        blocks.append(block)
        children = [
            Block(owner, statements, block, index)
            for index, statement in enumerate(block.statements)
            if type(statement) in _COMPOUND
            for owner, statements in child_lists(statement)
        ]
        pending.extend(reversed(children))
    return tuple(blocks)


def last_start(source: SourceFile, tree: ast.Module, offset: int) -> int:
    """Offset of the last statement, of any block, that begins before ``offset``; 0 when none does."""
    point = source.lines.point(offset)
    start = (1, 0)
    statements = tree.body
    while statements:
        index = bisect_right(statements, point, key=_point) - 1
        if index < 0:
            break
        start = _point(statements[index])
        lists = [inner for _, inner in child_lists(statements[index]) if _point(inner[0]) <= point]
        statements = lists[-1] if lists else []
    return source.lines.offset(*start)


def _point(statement: ast.stmt) -> tuple[int, int]:
    return statement.lineno, statement.col_offset


def start_of(source: SourceFile, statement: ast.stmt) -> int:
    """Offset of the first character of a statement, its decorators included."""
    decorators = getattr(statement, "decorator_list", None)
    if decorators:
        offset = source.lines.offset(decorators[0].lineno, decorators[0].col_offset)
        return source.text.rindex("@", 0, offset)
    return source.lines.offset(statement.lineno, statement.col_offset)


def end_of(source: SourceFile, statement: ast.stmt) -> int:
    """Offset behind the last character of a statement."""
    assert statement.end_lineno is not None
    assert statement.end_col_offset is not None
    return source.lines.offset(statement.end_lineno, statement.end_col_offset)


def indentation(source: SourceFile, offset: int) -> str | None:
    """The white space before ``offset`` on its line; ``None`` when something else is there."""
    before = source.text[source.lines.start_of(source.lines.line_of(offset)) : offset]
    # A form feed resets Python's count of columns.
    before = before.rpartition("\f")[2]
    return before if not before.strip(" \t") else None


def block_indentation(source: SourceFile, block: Block) -> str | None:
    """Indentation of a block's statements; ``None`` where a statement can't be put on a new line
    (the body of ``if x: a``, and the nested ``if`` that stands for an ``elif``)."""
    if not block.statements:
        return ""
    offset = start_of(source, block.statements[0])
    if isinstance(block.owner, ast.If) and source.text.startswith(_HEADER_WORDS, offset):
        return None
    return indentation(source, offset)


class Locator:
    """Finds the statement or block that a comment belongs to."""

    def __init__(self, source: SourceFile, blocks: tuple[Block, ...]) -> None:
        self._source = source
        self._root = blocks[0]
        self._children: dict[int, list[Block]] = {}
        for block in blocks[1:]:
            assert block.parent is not None
            self._children.setdefault(id(block.parent.statements[block.parent_index]), []).append(block)

    def children(self, statement: ast.stmt) -> list[Block]:
        """The blocks of a compound statement."""
        return self._children.get(id(statement), [])

    def enclosing(self, offset: int) -> Position | None:
        """The innermost statement whose own text, not that of its blocks, holds ``offset``."""
        block, index = self._descend(offset)
        return Position(block, index - 1) if self._holds(block, index, offset) else None

    def positions(self, offset: int) -> list[Position]:
        """Where a statement on a line of its own could go at ``offset``, which is outside of
        brackets: one place for each block that could hold it, outer first; none between a
        decorator and its function."""
        block, index = self._descend(offset)
        if self._holds(block, index, offset):
            statement = block.statements[index - 1]
            children = self.children(statement)
            started = self._started(children, offset)
            if not started:
                return [] if offset < self._header_start(statement) else [Position(children[0], 0)]
            if self._code_between(end_of(self._source, children[started - 1].statements[-1]), offset):
                return [Position(children[started], 0)]
            block = children[started - 1]
            index = len(block.statements)
        return [Position(block, index), *self._tails(block, index)]

    def last_simple(self, offset: int) -> Position | None:
        """The simple statement that ends the logical line before ``offset``; ``None`` when that
        line is a decorator or the header of a compound statement."""
        positions = self.positions(offset)
        if not positions or positions[-1].index == 0:
            return None
        innermost = positions[-1]
        return Position(innermost.block, innermost.index - 1)

    def _holds(self, block: Block, index: int, offset: int) -> bool:
        return index > 0 and offset < end_of(self._source, block.statements[index - 1])

    def _descend(self, offset: int) -> tuple[Block, int]:
        """The innermost block that reaches over ``offset``, and how many of its statements start
        there or before it."""
        block = self._root
        while True:
            index = self._count_before(block, offset)
            if not self._holds(block, index, offset):
                return block, index
            children = self.children(block.statements[index - 1])
            started = self._started(children, offset)
            if not started or end_of(self._source, children[started - 1].statements[-1]) <= offset:
                return block, index
            block = children[started - 1]

    def _header_start(self, statement: ast.stmt) -> int:
        """Where the header of a statement's first block begins, which decorators and ``match x:`` are not."""
        header = statement.cases[0].pattern if isinstance(statement, ast.Match) else statement
        return self._source.lines.offset(header.lineno, header.col_offset)

    def _started(self, children: list[Block], offset: int) -> int:
        return sum(start_of(self._source, child.statements[0]) <= offset for child in children)

    def _count_before(self, block: Block, offset: int) -> int:
        low, high = 0, len(block.statements)
        while low < high:
            middle = (low + high) // 2
            if start_of(self._source, block.statements[middle]) <= offset:
                low = middle + 1
            else:
                high = middle
        return low

    def _code_between(self, start: int, end: int) -> bool:
        """Whether the header of a clause begins between a statement's end and ``end``."""
        rows = self._source.text[start:end].replace("\r", "\n").split("\n")
        return any(code and not code.startswith("#") for code in (row.lstrip(" \t\f;\\") for row in rows))

    def _tails(self, block: Block, index: int) -> list[Position]:
        """The ends of the blocks that end with the statement before ``block.statements[index]``."""
        tails: list[Position] = []
        while index > 0:
            children = self.children(block.statements[index - 1])
            if not children:
                break
            block = children[-1]
            index = len(block.statements)
            tails.append(Position(block, index))
        return tails
