"""Binds annotations to the values and places that they mean: AnnotatedModule to ModuleIR."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

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
from nnic.lowering.context import Context
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
from nnic.tuners.space import Sampler

TOO_DEEP = "the annotated code is nested too deeply; move parts of it into variables or functions"
_OF_THE_ANNOTATION = frozenset({"name", "label"})
_ARGUMENTS = {"budget": ("low", "high"), "checkpoint": ()}
_LABEL_FORBIDS = "/\r\n"
_KINDS = frozenset({TunableKind.FUNCTION.value, TunableKind.BUDGET.value, TunableKind.CHECKPOINT.value})

_Lowered = Tunable | Statement | Restriction | Layer


@dataclass(frozen=True, slots=True)
class _Bound:
    """The values that an annotation stands for, and what they are called."""

    places: tuple[Place, ...]
    name: str
    ties: bool


def lower(annotated: AnnotatedModule, module: str, sink: Sink) -> ModuleIR:
    """Bind every annotation; those with an error are left out.

    ``module`` is the first part of the keys of the parameters.
    """
    context = Context(annotated, module, sink)
    found: list[_Lowered] = []
    for annotation in annotated.annotations:
        try:
            found += _lower_annotation(annotation, context)
        except RecursionError:
            sink.error("NNI113", annotation.span, TOO_DEEP)
        except Exception as error:
            line = annotated.source.lines.line_of(annotation.span.start)
            raise InternalError(annotated.source.path, line, f"{type(error).__name__}: {error}") from error
    tunables = [item for item in found if isinstance(item, Tunable)]
    smart = lower_smart_parameters(context)
    if smart and tunables:
        # NNI's order is that of the source.
        tunables = sorted([*tunables, *smart], key=lambda tunable: tunable.annotation.span.start)
    else:
        tunables += smart
    return ModuleIR(
        annotated,
        module,
        tuple(tunables),
        tuple(item for item in found if isinstance(item, Statement)),
        tuple(item for item in found if isinstance(item, Restriction)),
        tuple(item for item in found if isinstance(item, Layer)),
    )


def _lower_annotation(annotation: Annotation, context: Context) -> Sequence[_Lowered]:
    sink = context.sink
    if annotation.kind in LATER:
        sink.error(
            "NNI190", annotation.span_of(annotation.call.func), f"not supported yet: {LATER[annotation.kind]}"
        )
        return ()
    if annotation.kind == "constraint":
        restriction = lower_restriction(annotation, context)
        return () if restriction is None else (restriction,)
    if annotation.kind == "mutable_layers":
        return lower_layers(annotation, context)
    if annotation.kind in STATEMENTS:
        statement = place_statement(annotation, context)
        return () if statement is None else (statement,)
    tunable = _lower_tunable(annotation, context)
    if tunable is None:
        return ()
    nested = lower_nested(tunable, sink) if tunable.is_choice else ()
    return () if nested is None else (tunable, *nested)


def _lower_tunable(annotation: Annotation, context: Context) -> Tunable | None:
    sink = context.sink
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
    named = _check_name(annotation, sink)
    labelled = _check_label(annotation, kind, sink)
    owner = find_owner(annotation, context)
    if arguments is None or owner is None or not named or not labelled:
        return None
    bound = _bind(annotation, kind, sampler, arguments, owner, context)
    if bound is None:
        return None
    last = sampler.value if kind is TunableKind.VALUE else kind.value
    label = _label(annotation)
    holder, text = (context.module, bound.name) if label is None else ("*", label)
    return Tunable(
        annotation,
        kind,
        sampler,
        call,
        text,
        arguments,
        bound.places,
        owner.position,
        f"{holder}/{text}/{last}",
        ties=label is not None or bound.ties,
    )


def _sampler(kind: TunableKind, call: ast.Call) -> Sampler:
    if kind is TunableKind.VALUE:
        return Sampler(word_of(call))
    return Sampler.CHOICE if kind is TunableKind.FUNCTION else Sampler.UNIFORM


def _bind(
    annotation: Annotation,
    kind: TunableKind,
    sampler: Sampler,
    arguments: tuple[Argument, ...],
    owner: Owner,
    context: Context,
) -> _Bound | None:
    name = _name(annotation)
    if kind is TunableKind.FUNCTION:
        assert name is not None
        places = find_replaced(annotation, name, arguments, owner, context.sink)
        return None if places is None else _Bound(places, target_text(name), ties=True)
    number = sampler is not Sampler.CHOICE and kind is not TunableKind.CHECKPOINT
    chosen = choose_slot(annotation, name, number, owner, context)
    if chosen is None:
        return None
    slot, target = chosen
    place = Place(slot.value, context.source.span(slot.value), slot.kind)
    text = slot_name(slot, target, owner.position, context)
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


def _label(annotation: Annotation) -> str | None:
    """Tell what ``label=`` says: a text, or a name that stands for its own text."""
    value = annotation.argument("label")
    if isinstance(value, ast.Name):
        return value.id
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _check_label(annotation: Annotation, kind: TunableKind, sink: Sink) -> bool:
    value = annotation.argument("label")
    if value is None:
        return True
    text = _label(annotation)
    span = annotation.span_of(value)
    if kind in (TunableKind.BUDGET, TunableKind.CHECKPOINT):
        sink.error("NNI102", span, f"nni.{annotation.kind} takes no argument label=")
        return False
    if not text or any(char in text for char in _LABEL_FORBIDS):
        sink.error("NNI107", span, "label= must be a string without '/', such as label='width'")
        return False
    return True


def _check_name(annotation: Annotation, sink: Sink) -> bool:
    """Tell whether ``name=`` is there where it has to be."""
    if annotation.kind == "variable":
        for keyword in annotation.call.keywords:
            if keyword.arg not in _OF_THE_ANNOTATION:
                message = f"nni.variable takes a sampler and name=, not {keyword.arg or '**'}"
                sink.error("NNI102", annotation.span_of(keyword), message)
                return False
    optional = annotation.kind in SAMPLERS or annotation.kind in _ARGUMENTS
    if optional or annotation.argument("name") is not None:
        return True
    what = "the function or variable" if annotation.kind == "function_choice" else "the variable"
    message = f"nni.{annotation.kind} needs name=, {what} that it stands for"
    sink.error("NNI107", annotation.span_of(annotation.call.func), message, help=_without_name(annotation))
    return False


def _without_name(annotation: Annotation) -> str | None:
    """Tell what to write where ``name=`` is missing."""
    first = annotation.call.args[0] if annotation.call.args else None
    if not isinstance(first, ast.Call):
        return None
    if annotation.kind == "variable":
        return f"or write the short form, which needs no name=: @{annotation.text.source_of(first)}"
    return f"add name={ast.unparse(first.func)}"


def _name(annotation: Annotation) -> ast.expr | None:
    """Tell what ``name=`` says."""
    value = annotation.argument("name")
    return _written_out(value) if isinstance(value, ast.Constant) else value


def _written_out(name: ast.Constant) -> ast.expr:
    """Return a target that was given as a text, such as ``name='self.lr'``; any other text may be the key of
    a dictionary's entry."""
    if not isinstance(name.value, str):
        return name
    try:
        node = parse_expression(name.value)
    except (SyntaxError, ValueError):
        return name
    forget_prefixes(node)
    return node if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Tuple)) else name
