"""Takes statements out: annotations that are strings, and the import that nothing needs any more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nnic.edits import Edit
from nnic.ir import ModuleIR, StringStatement
from nnic.source import SourceFile
from nnic.span import Span
from nnic.syntax.tree import Block, end_of, start_of
from nnic.syntax.walking import ScopeNode

_LINE_END = re.compile(r"[ \t\f]*(?:;[ \t\f]*)?(?:(\r\n|\r|\n|\Z)|(?=#))")


def strip_statements(ir: ModuleIR, closed: bool) -> tuple[list[Edit], frozenset[int], frozenset[int]]:
    """Return the edits, the statements (by ``id``) that are gone, and those that ``pass`` stands for.

    ``closed`` tells that samplers in code were replaced by values.
    """
    places: dict[int, tuple[Block, set[int]]] = {}
    for block, index in (*_strings(ir), *_needless_imports(ir, closed)):
        places.setdefault(id(block), (block, set()))[1].add(index)
    edits: list[Edit] = []
    removed: set[int] = set()
    padded: set[int] = set()
    for block, indices in places.values():
        pads = _needed(block, indices)
        for run in _runs(ir.source, block):
            gone = [index for index in run if index in indices and index not in pads]
            cut = _cut(ir.source, block, run, gone)
            if cut is None:
                pads |= set(gone)
            else:
                edits += cut
                removed |= {id(block.statements[index]) for index in gone}
        edits += [_pad(ir, block, index) for index in sorted(pads)]
        padded |= {id(block.statements[index]) for index in pads}
    return edits, frozenset(removed), frozenset(padded)


def _strings(ir: ModuleIR) -> Iterator[tuple[Block, int]]:
    for annotation in ir.annotated.annotations:
        if isinstance(annotation.holder, StringStatement):
            yield annotation.holder.block, annotation.holder.index


def _needless_imports(ir: ModuleIR, closed: bool) -> Iterator[tuple[Block, int]]:
    """Find each ``import nni`` where all that it was needed for were samplers that have a value now."""
    if not closed or any(node.id == "nni" for node in ir.facts.nodes.of(ast.Name)):
        return
    for block in ir.facts.blocks:
        for index, statement in enumerate(block.statements):
            if isinstance(statement, ast.Import) and [(a.name, a.asname) for a in statement.names] == [
                ("nni", None)
            ]:
                yield block, index


def _needed(block: Block, gone: set[int]) -> set[int]:
    """A block must not become empty, and no other string the documentation of what holds it."""
    rest = [index for index in range(len(block.statements)) if index not in gone]
    if not rest:
        return {0} if block.parent is not None else set()
    documented = isinstance(block.owner, (ast.Module, *ScopeNode))
    return {0} if documented and 0 in gone and _is_string(block.statements[rest[0]]) else set()


def _runs(source: SourceFile, block: Block) -> Iterator[list[int]]:
    """Return the indices of the statements of each logical line."""
    run = [0]
    for index in range(1, len(block.statements)):
        between = source.text[
            end_of(source, block.statements[index - 1]) : start_of(source, block.statements[index])
        ]
        if re.search(r"[\r\n]", re.sub(r"\\(?:\r\n|\r|\n)", "", between)):
            yield run
            run = []
        run.append(index)
    yield run


def _cut(source: SourceFile, block: Block, run: list[int], gone: list[int]) -> list[Edit] | None:
    """Tell what to delete of a line, or ``None`` where that can't be done without a trace."""
    if not gone:
        return []
    spans = {i: Span(start_of(source, block.statements[i]), end_of(source, block.statements[i])) for i in run}
    if len(gone) == len(run):
        whole = _whole_line(source, Span(spans[run[0]].start, spans[run[-1]].end))
        return None if whole is None else [Edit(whole, "")]
    edits = []
    for index in gone:
        following = [i for i in run if i > index and i not in gone]
        if following:
            end = spans[index + 1].start
            edits.append(Edit(Span(spans[index].start, end), ""))
        else:
            edits.append(Edit(Span(spans[index - 1].end, spans[index].end), ""))
    return edits


def _whole_line(source: SourceFile, span: Span) -> Span | None:
    """Return the line of a statement with its line break; up to the comment behind it where there is one."""
    lines = source.lines
    first = lines.line_of(span.start)
    start = lines.start_of(first)
    continued = first > 1 and lines.line_text(first - 1).endswith("\\")
    match = _LINE_END.match(source.text, span.end)
    if source.text[start : span.start].strip(" \t\f") or continued or match is None:
        return None
    return Span(span.start if match[1] is None else start, match.end())


def _pad(ir: ModuleIR, block: Block, index: int) -> Edit:
    statement = block.statements[index]
    span = Span(start_of(ir.source, statement), end_of(ir.source, statement))
    return Edit(span, "pass")


def _is_string(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
