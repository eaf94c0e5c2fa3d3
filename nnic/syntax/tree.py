"""Blocks of statements, and where statements begin and end in the text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nnic.source import SourceFile
from nnic.syntax.walking import ScopeNode

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

    def scope(self) -> str | None:
        """Qualified name of the enclosing function or class; ``None`` at module level."""
        names = [b.owner.name for b in self.chain() if isinstance(b.owner, ScopeNode)]
        return ".".join(reversed(names)) or None

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

    @property
    def statement(self) -> ast.stmt:
        """The statement behind it, which must be there."""
        return self.block.statements[self.index]


def child_lists(statement: ast.AST) -> list[tuple[ast.AST, list[ast.stmt]]]:
    """Return the blocks of a compound statement in source order, each with the node that owns it."""
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
    """Return all blocks of a module, outer before inner, in source order."""
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


def statement_points(blocks: Iterable[Block]) -> list[tuple[int, int]]:
    """Tell where the statements of all blocks begin, as ``ast`` counts, in the order of the text."""
    return sorted((s.lineno, s.col_offset) for block in blocks for s in block.statements)


def start_of(source: SourceFile, statement: ast.stmt) -> int:
    """Return the offset of the first character of a statement, its decorators included."""
    decorators = getattr(statement, "decorator_list", None)
    if decorators:
        offset = source.lines.offset(decorators[0].lineno, decorators[0].col_offset)
        return source.text.rindex("@", 0, offset)
    return source.lines.offset(statement.lineno, statement.col_offset)


def end_of(source: SourceFile, statement: ast.stmt) -> int:
    """Return the offset behind the last character of a statement."""
    assert statement.end_lineno is not None
    assert statement.end_col_offset is not None
    return source.lines.offset(statement.end_lineno, statement.end_col_offset)


def indentation(source: SourceFile, offset: int) -> str | None:
    """Return the white space before ``offset`` on its line, or ``None`` when something else is there."""
    before = source.text[source.lines.start_of(source.lines.line_of(offset)) : offset]
    # A form feed resets Python's count of columns.
    before = before.rpartition("\f")[2]
    return before if not before.strip(" \t") else None


def block_indentation(source: SourceFile, block: Block) -> str | None:
    """Return the indentation of a block's statements, or ``None`` where a statement can't be put on a new
    line (the body of ``if x: a``, and the nested ``if`` that stands for an ``elif``)."""
    if not block.statements:
        return ""
    offset = start_of(source, block.statements[0])
    if isinstance(block.owner, ast.If) and source.text.startswith(_HEADER_WORDS, offset):
        return None
    return indentation(source, offset)
