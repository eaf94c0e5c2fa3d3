"""Binds annotations to the values and places that they mean: AnnotatedModule to ModuleIR."""

from __future__ import annotations

import ast

from nnic.annotations.kinds import LATER, SAMPLERS, STATEMENTS, nearest
from nnic.annotations.model import AnnotatedModule, Annotation
from nnic.findings.diagnostics import InternalError, Sink
from nnic.ir import Argument, ModuleIR, Place, Statement, Tunable
from nnic.lowering.choosing import choose_slot
from nnic.lowering.functions import find_replaced
from nnic.lowering.owners import find_owner
from nnic.lowering.placing import place_statement
from nnic.lowering.slots import SlotKind
from nnic.syntax.texts import target_text
from nnic.syntax.tree import Locator
from nnic.tuners.space import Sampler

_LATER_WHY = {
    "mutable_layers": "architecture annotations come in a later release",
    "layer_choice": "architecture annotations come in a later release",
    "input_choice": "architecture annotations come in a later release",
    "repeat": "architecture annotations come in a later release",
    "training_update": "architecture annotations come in a later release",
    "budget": "budgets in the source come in a later release",
    "constraint": "constraints come in a later release",
    "checkpoint": "checkpoints come in a later release",
}


def lower(annotated: AnnotatedModule, module: str, sink: Sink) -> ModuleIR:
    """Bind every annotation; those with an error are left out."""
    locator = Locator(annotated.source, annotated.blocks)
    tunables = []
    statements = []
    for annotation in annotated.annotations:
        try:
            item = _lower_annotation(annotation, annotated, locator, module, sink)
        except Exception as error:
            line = annotated.source.lines.line_of(annotation.span.start)
            raise InternalError(annotated.source.path, line, f"{type(error).__name__}: {error}") from error
        if isinstance(item, Tunable):
            tunables.append(item)
        elif item is not None:
            statements.append(item)
    return ModuleIR(annotated, module, tuple(tunables), tuple(statements))


def _lower_annotation(
    annotation: Annotation, annotated: AnnotatedModule, locator: Locator, module: str, sink: Sink
) -> Tunable | Statement | None:
    if annotation.kind in LATER:
        why = _LATER_WHY[annotation.kind]
        sink.error("NNI190", annotation.span_of(annotation.call.func), f"not supported yet: {why}")
        return None
    if annotation.kind in STATEMENTS:
        return place_statement(annotation, annotated, locator, sink)
    return _lower_tunable(annotation, annotated, locator, module, sink)


def _lower_tunable(
    annotation: Annotation, annotated: AnnotatedModule, locator: Locator, module: str, sink: Sink
) -> Tunable | None:
    function = annotation.kind == "function_choice"
    sampler_call = _sampler_call(annotation, sink)
    if sampler_call is None:
        return None
    sampler = Sampler.CHOICE if function else Sampler(_attribute(sampler_call))
    arguments = _arguments(annotation, sampler_call, sampler, sink)
    name = _name(annotation, sink)
    owner = find_owner(annotation, annotated, locator, sink)
    if arguments is None or owner is None or name is False:
        return None
    places: tuple[Place, ...] | None
    if function:
        assert isinstance(name, ast.expr)
        places = find_replaced(annotation, name, arguments, owner, annotated.source, sink)
        text = target_text(name)
    else:
        chosen = choose_slot(annotation, name, sampler, owner, annotated.source, sink)
        places = chosen and (Place(chosen[0].value, annotated.source.span(chosen[0].value), SlotKind.TARGET),)
        text = target_text(chosen[1]) if chosen else ""
    if places is None:
        return None
    last = "function_choice" if function else sampler.value
    return Tunable(
        annotation, sampler, function, text, arguments, places, owner.position, f"{module}/{text}/{last}"
    )


def _attribute(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr


def _sampler_call(annotation: Annotation, sink: Sink) -> ast.Call | None:
    """The call that holds sampler and arguments: the argument of ``variable``, else itself."""
    call = annotation.call
    if annotation.kind != "variable":
        return call
    if len(call.args) != 1:
        message = (
            "nni.variable takes one sampler and name=, for example nni.variable(nni.uniform(0, 1), name=x)"
        )
        sink.error("NNI102", annotation.span_of(call.args[1] if call.args else call), message)
        return None
    inner = call.args[0]
    known = isinstance(inner, ast.Call) and _is_nni(inner.func)
    if not known:
        given = annotation.text.source_of(inner)
        message = f"nni.variable takes a sampler such as nni.uniform(0, 1), not {given}"
        bare = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in SAMPLERS
        sink.error("NNI101", annotation.span_of(inner), message, fix=f"nni.{given}" if bare else "")
        return None
    assert isinstance(inner, ast.Call)
    word = _attribute(inner)
    if word in SAMPLERS:
        return inner
    guess = nearest(word, SAMPLERS)
    hint = f"; did you mean nni.{guess}?" if guess else ""
    fix = f"nni.{guess}" if guess else ""
    sink.error("NNI101", annotation.span_of(inner.func), f"unknown sampler nni.{word}{hint}", fix=fix)
    return None


def _is_nni(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "nni"


def _arguments(
    annotation: Annotation, call: ast.Call, sampler: Sampler, sink: Sink
) -> tuple[Argument, ...] | None:
    """The arguments in their order; ``None`` after reporting what is wrong with them."""
    word = _attribute(call)
    names = sampler.arguments
    nodes: list[ast.expr] = list(call.args)
    for node in nodes:
        if isinstance(node, ast.Starred):
            sink.error("NNI102", annotation.span_of(node), f"nni.{word}: write the arguments out, without *")
            return None
    by_name: dict[str, ast.expr] = {}
    allowed = {"name", "label"} if call is annotation.call else set()
    for keyword in call.keywords:
        if keyword.arg in allowed:
            continue
        if keyword.arg not in names or keyword.arg in names[: len(nodes)] or keyword.arg in by_name:
            described = f"no argument {keyword.arg}=" if keyword.arg else "no ** arguments"
            if keyword.arg in names:
                described = f"argument {keyword.arg} only once"
            sink.error("NNI102", annotation.span_of(keyword), f"nni.{word} takes {described}")
            return None
        by_name[keyword.arg] = keyword.value
    if not names:
        if not nodes:
            sink.error("NNI105", annotation.span_of(call), f"nni.{word} needs at least one option")
            return None
    elif not _check_arity(annotation, call, names, nodes, by_name, sink):
        return None
    nodes += [by_name[name] for name in names if name in by_name]
    if any(_nested_sampler(annotation, node, sink) for node in nodes):
        return None
    return tuple(Argument(n, annotation.span_of(n), annotation.text.source_of(n)) for n in nodes)


def _check_arity(
    annotation: Annotation,
    call: ast.Call,
    names: tuple[str, ...],
    nodes: list[ast.expr],
    by_name: dict[str, ast.expr],
    sink: Sink,
) -> bool:
    word = _attribute(call)
    missing = [name for name in names[len(nodes) :] if name not in by_name]
    wanted = f"nni.{word} takes {', '.join(names)}"
    if missing:
        sink.error("NNI102", annotation.span_of(call), f"{wanted}; {' and '.join(missing)} missing")
        return False
    if len(nodes) > len(names):
        span = annotation.span_of(nodes[len(names)])
        if annotation.lenient:
            sink.warning("NNI102", span, f"{wanted}; NNI ignored the rest, and so does nnic")
            return True
        sink.error("NNI102", span, f"{wanted}; got {len(nodes)} arguments")
        return False
    return True


def _nested_sampler(annotation: Annotation, node: ast.expr, sink: Sink) -> bool:
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and _is_nni(part.func) and _attribute(part) in SAMPLERS:
            message = "not supported yet: samplers inside of options come in a later release"
            sink.error("NNI190", annotation.span_of(part), message)
            return True
    return False


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
            if keyword.arg not in ("name", "label"):
                message = f"nni.variable takes a sampler and name=, not {keyword.arg or '**'}"
                sink.error("NNI102", annotation.span_of(keyword), message)
                return False
    if "label" in keywords:
        span = annotation.span_of(keywords["label"])
        sink.error("NNI190", span, "not supported yet: label= comes in a later release")
        return False
    if "name" not in keywords:
        if annotation.kind in SAMPLERS:
            return None
        what = "the function or variable" if annotation.kind == "function_choice" else "the variable"
        message = f"nni.{annotation.kind} needs name=, {what} that it stands for"
        sink.error(
            "NNI107", annotation.span_of(annotation.call.func), message, help=_without_name(annotation)
        )
        return False
    value = keywords["name"].value
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        try:
            return ast.parse(value.value, mode="eval").body
        except (SyntaxError, ValueError):
            sink.error("NNI107", annotation.span_of(value), f"{value.value!r} is no name in the program")
            return False
    return value
