"""Finds which statement or block a place in the text belongs to."""

from __future__ import annotations

import ast
from bisect import bisect_right

from nnic.source import SourceFile
from nnic.syntax.tree import Block, Position, end_of, start_of


class Locator:
    """Finds the statement or block that a comment belongs to."""

    def __init__(self, source: SourceFile, blocks: tuple[Block, ...]) -> None:
        self._source = source
        self._last = blocks[0]
        self._children: dict[int, list[Block]] = {}
        for block in blocks[1:]:
            assert block.parent is not None
            self._children.setdefault(id(block.parent.statements[block.parent_index]), []).append(block)

    def children(self, statement: ast.stmt) -> list[Block]:
        """Return the blocks of a compound statement."""
        return self._children.get(id(statement), [])

    def enclosing(self, offset: int) -> Position | None:
        """Return the innermost statement whose own text, not that of its blocks, holds ``offset``."""
        block, index = self._descend(offset)
        return Position(block, index - 1) if self._holds(block, index, offset) else None

    def positions(self, offset: int) -> list[Position]:
        """Tell where a statement on a line of its own could go at ``offset``, which is outside of brackets:
        one place for each block that could hold it, outer first; none between a decorator and its
        function."""
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
        """Return the simple statement that ends the logical line before ``offset``, or ``None`` when that
        line is a decorator or the header of a compound statement."""
        positions = self.positions(offset)
        if not positions or positions[-1].index == 0:
            return None
        innermost = positions[-1]
        return Position(innermost.block, innermost.index - 1)

    def _holds(self, block: Block, index: int, offset: int) -> bool:
        return index > 0 and offset < end_of(self._source, block.statements[index - 1])

    def _descend(self, offset: int) -> tuple[Block, int]:
        """Return the innermost block that reaches over ``offset``, and how many of its statements start there
        or before it."""
        # Most places are asked for in the order of the text: what held the last one often holds the next.
        block = self._last
        while block.parent is not None and not self._covers(block, offset):
            block = block.parent
        while True:
            self._last = block
            index = self._count_before(block, offset)
            if not self._holds(block, index, offset):
                return block, index
            children = self.children(block.statements[index - 1])
            started = self._started(children, offset)
            if not started or end_of(self._source, children[started - 1].statements[-1]) <= offset:
                return block, index
            block = children[started - 1]

    def _covers(self, block: Block, offset: int) -> bool:
        start, end = start_of(self._source, block.statements[0]), end_of(self._source, block.statements[-1])
        return start <= offset < end

    def _header_start(self, statement: ast.stmt) -> int:
        """Tell where the header of a statement's first block begins, which decorators and ``match x:`` are
        not."""
        header = statement.cases[0].pattern if isinstance(statement, ast.Match) else statement
        return self._source.lines.offset(header.lineno, header.col_offset)

    def _started(self, children: list[Block], offset: int) -> int:
        return bisect_right(children, offset, key=lambda child: start_of(self._source, child.statements[0]))

    def _count_before(self, block: Block, offset: int) -> int:
        return bisect_right(block.statements, offset, key=lambda statement: start_of(self._source, statement))

    def _code_between(self, start: int, end: int) -> bool:
        """Tell whether the header of a clause begins between a statement's end and ``end``."""
        rows = self._source.text[start:end].replace("\r", "\n").split("\n")
        return any(code and not code.startswith("#") for code in (row.lstrip(" \t\f;\\") for row in rows))

    def _tails(self, block: Block, index: int) -> list[Position]:
        """Return the ends of the blocks that end with the statement before ``block.statements[index]``."""
        tails: list[Position] = []
        while index > 0:
            children = self.children(block.statements[index - 1])
            if not children:
                break
            block = children[-1]
            index = len(block.statements)
            tails.append(Position(block, index))
        return tails
