"""What reading a file's annotations gives: calls with places, not yet bound to values."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.annotation_text import AnnotationText
from nnic.syntax.lexer import Comment
from nnic.syntax.tree import Block


class Carrier(Enum):
    """What holds an annotation; in code it is the call of a sampler itself (a smart parameter)."""

    STRING = "string"
    OWN_LINE = "own-line comment"
    TRAILING = "trailing comment"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class StringPlace:
    """The string statement ``block.statements[index]``."""

    block: Block
    index: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """One ``@nni.<kind>(...)``.

    ``call`` is its parsed text; nodes of it have places in ``text.code``, which
    :meth:`span_of` translates.
    """

    kind: str
    carrier: Carrier
    text: AnnotationText
    call: ast.Call
    place: StringPlace | Comment | None

    @property
    def comment(self) -> Comment:
        """The comment that holds it; not for other carriers."""
        assert isinstance(self.place, Comment)
        return self.place

    @property
    def span(self) -> Span:
        """The annotation in the file."""
        return self.text.whole

    def span_of(self, node: ast.AST) -> Span:
        """A part of the annotation in the file."""
        return self.text.span_of(node)

    @property
    def lenient(self) -> bool:
        """Whether what NNI accepted is accepted here: its own are string statements and code."""
        return self.carrier in (Carrier.STRING, Carrier.CODE)


@dataclass(frozen=True, slots=True)
class AnnotatedModule:
    """A parsed file and its annotations in source order."""

    source: SourceFile
    tree: ast.Module
    blocks: tuple[Block, ...]
    annotations: tuple[Annotation, ...]
