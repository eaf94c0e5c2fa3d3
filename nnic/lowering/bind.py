"""Binds annotations to the values and places that they mean: AnnotatedModule to ModuleIR."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from nnic.annotations.kinds import LATER, SAMPLERS, STATEMENTS
from nnic.findings.diagnostics import InternalError, Sink
from nnic.ir import (
    AnnotatedModule,
    Annotation,
    Argument,
    Layer,
    ModuleIR,
    Place,
    Restriction,
    SlotKind,
    Statement,
    Tunable,
    TunableKind,
)
from nnic.lowering.choosing import choose_slot
from nnic.lowering.functions import find_replaced
from nnic.lowering.layers import lower_layers
from nnic.lowering.naming import slot_name
from nnic.lowering.nested import lower_nested
from nnic.lowering.owners import Owner, find_owner
from nnic.lowering.placing import place_statement
from nnic.lowering.restrictions import lower_restriction
from nnic.lowering.samplers import read_arguments, sampler_call, word_of
from nnic.lowering.smart import lower_smart_parameters
from nnic.syntax.parsing import forget_prefixes, parse_expression
from nnic.syntax.texts import target_text
from nnic.syntax.tree import Locator
from nnic.tuners.space import Sampler

_OF_THE_ANNOTATION = frozenset({"name", "label"})
_ARGUMENTS = {"budget": ("low", "high"), "checkpoint": ()}
_LABEL_FORBIDS = "/\r\n"


@dataclass(frozen=True, slots=True)
class _Bound:
    """The values that an annotation stands for, and what they are called."""

    places: tuple[Place, ...]
    name: str
    ties: bool


def lower(annotated: AnnotatedModule, module: str, sink: Sink) -> ModuleIR:
    """Bind every annotation; those with an error are left out."""
    locator = Locator(annotated.source, annotated.blocks)
    tunables: list[Tunable] = []
    statements: list[Statement] = []
    restrictions: list[Restriction] = []
    layers: list[Layer] = []
    for annotation in annotated.annotations:
        try:
            for item in _lower_annotation(annotation, annotated, locator, module, sink):
                if isinstance(item, Tunable):
                    tunables.append(item)
                elif isinstance(item, Statement):
                    statements.append(item)
                elif isinstance(item, Layer):
                    layers.append(item)
                else:
                    restrictions.append(item)
        except Exception as error:
            line = annotated.source.lines.line_of(annotation.span.start)
            raise InternalError(annotated.source.path, line, f"{type(error).__name__}: {error}") from error
    smart = lower_smart_parameters(annotated, locator, module, sink)
    if smart and tunables:
        # NNI's order is that of the source.
        tunables = sorted([*tunables, *smart], key=lambda tunable: tunable.annotation.span.start)
    else:
        tunables += smart
    return ModuleIR(annotated, module, tuple(tunables), tuple(statements), tuple(restrictions), tuple(layers))


def _lower_annotation(
    annotation: Annotation, annotated: AnnotatedModule, locator: Locator, module: str, sink: Sink
) -> tuple[Tunable | Statement | Restriction | Layer, ...]:
    if annotation.kind in LATER:
        sink.error(
            "NNI190", annotation.span_of(annotation.call.func), f"not supported yet: {LATER[annotation.kind]}"
        )
        return ()
    if annotation.kind == "constraint":
        restriction = lower_restriction(annotation, annotated, locator, sink)
        return () if restriction is None else (restriction,)
    if annotation.kind == "mutable_layers":
        return lower_layers(annotation, annotated, locator, module, sink)
    if annotation.kind in STATEMENTS:
        statement = place_statement(annotation, annotated, locator, sink)
        return () if statement is None else (statement,)
    tunable = _lower_tunable(annotation, annotated, locator, module, sink)
    if tunable is None:
        return ()
    nested = lower_nested(tunable, sink) if tunable.is_choice else ()
    return () if nested is None else (tunable, *nested)


def _lower_tunable(
    annotation: Annotation, annotated: AnnotatedModule, locator: Locator, module: str, sink: Sink
) -> Tunable | None:
    call = sampler_call(annotation, sink)
    if call is None:
        return None
    kind = TunableKind(annotation.kind) if annotation.kind in _KINDS else TunableKind.VALUE
    sampler = _sampler(kind, call)
    names = _ARGUMENTS.get(annotation.kind, sampler.arguments)
    allowed = _OF_THE_ANNOTATION if call is annotation.call else frozenset()
    none_taken = kind is TunableKind.CHECKPOINT
    arguments = () if none_taken else read_arguments(annotation, call, names, allowed, sink)
    if none_taken and not _check_no_arguments(annotation, sink):
        return None
    name = _name(annotation, sink)
    label = _label(annotation, kind, sink)
    owner = find_owner(annotation, annotated, locator, sink)
    if arguments is None or owner is None or name is False or label is None:
        return None
    bound = _bind(annotation, kind, sampler, name, owner, annotated, sink, arguments)
    if bound is None:
        return None
    last = sampler.value if kind is TunableKind.VALUE else kind.value
    holder, text = ("*", label) if label else (module, bound.name)
    tunable = Tunable(
        annotation,
        kind,
        sampler,
        call,
        text,
        arguments,
        bound.places,
        owner.position,
        f"{holder}/{text}/{last}",
    )
    return replace(tunable, ties=bool(label) or bound.ties)


_KINDS = frozenset({TunableKind.FUNCTION.value, TunableKind.BUDGET.value, TunableKind.CHECKPOINT.value})


def _sampler(kind: TunableKind, call: ast.Call) -> Sampler:
    if kind is TunableKind.VALUE:
        return Sampler(word_of(call))
    return Sampler.CHOICE if kind is TunableKind.FUNCTION else Sampler.UNIFORM


def _bind(
    annotation: Annotation,
    kind: TunableKind,
    sampler: Sampler,
    name: ast.expr | bool | None,
    owner: Owner,
    annotated: AnnotatedModule,
    sink: Sink,
    arguments: tuple[Argument, ...],
) -> _Bound | None:
    source = annotated.source
    if kind is TunableKind.FUNCTION:
        assert isinstance(name, ast.expr)
        places = find_replaced(annotation, name, arguments, owner, source, sink)
        return None if places is None else _Bound(places, target_text(name), ties=True)
    number = sampler is not Sampler.CHOICE and kind is not TunableKind.CHECKPOINT
    chosen = choose_slot(annotation, name, number, owner, annotated, sink)
    if chosen is None:
        return None
    slot, target = chosen
    place = Place(slot.value, source.span(slot.value), slot.kind)
    text = slot_name(slot, target, owner.position, annotated.tree)
    return _Bound((place,), text, ties=slot.kind is SlotKind.TARGET)


def _check_no_arguments(annotation: Annotation, sink: Sink) -> bool:
    call = annotation.call
    surplus: list[ast.expr | ast.keyword] = list(call.args)
    surplus += [keyword for keyword in call.keywords if keyword.arg != "name"]
    if surplus:
        sink.error(
            "NNI102", annotation.span_of(surplus[0]), f"nni.{annotation.kind} takes name= and nothing else"
        )
    return not surplus


def _label(annotation: Annotation, kind: TunableKind, sink: Sink) -> str | None:
    """What ``label=`` says, ``""`` without one, ``None`` after an error."""
    value = next((k.value for k in annotation.call.keywords if k.arg == "label"), None)
    if value is None:
        return ""
    text = (
        value.value if isinstance(value, ast.Constant) else value.id if isinstance(value, ast.Name) else None
    )
    span = annotation.span_of(value)
    if kind in (TunableKind.BUDGET, TunableKind.CHECKPOINT):
        sink.error("NNI102", span, f"nni.{annotation.kind} takes no argument label=")
    elif not isinstance(text, str) or not text or any(char in text for char in _LABEL_FORBIDS):
        sink.error("NNI107", span, "label= is a text without '/', such as label='width'")
    else:
        return text
    return None


def _without_name(annotation: Annotation) -> str:
    """What to write where ``name=`` is missing."""
    first = annotation.call.args[0] if annotation.call.args else None
    if not isinstance(first, ast.Call):
        return ""
    if annotation.kind == "variable":
        return f"or write the short form, which needs none: @{annotation.text.source_of(first)}"
    return f"add name={ast.unparse(first.func)}"


def _name(annotation: Annotation, sink: Sink) -> ast.expr | bool | None:
    """What ``name=`` says; ``None`` without one, ``False`` after an error."""
    keywords = {keyword.arg: keyword for keyword in annotation.call.keywords}
    if annotation.kind == "variable":
        for keyword in annotation.call.keywords:
            if keyword.arg not in _OF_THE_ANNOTATION:
                message = f"nni.variable takes a sampler and name=, not {keyword.arg or '**'}"
                sink.error("NNI102", annotation.span_of(keyword), message)
                return False
    if "name" not in keywords:
        if annotation.kind in SAMPLERS or annotation.kind in _ARGUMENTS:
            return None
        what = "the function or variable" if annotation.kind == "function_choice" else "the variable"
        message = f"nni.{annotation.kind} needs name=, {what} that it stands for"
        sink.error(
            "NNI107", annotation.span_of(annotation.call.func), message, help=_without_name(annotation)
        )
        return False
    value = keywords["name"].value
    return _written_out(value) if isinstance(value, ast.Constant) else value


def _written_out(name: ast.Constant) -> ast.expr:
    """A target that was given as a text, such as ``name='self.lr'``; any other text may be the key of a
    dictionary's entry."""
    if not isinstance(name.value, str):
        return name
    try:
        node = parse_expression(name.value)
    except (SyntaxError, ValueError):
        return name
    forget_prefixes(node)
    return node if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple)) else name
