"""What the stages hand on: the annotations of a file, and its parameters, bound to the values they replace.

Reading annotations gives an :class:`AnnotatedModule`, calls with places; lowering binds them to values,
which gives a :class:`ModuleIR`; the passes work on that, and both outputs come from it: the compiled text
and the file's part of the space. Everything is frozen; a pass returns a new value.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.annotation_text import AnnotationText
from nnic.syntax.facts import FileFacts
from nnic.syntax.lexer import Comment
from nnic.syntax.tree import Block, Position
from nnic.tuners.space import ABSENT, Absent, Condition, Sampler, Value


class Carrier(Enum):
    """What holds an annotation; in code it is the call of a sampler itself (a smart parameter)."""

    STRING = "string"
    OWN_LINE = "own-line comment"
    TRAILING = "trailing comment"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class StringStatement:
    """The string statement ``block.statements[index]``."""

    block: Block
    index: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """One ``@nni.<kind>(...)``.

    ``call`` is its parsed text; nodes of it have places in ``text.code``, which :meth:`span_of` translates.
    ``holder`` is the statement or comment that it stands in; code holds itself.
    """

    kind: str
    carrier: Carrier
    text: AnnotationText
    call: ast.Call
    holder: StringStatement | Comment | None

    @property
    def comment(self) -> Comment:
        """The comment that holds it; not for other carriers."""
        assert isinstance(self.holder, Comment)
        return self.holder

    @property
    def span(self) -> Span:
        """The annotation in the file."""
        return self.text.whole

    def span_of(self, node: ast.AST) -> Span:
        """Return a part of the annotation in the file."""
        return self.text.span_of(node)

    def argument(self, name: str) -> ast.expr | None:
        """Tell what stands behind ``name=``."""
        return next((keyword.value for keyword in self.call.keywords if keyword.arg == name), None)

    @property
    def lenient(self) -> bool:
        """Whether what NNI accepted is accepted here: its own are string statements and code."""
        return self.carrier in (Carrier.STRING, Carrier.CODE)


@dataclass(frozen=True, slots=True)
class AnnotatedModule:
    """The facts about a file, and its annotations in source order."""

    facts: FileFacts
    annotations: tuple[Annotation, ...]

    @property
    def source(self) -> SourceFile:
        """The file."""
        return self.facts.source


class SlotKind(Enum):
    """What gives a value its name."""

    TARGET = "assignment"
    KEYWORD = "keyword argument"
    ENTRY = "dict entry"
    DEFAULT = "parameter default"
    CALL = "call"


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


class TunableKind(Enum):
    """What a trial gives in place of a value."""

    VALUE = "value"
    FUNCTION = "function_choice"
    BUDGET = "budget"
    CHECKPOINT = "checkpoint"
    LAYER = "mutable_layers"


@dataclass(frozen=True, slots=True)
class Tunable:
    """One value that a trial decides: annotated, or a sampler within an option or in code.

    Parameters
    ----------
    annotation
        What says so; a nested sampler shares that of its option.
    kind
        Budgets and checkpoints are values of a trial too, but no parameters.
    sampler
        How values are distributed; means nothing for a budget or a checkpoint.
    call
        The sampler's call, in the annotation or in code.
    name
        The middle part of the key.
    arguments
        Numbers or options in their order.
    places
        The values that it replaces; none for a nested sampler, which is part of an option's text.
    position
        The statement that holds the places.
    key
        Several tunables of a file may share it: they are one parameter.
    ties
        Whether another tunable may have the same key. Only assignments and labels tie.
    values
        The numeric arguments, or the options as the search space names them.
    surplus
        Numbers that NNI accepted and ignored.
    condition
        The option that a nested sampler needs.
    """

    annotation: Annotation
    kind: TunableKind
    sampler: Sampler
    call: ast.Call
    name: str
    arguments: tuple[Argument, ...]
    places: tuple[Place, ...]
    position: Position
    key: str
    ties: bool = True
    values: tuple[Value, ...] = ()
    surplus: tuple[Value, ...] = ()
    integer: bool = False
    default: Value | Absent = ABSENT
    condition: Condition | None = None

    @property
    def span(self) -> Span:
        """The annotation, or the nested sampler within it."""
        return self.annotation.span if self.places else self.annotation.span_of(self.call)

    @property
    def place(self) -> Place:
        """The first value that is replaced."""
        return self.places[0]

    @property
    def origin(self) -> Span:
        """The first value that is replaced, or the nested sampler."""
        return self.places[0].span if self.places else self.span

    @property
    def is_choice(self) -> bool:
        """Whether its arguments are options, of which one stands in for the original."""
        return self.is_parameter and self.sampler is Sampler.CHOICE

    @property
    def is_parameter(self) -> bool:
        """Whether it is a dimension of the search space."""
        return self.kind not in (TunableKind.BUDGET, TunableKind.CHECKPOINT)


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
class Layer:
    """A mutable layer: ``output = operation([fixed, chosen inputs], ...)`` where a trial chose them.

    ``inputs`` is ``None`` where there is a single subset of the optional inputs, ``only``.
    """

    operation: Tunable
    inputs: Tunable | None
    fixed: tuple[ast.expr, ...]
    only: ast.List
    output: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Restriction:
    """A constraint on the parameters; ``names`` maps what it calls them to their keys.

    ``text`` is the canonical text of the expression; ``unknown`` are those names that no parameter of the
    file has: a label of another file may be meant.
    """

    annotation: Annotation
    expression: Argument
    text: str
    names: tuple[tuple[str, str], ...] = ()
    unknown: tuple[ast.expr, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleIR:
    """All that a file's annotations mean.

    ``module`` is the first part of its parameters' keys.
    """

    annotated: AnnotatedModule
    module: str
    tunables: tuple[Tunable, ...] = ()
    statements: tuple[Statement, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    layers: tuple[Layer, ...] = ()

    @property
    def source(self) -> SourceFile:
        """The file."""
        return self.annotated.source

    @property
    def facts(self) -> FileFacts:
        """What there is to know of the file."""
        return self.annotated.facts

    def __str__(self) -> str:
        lines = []
        for tunable in self.tunables:
            lines.append(self._describe(tunable))
        for statement in self.statements:
            line, column = self.source.lines.location(statement.offset)
            arguments = ", ".join(argument.source for argument in statement.arguments)
            lines.append(f"{line}:{column} {statement.verb}({arguments})")
        for restriction in self.restrictions:
            line, column = self.source.lines.location(restriction.annotation.span.start)
            lines.append(f"{line}:{column} constraint {restriction.text} {dict(restriction.names)}")
        return "\n".join(lines)

    def _describe(self, tunable: Tunable) -> str:
        line, column = self.source.lines.location(tunable.origin.start)
        values = ", ".join(map(repr, tunable.values)) or "?"
        default = "?" if isinstance(tunable.default, Absent) else repr(tunable.default)
        word = tunable.sampler.value if tunable.is_parameter else tunable.kind.value
        condition = tunable.condition
        when = "" if condition is None else f" if {condition.parent} is {condition.option}"
        return f"{line}:{column} {tunable.key} = {word}({values}) default {default}{when}"
