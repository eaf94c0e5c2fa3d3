"""Finds where the statement of a report goes."""

from __future__ import annotations

import ast

from nnic.findings.diagnostics import Sink
from nnic.ir import Annotation, Argument, Carrier, Statement, StringStatement
from nnic.lowering.context import Context
from nnic.lowering.owners import own_line_position
from nnic.source import SourceFile, keeps_encoding
from nnic.syntax.tree import Position, end_of
from nnic.syntax.walking import FunctionNode

_PARAMETERS = {"get_next_parameter": 0, "report_intermediate_result": 1, "report_final_result": 1}


def place_statement(annotation: Annotation, context: Context) -> Statement | None:
    """Return the statement that ``annotation`` stands for, or ``None`` after reporting why it can't be
    one."""
    arguments = _arguments(annotation, context.sink) if annotation.kind in _PARAMETERS else ()
    if arguments is None:
        return None
    own_line = annotation.carrier is Carrier.OWN_LINE
    position = statement_position(annotation, context)
    if position is None or not _check_prologue(annotation, position, own_line, context):
        return None
    offset = annotation.comment.start if own_line else end_of(context.source, position.statement)
    return Statement(annotation, annotation.kind, arguments, position, offset, own_line)


def statement_position(annotation: Annotation, context: Context) -> Position | None:
    """Return the place of the statement that ``annotation`` stands for, or ``None`` after reporting that no
    statement can stand there."""
    holder = annotation.holder
    if isinstance(holder, StringStatement):
        return Position(holder.block, holder.index)
    comment = annotation.comment
    if comment.bracket is not None:
        _report_misplaced(annotation, "inside brackets", context.sink)
        return None
    if annotation.carrier is Carrier.OWN_LINE:
        position = own_line_position(context.facts, comment.start)
        where = "where no block has the comment's indentation"
    else:
        position = context.facts.locator.last_simple(comment.start)
        where = "after the header of a compound statement"
    if position is None:
        _report_misplaced(annotation, where, context.sink)
    return position


def _arguments(annotation: Annotation, sink: Sink) -> tuple[Argument, ...] | None:
    call = annotation.call
    wanted = _PARAMETERS[annotation.kind]
    if call.keywords:
        first = call.keywords[0]
        nodes = [k.value for k in call.keywords if k.arg == "metric"]
        if wanted != 1 or call.args or len(call.keywords) > 1 or not nodes:
            message = f"nni.{annotation.kind} takes no argument {first.arg or '**'}"
            sink.error("NNI102", annotation.span_of(first), message)
            return None
    else:
        nodes = list(call.args)
    if len(nodes) != wanted or any(isinstance(node, ast.Starred) for node in nodes):
        described = "one metric" if wanted else "no argument"
        sink.error("NNI102", annotation.span_of(call), f"nni.{annotation.kind} takes {described}")
        return None
    return tuple(Argument(n, annotation.span_of(n), annotation.text.source_of(n)) for n in nodes)


def _check_prologue(annotation: Annotation, position: Position, own_line: bool, context: Context) -> bool:
    """A statement may precede neither a docstring nor an import from ``__future__``."""
    sink = context.sink
    if own_line and _voids_coding_line(sink.source, annotation.comment.start):
        _report_misplaced(annotation, "before or on the line that declares the encoding", sink)
        return False
    block = position.block
    at = position.index if own_line else position.index + 1
    following = block.statements[at] if at < len(block.statements) else None
    prologue = prologue_length(context.facts.tree) if block.parent is None else 0
    if at < prologue and _is_future(block.statements[prologue - 1]):
        _report_misplaced(annotation, "before an import from __future__", sink)
        return False
    documented = isinstance(block.owner, (ast.Module, ast.ClassDef, *FunctionNode))
    body = getattr(block.owner, "body", None)
    if own_line and at == 0 and documented and body is block.statements and _is_string(following):
        _report_misplaced(annotation, "before a docstring", sink)
        return False
    return True


def _voids_coding_line(source: SourceFile, offset: int) -> bool:
    line = source.lines.line_of(offset)
    if line > 2:
        return False
    return not keeps_encoding(source, f"{source.text[:offset]}pass  {source.text[offset:]}")


def _is_future(statement: ast.stmt | None) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _is_string(statement: ast.stmt | None) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def prologue_length(tree: ast.Module) -> int:
    """Tell how many statements at the top are docstring and imports from ``__future__``."""
    count = 1 if tree.body and _is_string(tree.body[0]) else 0
    while count < len(tree.body) and _is_future(tree.body[count]):
        count += 1
    return count


def _report_misplaced(annotation: Annotation, where: str, sink: Sink) -> None:
    sink.error("NNI120", annotation.span, f"nni.{annotation.kind} can't stand {where}")
