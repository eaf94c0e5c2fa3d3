"""What the passes work on: the parameters of one file, bound to the values they replace.

One :class:`ModuleIR` gives both outputs: the compiled text and the file's part of the space.
Everything is frozen; a pass returns a new value.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from nnic.annotations.model import AnnotatedModule, Annotation
from nnic.lowering.slots import SlotKind
from nnic.source import SourceFile
from nnic.syntax.span import Span
from nnic.syntax.tree import Position
from nnic.tuners.space import ABSENT, Absent, Condition, Sampler, Value


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an annotation: its tree, where it stands, and its author's text."""

    node: ast.expr
    span: Span
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the program that a trial's value takes the place of."""

    node: ast.expr
    span: Span
    kind: SlotKind


@dataclass(frozen=True, slots=True)
class Tunable:
    """One annotation of a value.

    Several tunables of a file may share a ``key``: they are one parameter. ``values`` are the
    numeric arguments or the options as the search space names them; ``surplus`` are numbers that
    NNI accepted and ignored. ``function`` marks a ``function_choice``. ``condition`` is the option
    that a nested parameter needs; none is made yet.
    """

    annotation: Annotation
    sampler: Sampler
    function: bool
    name: str
    arguments: tuple[Argument, ...]
    places: tuple[Place, ...]
    position: Position
    key: str
    values: tuple[Value, ...] = ()
    surplus: tuple[Value, ...] = ()
    integer: bool = False
    default: Value | Absent = ABSENT
    condition: Condition | None = None

    @property
    def span(self) -> Span:
        """The annotation."""
        return self.annotation.span

    @property
    def place(self) -> Place:
        """The first value that is replaced."""
        return self.places[0]


@dataclass(frozen=True, slots=True)
class Statement:
    """A call into the trial module that becomes a statement of the program.

    ``own_line`` statements stand before the ``#`` of their comment at ``offset``; the others follow
    the statement that ends there.
    """

    annotation: Annotation
    verb: str
    arguments: tuple[Argument, ...]
    position: Position
    offset: int
    own_line: bool


@dataclass(frozen=True, slots=True)
class ModuleIR:
    """All that a file's annotations mean.

    ``module`` is the first part of its parameters' keys.
    """

    annotated: AnnotatedModule
    module: str
    tunables: tuple[Tunable, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def source(self) -> SourceFile:
        """The file."""
        return self.annotated.source

    def __str__(self) -> str:
        lines = []
        for tunable in self.tunables:
            line, column = self.source.lines.location(tunable.place.span.start)
            values = ", ".join(map(repr, tunable.values)) or "?"
            default = "?" if isinstance(tunable.default, Absent) else repr(tunable.default)
            lines.append(
                f"{line}:{column} {tunable.key} = {tunable.sampler.value}({values}) default {default}"
            )
        for statement in self.statements:
            line, column = self.source.lines.location(statement.offset)
            arguments = ", ".join(argument.source for argument in statement.arguments)
            lines.append(f"{line}:{column} {statement.verb}({arguments})")
        return "\n".join(lines)
