"""Constraints in the source: expressions over parameters, which stand where a statement could."""

from __future__ import annotations

import ast

from nnic.ir import Annotation, Argument, Restriction
from nnic.lowering.context import Context
from nnic.lowering.placing import statement_position


def lower_restriction(annotation: Annotation, context: Context) -> Restriction | None:
    """Return the constraint that ``annotation`` declares, or ``None`` after reporting what is wrong with
    it."""
    call = annotation.call
    if len(call.args) != 1 or call.keywords:
        surplus = [*call.args[1:], *call.keywords]
        message = "nni.constraint takes one expression over parameters, such as batch_size * width <= 4096"
        context.sink.error("NNI102", annotation.span_of(surplus[0] if surplus else call), message)
        return None
    if statement_position(annotation, context) is None:
        return None
    node = call.args[0]
    expression = Argument(node, annotation.span_of(node), annotation.text.source_of(node))
    return Restriction(annotation, expression, ast.unparse(node))
