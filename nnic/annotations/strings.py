"""Annotations in string statements, NNI's own carrier."""

from __future__ import annotations

import ast
import re

from nnic.annotations.kinds import HEAD, KNOWN
from nnic.annotations.lookalikes import check_other_literal, check_string
from nnic.annotations.parse import check_kind, parse_call
from nnic.findings.diagnostics import Sink
from nnic.ir import Annotation, Carrier, StringStatement
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.annotation_text import AnnotationText, Piece, make_text
from nnic.syntax.facts import FileFacts
from nnic.syntax.tree import Block
from nnic.syntax.walking import TEMPLATES

_LITERAL = re.compile(r"([rRuU]?)('''|\"\"\"|'|\")(.*)\2\Z", re.S)
_BREAK = re.compile(r"\r\n|\r|\n")


def read_strings(facts: FileFacts, sink: Sink) -> list[Annotation]:
    """Return the annotations among the string statements of all blocks."""
    found = []
    for block in facts.blocks:
        for index, statement in enumerate(block.statements):
            if isinstance(statement, ast.Expr):
                annotation = _read_statement(block, index, statement.value, sink)
                if annotation is not None:
                    found.append(annotation)
    return found


def _read_statement(block: Block, index: int, value: ast.expr, sink: Sink) -> Annotation | None:
    if isinstance(value, TEMPLATES) or (isinstance(value, ast.Constant) and isinstance(value.value, bytes)):
        check_other_literal(value, sink)
        return None
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return None
    content = value.value.strip()
    head = HEAD.match(content)
    if head is None:
        check_string(value, sink)
        return None
    text = _string_text(sink.source, value)
    kind = head[1]
    name_span = text.span(len("nni."), len("nni.") + len(kind))
    if head[2] is None:
        if kind in KNOWN:
            sink.warning("NNI204", name_span, f"nni.{kind} without parentheses is not an annotation")
        return None
    if not check_kind(kind, name_span, content[head.end() - 1 :], sink):
        return None
    call = parse_call(text, kind, sink)
    if call is None:
        return None
    return Annotation(kind, Carrier.STRING, text, call, StringStatement(block, index))


def _string_text(source: SourceFile, literal: ast.Constant) -> AnnotationText:
    value = literal.value
    assert isinstance(value, str)
    start = len(value) - len(value.lstrip()) + 1
    code = value[start:].rstrip()
    literal_span = source.span(literal)
    match = _LITERAL.match(source.slice(literal_span))
    body = match[3] if match else ""
    verbatim = match is not None and _BREAK.sub("\n", body) == value
    if match is None or not verbatim:
        return make_text(code, literal_span, ())
    pieces = []
    position = 0
    offset = literal_span.start + match.start(3)
    for row in _BREAK.split(body):
        pieces.append(Piece(position - start, offset, len(row) + 1))
        position += len(row) + 1
        offset += len(row)
        offset += 2 if source.text.startswith("\r\n", offset) else 1
    text = make_text(code, literal_span, tuple(pieces))
    return make_text(code, Span(text.offset(-1), text.offset(len(code) - 1) + 1), tuple(pieces))
