"""What there is to know of a file as Python text."""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from nnic.source import SourceFile
from nnic.syntax.bindings import Bindings, collect_bindings
from nnic.syntax.lexer import Comment, find_comments
from nnic.syntax.locator import Locator
from nnic.syntax.nodes import Nodes
from nnic.syntax.parsing import parse
from nnic.syntax.qualified import imported_names, qualified_name
from nnic.syntax.tree import Block, collect_blocks, statement_points


@dataclass(frozen=True, eq=False)
class FileFacts:
    """The facts about one file, each worked out once, when somebody asks for it.

    It travels with the file through all stages, so that no stage parses or walks what another one did.

    Parameters
    ----------
    source
        The file.
    """

    source: SourceFile

    @cached_property
    def tree(self) -> ast.Module:
        """Its tree, which nobody may change.

        Raises
        ------
        SyntaxError
            As Python does; also for null bytes and for nesting that Python's parser gives up on.
        """
        return parse(self.source)

    @cached_property
    def nodes(self) -> Nodes:
        """Its nodes by their type."""
        return Nodes(self.tree)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks of statements, outer before inner."""
        return collect_blocks(self.tree)

    @cached_property
    def locator(self) -> Locator:
        """Which statement or block a place in the text belongs to."""
        return Locator(self.source, self.blocks)

    @cached_property
    def bindings(self) -> Bindings:
        """The names that it binds."""
        return collect_bindings(self.tree, self.nodes)

    @cached_property
    def imported(self) -> dict[str, str]:
        """The qualified name behind every name that an import binds."""
        return imported_names(self.nodes)

    def qualified_name(self, node: ast.expr) -> str | None:
        """Return the qualified name of ``a.b.c`` where ``a`` is imported, or ``None`` for anything else."""
        return qualified_name(node, self.imported)

    def comments(self, word: str) -> tuple[Comment, ...]:
        """Return the comments that hold ``word``."""
        return find_comments(self.source.text, word, self._last_start)

    def _last_start(self, offset: int) -> int:
        """Return the offset of the last statement, of any block, that begins before ``offset``; 0 when none
        does."""
        lines = self.source.lines
        index = bisect_right(self._starts, lines.point(offset)) - 1
        return lines.offset(*self._starts[index]) if index >= 0 else 0

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        return statement_points(self.blocks)
