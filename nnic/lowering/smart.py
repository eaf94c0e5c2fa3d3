"""NNI's smart parameters: samplers that are called in code, ``nni.uniform(0, 1)``."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from nnic.annotations.kinds import SAMPLERS
from nnic.findings.diagnostics import Sink
from nnic.ir import AnnotatedModule, Annotation, Argument, Carrier, Place, SlotKind, Tunable, TunableKind
from nnic.lowering.context import Context
from nnic.lowering.samplers import is_nni_call, read_arguments, word_of
from nnic.syntax.annotation_text import AnnotationText, Piece
from nnic.syntax.constants import fold
from nnic.syntax.facts import FileFacts
from nnic.syntax.walking import children, outermost_nodes, outside_f_strings, walk
from nnic.tuners.space import ABSENT, Absent, Condition, Sampler, Value

_IMPORT = re.compile(r"\bimport[ \t][^#\r\n]*\bnni\b")
_CALL = re.compile(r"nni(?<![\w@]nni)[ \t]*\.[ \t]*\w+[ \t]*\(")
_WORDS = SAMPLERS | {TunableKind.FUNCTION.value}
_NAME = frozenset({"name"})


def lower_smart_parameters(context: Context) -> tuple[Tunable, ...]:
    """Return the smart parameters of a file that has ``nni`` (imported, or by annotations of NNI's own, which
    import it there), outer before inner.

    Without ``name=`` one is called ``__line<N>``, after its line.
    """
    facts = context.facts
    imported = _IMPORT.search(facts.source.text) is not None and _imports_nni(facts)
    if not imported and not _calls_beside_annotations(context.annotated):
        return ()
    found = []
    for node in walk(facts.tree, into=outside_f_strings):
        if isinstance(node, ast.Call) and is_nni_call(node, _WORDS):
            tunable = _lower(node, context)
            if tunable is not None:
                found.append(tunable)
    return _conditional(found)


def _calls_beside_annotations(annotated: AnnotatedModule) -> bool:
    """Tell whether a file with annotations of NNI's own seems to call ``nni`` outside of them."""
    spans = [a.span for a in annotated.annotations]
    if not any(a.carrier is Carrier.STRING for a in annotated.annotations):
        return False
    starts = [span.start for span in spans]
    for match in _CALL.finditer(annotated.source.text):
        index = bisect_right(starts, match.start()) - 1
        if index < 0 or match.start() >= spans[index].end:
            return True
    return False


def _imports_nni(facts: FileFacts) -> bool:
    return any(
        a.asname == a.name == "nni" if a.asname else a.name.partition(".")[0] == "nni"
        for node in facts.nodes.of(ast.Import)
        for a in node.names
    )


def _lower(call: ast.Call, context: Context) -> Tunable | None:
    source, sink = context.source, context.sink
    span = source.span(call)
    text = AnnotationText(source.text, span, (Piece(0, 0, len(source.text)),), source.lines)
    word = word_of(call)
    annotation = Annotation(word, Carrier.CODE, text, call, None)
    function = word == TunableKind.FUNCTION.value
    sampler = Sampler.CHOICE if function else Sampler(word)
    arguments = read_arguments(annotation, call, sampler.arguments, _NAME, sink)
    named = _check_name(annotation, sink)
    position = context.facts.locator.enclosing(span.start)
    if arguments is None or not named or position is None:
        return None
    values: tuple[Value, ...] = ()
    if len(arguments) == 1 and isinstance(arguments[0].node, ast.Dict):
        entries = _entries(annotation, arguments[0].node, function, sink)
        if entries is None:
            return None
        values, arguments = entries
    elif function:
        message = "nni.function_choice in code takes a dict of names and functions"
        sink.error("NNI102", annotation.span_of(call), message)
        return None
    kind = TunableKind.FUNCTION if function else TunableKind.VALUE
    name = _name(annotation)
    # NNI counts the line of the last argument.
    chosen = f"__line{call.args[-1].lineno if call.args else call.lineno}" if name is None else name
    return Tunable(
        annotation,
        kind,
        sampler,
        call,
        chosen,
        arguments,
        (Place(call, span, SlotKind.CALL),),
        position,
        f"{context.module}/{chosen}/{kind.value if function else sampler.value}",
        ties=name is not None,
        values=values,
    )


def _name(annotation: Annotation) -> str | None:
    """Tell what ``name=`` says."""
    value = annotation.argument("name")
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _check_name(annotation: Annotation, sink: Sink) -> bool:
    value = annotation.argument("name")
    if value is None or _name(annotation):
        return True
    sink.error("NNI107", annotation.span_of(value), "name= of a smart parameter must be a string")
    return False


def _entries(
    annotation: Annotation, display: ast.Dict, function: bool, sink: Sink
) -> tuple[tuple[Value, ...], tuple[Argument, ...]] | None:
    """Return the options of ``nni.choice({...})``: its keys are their values, its values what they stand
    for."""
    values: list[Value] = []
    arguments = []
    for key, node in zip(display.keys, display.values):
        value = ABSENT if key is None else fold(key)
        if isinstance(value, Absent):
            span = annotation.span_of(key or node)
            sink.error("NNI104", span, "the keys of a smart parameter's dict must be strings or numbers")
            return None
        values.append(value)
        option = ast.copy_location(ast.Call(func=node, args=[], keywords=[]), node) if function else node
        arguments.append(Argument(option, annotation.span_of(node), annotation.text.source_of(node)))
    if not values:
        sink.error("NNI105", annotation.span_of(display), f"nni.{annotation.kind} needs at least one option")
        return None
    return tuple(values), tuple(arguments)


def _conditional(tunables: Sequence[Tunable]) -> tuple[Tunable, ...]:
    """Those within an option of another one exist while it is chosen, and are part of its text."""
    calls = {id(tunable.call) for tunable in tunables}
    parents = {
        id(node): (outer, index)
        for outer in tunables
        for index, argument in enumerate(outer.arguments)
        for node in _nearest(argument.node, calls)
    }
    found: list[Tunable] = []
    for tunable in tunables:
        parent = parents.get(id(tunable.call))
        if parent is not None and parent[0].is_choice:
            tunable = replace(tunable, places=(), condition=Condition(parent[0].key, parent[1]))
        found.append(tunable)
    return tuple(found)


def _nearest(node: ast.AST, calls: set[int]) -> list[ast.AST]:
    """Return the calls of samplers in ``node`` that lie in no other one of them."""
    return outermost_nodes(node, lambda part: id(part) in calls, children)
