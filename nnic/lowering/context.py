"""What lowering the annotations of a file looks at, and what it finds out on the way."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property

from nnic.findings.diagnostics import Sink
from nnic.ir import AnnotatedModule
from nnic.lowering.items import Items
from nnic.lowering.slots import Slot, slots_of
from nnic.source import SourceFile
from nnic.syntax.facts import FileFacts
from nnic.syntax.walking import parents_within


@dataclass(frozen=True, eq=False)
class StatementFacts:
    """The facts about one statement, each worked out once: a large dict may hold hundreds of annotations."""

    statement: ast.stmt
    source: SourceFile

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All slots of its own text, the assignment's first."""
        return slots_of(self.statement)

    @cached_property
    def items(self) -> Items:
        """The items of its brackets."""
        return Items(self.statement, self.source)

    @cached_property
    def parents(self) -> dict[int, ast.AST]:
        """The parent of every node of its own text, by ``id``."""
        return parents_within(self.statement)


@dataclass(frozen=True, slots=True)
class Context:
    """An annotated file on its way to its IR.

    Parameters
    ----------
    annotated
        The file.
    module
        The first part of the keys of its parameters.
    sink
        Takes what is found.
    """

    annotated: AnnotatedModule
    module: str
    sink: Sink
    _statements: dict[int, StatementFacts] = field(default_factory=dict, repr=False)

    @property
    def facts(self) -> FileFacts:
        """What there is to know of the file."""
        return self.annotated.facts

    @property
    def source(self) -> SourceFile:
        """The file."""
        return self.annotated.source

    def statement(self, statement: ast.stmt) -> StatementFacts:
        """Tell what there is to know of one of its statements."""
        known = self._statements.get(id(statement))
        if known is None:
            known = self._statements[id(statement)] = StatementFacts(statement, self.source)
        return known
