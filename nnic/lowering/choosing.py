"""Chooses the slot that an annotation of a value means."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nnic.annotations.kinds import SAMPLERS, is_one_slip
from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.ir import Annotation, SlotKind
from nnic.lowering.command_lines import implied_default, searched_slots
from nnic.lowering.context import Context
from nnic.lowering.fields import is_field, with_field_defaults, written_out_factory
from nnic.lowering.nested import match_option
from nnic.lowering.owners import Owner
from nnic.lowering.slots import Slot, SlotIndex
from nnic.source import SourceFile
from nnic.syntax.fingerprint import same_tree

# The first positional argument of what people annotate most.
_FIRST_ARGUMENT = {
    "Dropout": "p",
    "Dropout1d": "p",
    "Dropout2d": "p",
    "Dropout3d": "p",
    "AlphaDropout": "p",
    "LeakyReLU": "negative_slope",
    "ELU": "alpha",
    "Option": "default",
}


# Of a large dict or call the first ones do.
_MOST_LISTED = 20


def choose_slot(
    annotation: Annotation,
    name: ast.expr | None,
    number: bool,
    owner: Owner,
    context: Context,
) -> tuple[Slot, ast.expr | None] | None:
    """Return the slot, and the target that names it where it is an assignment's, or ``None`` after reporting
    why there is none. ``number`` tells that a number stands in for the value."""
    slots = owner.slots
    if any(isinstance(slot.value, ast.Call) or slot.call is not None for slot in slots):
        options = () if number else _options(annotation)
        slots = tuple(with_field_defaults(slots, options, name is not None, context.facts, context.source))
    if name is None:
        candidates = searched_slots(slots, context.facts)
    else:
        candidates = (owner.index if slots == owner.slots else SlotIndex(slots)).named(name)
    if not candidates:
        _report_none(annotation, name, owner, context)
        return None
    if len(candidates) > 1 and name is not None and not number:
        candidates = _holding_option(annotation, candidates, context.source) or candidates
    if len(candidates) > 1:
        _report_several(annotation, candidates, name is not None, number, context.sink)
        return None
    slot = candidates[0]
    if name is None and number and _is_call(slot.value):
        _report_positional(annotation, slot, context.sink)
        return None
    return slot, _target(slot, name)


def _holding_option(annotation: Annotation, candidates: list[Slot], source: SourceFile) -> list[Slot]:
    """Return the slot around all others, where its value is one of the options: so a program is read again
    after an option was written into it that has a slot of the same name."""
    outer = min(candidates, key=lambda slot: source.span(slot.value).start)
    span = source.span(outer.value)
    if not all(span.contains(source.span(slot.value)) for slot in candidates):
        return []
    matches = any(match_option(option, outer.value) is not None for option in _options(annotation))
    return [outer] if matches else []


def _options(annotation: Annotation) -> Sequence[ast.expr]:
    """Return the options of a choice."""
    call = annotation.call
    inner = call.args[0] if annotation.kind == "variable" and call.args else call
    return inner.args if isinstance(inner, ast.Call) else ()


def _target(slot: Slot, name: ast.expr | None) -> ast.expr | None:
    if slot.kind is not SlotKind.TARGET:
        return None
    if name is not None:
        return next(target for target in slot.targets if same_tree(target, name))
    return slot.targets[0]


def _assigned(name: str, value: ast.expr, source: SourceFile) -> str:
    text = source.slice(source.span(value)).splitlines()[0].rstrip()
    return f"put the value on a line of its own and annotate that: {name} = {text}"


def _is_call(node: ast.expr) -> bool:
    return isinstance(node.value if isinstance(node, ast.Await) else node, ast.Call)


def _report_none(annotation: Annotation, name: ast.expr | None, owner: Owner, context: Context) -> None:
    sink, source, statement = context.sink, context.source, owner.statement
    if name is None and owner.slots:
        _report_no_default(annotation, owner, context)
        return
    if owner.is_item:
        message = "a positional argument or element has no name, so it can't be annotated"
        sink.error(
            "NNI117", annotation.span, message, help="put the value on a line of its own and annotate that"
        )
        return
    if isinstance(statement, ast.AugAssign):
        text = ast.unparse(statement.target)
        message = f"an augmented assignment can't be annotated: the new {text} depends on the old one"
        sink.error("NNI110", annotation.span, message)
        return
    if isinstance(statement, ast.AnnAssign):
        text = ast.unparse(statement.target)
        sink.error(
            "NNI110", annotation.span, f"{text} has a type but no value here, so there is nothing to replace"
        )
        return
    if name is None or not owner.slots:
        line = source.lines.location(source.span(statement).start)[0]
        message = f"there is nothing to annotate: the statement on line {line} has no value with a name"
        sink.error("NNI108", annotation.span, message, help="annotate an assignment, such as lr = 0.1")
        return
    labels = [slot.label for slot in owner.slots]
    fix = _renamed(annotation, owner.slots[0]) if len(labels) == 1 else None
    sink.error(
        "NNI107",
        annotation.span_of(_given_name(annotation)),
        f"name={annotation.text.source_of(_given_name(annotation))} is not a name of this statement; "
        f"it has {_listed(labels)}",
        fix=fix,
        related=[sink.related(source.span(owner.slots[0].value), "this value")],
    )


def _report_no_default(annotation: Annotation, owner: Owner, context: Context) -> None:
    """Tell what to write into an option of a command line, or a field, that has no default."""
    calls = [c for slot in owner.slots for c in (slot.value, slot.call) if isinstance(c, ast.Call)]
    field = next((call for call in calls if is_field(call, context.facts)), None)
    hint = "add default= to it; name= chooses another value"
    message = "nnic searches the default of an option, and this option has no default"
    implied = implied_default(calls[-1], context.facts) if calls else None
    if implied is not None:
        message = "nnic searches the default of an option, and this flag does not state its default"
        hint = f"add default={implied} to the call: that is its default already"
    if field is not None:
        message = "nnic searches the default of a field, and this field has no default"
        written = written_out_factory(field)
        if written is not None:
            message = "nnic searches the default of a field, and a function makes the default of this field"
            hint = f"write {written} in its place"
    context.sink.error("NNI108", annotation.span, message, help=hint)


def _given_name(annotation: Annotation) -> ast.expr:
    """Tell what stands behind ``name=``; a name that was given as a text has been parsed since."""
    name = annotation.argument("name")
    assert name is not None
    return name


def _renamed(annotation: Annotation, slot: Slot) -> Fix:
    text, node = annotation.text, _given_name(annotation)
    edits = text.replacing(*text.range_of(node), slot.written)
    return Fix(f"name={slot.written}", edits, is_one_slip(text.source_of(node), slot.written))


def _report_several(
    annotation: Annotation,
    candidates: list[Slot],
    named: bool,
    number: bool,
    sink: Sink,
) -> None:
    source = sink.source
    labels = [slot.label for slot in candidates]
    if named:
        message = f"several values are called {labels[0]} here"
        hint = "put the comment after the one that is meant, within the brackets"
    else:
        message = f"which value is meant? The statement has {_listed(labels)}"
        # A number stands for a number, not for what a call makes of it.
        likely = [s for s in candidates if not number or not _is_call(s.value)] or candidates
        hint = f"add name=: name={likely[0].written}"
    sink.error(
        "NNI109",
        annotation.span,
        message,
        help=hint,
        related=[sink.related(source.span(slot.value), slot.label) for slot in candidates[:_MOST_LISTED]],
    )


def _report_positional(annotation: Annotation, slot: Slot, sink: Sink) -> None:
    source = sink.source
    call = slot.value.value if isinstance(slot.value, ast.Await) else slot.value
    assert isinstance(call, ast.Call)
    callee = ast.unparse(call.func)
    sampler = " ".join(annotation.text.code.split())
    hint = f"write @nni.variable({sampler}, name={slot.label}) if the number is meant"
    if annotation.kind not in SAMPLERS:
        hint = f"add name={slot.label} if the number is meant"
    if call.args:
        name = _FIRST_ARGUMENT.get(callee.rpartition(".")[2])
        value = source.slice(source.span(call.args[0])).splitlines()[0].rstrip()
        by_name = f"give the argument its name: {callee}({name}={value})"
        hint = f"{by_name if name else _assigned('value', call.args[0], source)}; or {hint}"
    sink.error(
        "NNI117",
        annotation.span,
        f"this would replace the result of {callee}(...) with a number",
        help=hint,
        related=[sink.related(source.span(call), "this call")],
    )


def _listed(labels: list[str]) -> str:
    if len(labels) == 1:
        return labels[0]
    if len(labels) > _MOST_LISTED:
        return f"{', '.join(labels[:_MOST_LISTED])} and {len(labels) - _MOST_LISTED} more"
    return ", ".join(labels[:-1]) + " and " + labels[-1]
