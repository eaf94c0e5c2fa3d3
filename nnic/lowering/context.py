"""What lowering the annotations of a file looks at, and what it finds out on the way."""

from __future__ import annotations

import ast
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property

from nnic.findings.diagnostics import Sink
from nnic.ir import AnnotatedModule, Annotation, StringStatement
from nnic.lowering.items import Items
from nnic.lowering.slots import Slot, SlotIndex, slots_of
from nnic.source import SourceFile
from nnic.syntax.facts import FileFacts
from nnic.syntax.lexer import closing_bracket
from nnic.syntax.walking import own_children, parents_within, walk


@dataclass(frozen=True, eq=False)
class StatementFacts:
    """The facts about one statement, each worked out once: a large dict may hold hundreds of annotations."""

    statement: ast.stmt
    source: SourceFile
    _between: dict[tuple[int, int], SlotIndex] = field(default_factory=dict, repr=False)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All slots of its own text, the assignment's first."""
        return slots_of(self.statement)

    @cached_property
    def items(self) -> Items:
        """The items of its brackets."""
        return Items(self.statement, self.source)

    @cached_property
    def parameters(self) -> dict[int, ast.arg]:
        """The parameter that each default of its own text is given to, by the ``id`` of the default."""
        found: dict[int, ast.arg] = {}
        for node in walk(self.statement, into=own_children):
            if isinstance(node, ast.arguments):
                positional = [*node.posonlyargs, *node.args]
                named = positional[len(positional) - len(node.defaults) :]
                pairs = [*zip(named, node.defaults), *zip(node.kwonlyargs, node.kw_defaults)]
                found.update((id(default), parameter) for parameter, default in pairs if default is not None)
        return found

    @cached_property
    def keys(self) -> dict[int, ast.expr]:
        """The key of each entry of its dicts, by the ``id`` of the value."""
        found: dict[int, ast.expr] = {}
        for node in walk(self.statement, into=own_children):
            if isinstance(node, ast.Dict):
                found.update((id(v), key) for key, v in zip(node.keys, node.values) if key is not None)
        return found

    @cached_property
    def _by_start(self) -> list[tuple[int, int]]:
        """Where the values of its slots begin, and their indices."""
        return sorted((self.source.span(slot.value).start, i) for i, slot in enumerate(self.slots))

    def slots_between(self, first: int, last: int) -> SlotIndex:
        """Return those of its slots whose values begin in this stretch of the file."""
        known = self._between.get((first, last))
        if known is None:
            low, high = (
                bisect_left(self._by_start, place, key=lambda entry: entry[0]) for place in (first, last)
            )
            indices = sorted(index for _, index in self._by_start[low:high])
            known = self._between[first, last] = SlotIndex(tuple(self.slots[index] for index in indices))
        return known

    @cached_property
    def parents(self) -> dict[int, ast.AST]:
        """The parent of every node of its own text, by ``id``."""
        return parents_within(self.statement)


@dataclass(frozen=True, eq=False)
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
    _closing: dict[int, int | None] = field(default_factory=dict, repr=False)

    @property
    def facts(self) -> FileFacts:
        """What there is to know of the file."""
        return self.annotated.facts

    @property
    def source(self) -> SourceFile:
        """The file."""
        return self.annotated.source

    @cached_property
    def strings(self) -> dict[tuple[int, int], Annotation]:
        """The annotations in string statements, by the ``id`` of their block and their index in it."""
        found: dict[tuple[int, int], Annotation] = {}
        for annotation in self.annotated.annotations:
            holder = annotation.holder
            if isinstance(holder, StringStatement):
                found.setdefault((id(holder.block), holder.index), annotation)
        return found

    def closing(self, bracket: int) -> int | None:
        """Return the offset behind the bracket that closes the one at ``bracket``."""
        if bracket not in self._closing:
            self._closing[bracket] = closing_bracket(self.source.text, bracket)
        return self._closing[bracket]

    def statement(self, statement: ast.stmt) -> StatementFacts:
        """Tell what there is to know of one of its statements."""
        known = self._statements.get(id(statement))
        if known is None:
            known = self._statements[id(statement)] = StatementFacts(statement, self.source)
        return known
