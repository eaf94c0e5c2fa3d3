"""Writes narrower ranges into annotations, in their author's notation."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass

from nnic.apply.narrow import Narrowed
from nnic.apply.notation import number_like
from nnic.compile.check_source import check_source
from nnic.edits import Edit
from nnic.findings.diagnostics import InternalError
from nnic.ir import Carrier, ModuleIR, StringStatement, Tunable
from nnic.source import SourceFile
from nnic.span import Lines, Span
from nnic.syntax.annotation_text import AnnotationText


@dataclass(frozen=True, slots=True)
class Item:
    """An argument of a call within a text: ``start`` and ``end`` without white space, and where the
    comma before it stands; ``None`` for the first."""

    start: int
    end: int
    comma: int | None


def range_edits(ir: ModuleIR, narrowed: Mapping[str, Narrowed]) -> tuple[list[Edit], frozenset[int]]:
    """Return the edits within annotations, and the string statements (by ``id``) that they change."""
    edits: list[Edit] = []
    reworded: set[int] = set()
    for tunable in ir.tunables:
        change = narrowed.get(tunable.key)
        if change is None or not is_writable(tunable):
            continue
        edits += _options(tunable, change) if tunable.is_choice else _numbers(tunable, change)
        holder = tunable.annotation.holder
        if isinstance(holder, StringStatement):
            reworded.add(id(holder.block.statements[holder.index]))
    return edits, frozenset(reworded)


def is_writable(tunable: Tunable) -> bool:
    """Tell whether each character of the annotation is one of the file's: an escape or a concatenation in a
    string forbids it. What is called in code is no annotation."""
    annotation = tunable.annotation
    return bool(annotation.text.pieces) and annotation.carrier is not Carrier.CODE


def _numbers(tunable: Tunable, change: Narrowed) -> list[Edit]:
    edits = []
    for argument, old, new in zip(tunable.arguments, change.parameter.args, change.args):
        if (type(old), old) != (type(new), new):
            assert isinstance(new, (int, float))
            text = number_like(new, argument.source)
            edits.append(Edit(tunable.annotation.span_of(argument.node), text))
    return edits


def _options(tunable: Tunable, change: Narrowed) -> list[Edit]:
    text = tunable.annotation.text
    items = call_items(text, tunable.call)
    starts = [text.range_of(argument.node)[0] for argument in tunable.arguments]
    gone = {
        place
        for place, item in enumerate(items)
        for index, start in enumerate(starts)
        if item.start <= start < item.end and index not in change.kept
    }
    edits = []
    for place in sorted(gone):
        item = items[place]
        if any(later not in gone for later in range(place + 1, len(items))):
            span = Span(text.offset(item.start), text.offset(items[place + 1].start))
        else:
            assert item.comma is not None, "an option stays, so this one is not the first"
            span = Span(text.offset(item.comma), text.offset(item.end - 1) + 1)
        edits.append(Edit(span, ""))
    return edits


def call_items(text: AnnotationText, call: ast.Call) -> list[Item]:
    """Return the arguments of ``call`` with the parentheses around them, in their order."""
    base, end = text.range_of(call)
    code = text.code[base:end]
    lines = Lines(code)
    items: list[Item] = []
    depth = 0
    start: int | None = None
    comma: int | None = None
    function_end = text.range_of(call.func)[1] - base
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        at = lines.starts[token.start[0] - 1] + token.start[1]
        if at < function_end or token.type != tokenize.OP:
            continue
        depth += (token.string in "([{") - (token.string in ")]}")
        if start is None:
            start = at + 1 if depth == 1 else None
        elif (token.string == "," and depth == 1) or (depth == 0 and token.string == ")"):
            inner = code[start:at]
            if inner.strip():
                first = start + len(inner) - len(inner.lstrip())
                items.append(Item(base + first, base + start + len(inner.rstrip()), comma))
            start, comma = at + 1, base + at
            if depth == 0:
                break
    return items


def verify_ranges(ir: ModuleIR, text: str, narrowed: Mapping[str, Narrowed]) -> None:
    """Read ``text`` again.

    Raises
    ------
    InternalError
        When a parameter has not the range that was meant.
    """
    source = SourceFile.decode(ir.source.encode(text), ir.source.path)
    again = check_source(source, ir.module)[0]
    found = {t.key: t for t in again.tunables} if again is not None else {}
    writable = {tunable.key: is_writable(tunable) for tunable in ir.tunables}
    shifted = tuple(f"{key}/" for key, change in narrowed.items() if change.parameter.options)
    for key, change in narrowed.items():
        # A nested parameter's key counts the options of its parent.
        if not writable.get(key) or key not in found or (shifted and key.startswith(shifted)):
            continue
        values = found[key].values
        # An option's text may depend on the others where samplers are nested in it.
        if len(values) != len(change.args) or (not change.parameter.options and values != change.args):
            line = ir.source.lines.line_of(found[key].span.start)
            raise InternalError(source.path, line, f"{key} was not narrowed as it was meant to be")
