"""Constraints in the source: expressions over parameters, which stand where a statement could."""

from __future__ import annotations

from nnic.findings.diagnostics import Sink
from nnic.ir import AnnotatedModule, Annotation, Argument, Restriction
from nnic.lowering.placing import statement_position
from nnic.syntax.tree import Locator


def lower_restriction(
    annotation: Annotation, module: AnnotatedModule, locator: Locator, sink: Sink
) -> Restriction | None:
    """The constraint that ``annotation`` declares; ``None`` after reporting what is wrong with it."""
    call = annotation.call
    if len(call.args) != 1 or call.keywords:
        surplus = [*call.args[1:], *call.keywords]
        message = "nni.constraint takes one expression over parameters, such as batch_size * width <= 4096"
        sink.error("NNI102", annotation.span_of(surplus[0] if surplus else call), message)
        return None
    if statement_position(annotation, module.source, locator, sink) is None:
        return None
    node = call.args[0]
    return Restriction(annotation, Argument(node, annotation.span_of(node), annotation.text.source_of(node)))
