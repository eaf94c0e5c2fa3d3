"""Fields of dataclasses and their like, ``lr: float = field(default=0.1)``: their default is searched."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from nnic.ir import SlotKind
from nnic.lowering.slots import Slot
from nnic.source import SourceFile
from nnic.syntax.facts import FileFacts

_FIELDS = frozenset(
    (
        *("dataclasses.field", "attr.field", "attr.ib", "attr.attrib", "attrs.field", "msgspec.field"),
        *("flax.struct.field", "pydantic.Field", "pydantic.fields.Field", "sqlmodel.Field"),
    )
)
# The first positional argument of these is the default.
_WITH_POSITION = frozenset(
    {"attr.ib", "attr.attrib", "pydantic.Field", "pydantic.fields.Field", "sqlmodel.Field"}
)
_FACTORY_CALLS = frozenset({"attr.Factory", "attrs.Factory"})
_FACTORIES = ("default_factory", "factory")
# Factories by a name, and what they make.
_EMPTY = {"list": "[]", "dict": "{}", "set": "set()", "tuple": "()"}
# What no factory is.
_PLAIN = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp, ast.BinOp, ast.JoinedStr)


def is_field(node: ast.AST | None, facts: FileFacts) -> bool:
    """Tell whether ``node`` is a call that makes a field."""
    return isinstance(node, ast.Call) and facts.qualified_name(node.func) in _FIELDS


def field_default(call: ast.Call, facts: FileFacts) -> ast.expr | None:
    """Return the expression that gives a field its default: the value itself, or the body of a factory that
    is a lambda. ``None`` where there is none."""
    for keyword in call.keywords:
        if keyword.arg == "default":
            return _made(keyword.value, facts)
        if keyword.arg in _FACTORIES:
            return keyword.value.body if isinstance(keyword.value, ast.Lambda) else None
    positional = facts.qualified_name(call.func) in _WITH_POSITION and call.args
    return _made(call.args[0], facts) if positional else None


def _made(value: ast.expr, facts: FileFacts) -> ast.expr | None:
    """Return a default, of ``Factory(lambda: x)`` its ``x``; ``...`` says that there is none."""
    if isinstance(value, ast.Call) and facts.qualified_name(value.func) in _FACTORY_CALLS and value.args:
        return value.args[0].body if isinstance(value.args[0], ast.Lambda) else None
    return None if isinstance(value, ast.Constant) and value.value is ... else value


def with_field_defaults(
    slots: Iterable[Slot], options: Sequence[ast.expr], named: bool, facts: FileFacts, source: SourceFile
) -> list[Slot]:
    """Return ``slots``, where a field stands for its default.

    Parameters
    ----------
    options
        Those of the annotation: fields and factories stand in for the whole of what they are.
    named
        Whether the annotation says which slot it means. Without a name nothing else of a field is meant.
    """
    found = list(slots)
    if any(is_field(option, facts) for option in options):
        return found
    calls = {
        id(c): c for s in found for c in (s.value, s.call) if isinstance(c, ast.Call) and is_field(c, facts)
    }
    for call in calls.values():
        default = field_default(call, facts)
        found = _of_field(found, call, default, source) if not named else found
        if default is not None:
            redirected = _redirection(call, default, options, named)
            found = [redirected(slot) for slot in found]
    return found


def _of_field(slots: list[Slot], call: ast.Call, default: ast.expr | None, source: SourceFile) -> list[Slot]:
    """Return the slots that an annotation without a name can mean: of a field none but its default, and those
    within that."""
    span = source.span(call)
    inner = None if default is None else source.span(default)
    whole = next((slot for slot in slots if slot.value is call), None)
    kept = []
    for slot in slots:
        place = source.span(slot.value)
        holds_default = inner is not None and place.contains(inner) and slot.call is call
        within = inner is not None and inner.contains(place) and place != inner
        outside = not span.contains(place)
        if outside or within or (slot is whole and inner is not None) or (whole is None and holds_default):
            kept.append(slot)
    if whole is None and inner is not None and not any(slot.call is call for slot in kept):
        kept += [s for s in (_keyword(call, default),) if s is not None]
    return kept


def _keyword(call: ast.Call, default: ast.expr | None) -> Slot | None:
    """Return the slot of the keyword that a field has its default from."""
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg in ("default", *_FACTORIES) and default is not None:
            assert keyword.arg is not None
            return Slot(SlotKind.KEYWORD, keyword.arg, value, call=call)
    return None


def _redirection(
    call: ast.Call, default: ast.expr, options: Sequence[ast.expr], named: bool
) -> Callable[[Slot], Slot]:
    factories = [keyword.value for keyword in call.keywords if keyword.arg in _FACTORIES]
    plain = all(isinstance(option, _PLAIN) for option in options)
    made = all(isinstance(o, ast.Lambda) or (isinstance(o, ast.Name) and o.id in _EMPTY) for o in options)

    def redirected(slot: Slot) -> Slot:
        if slot.value is call and not (options and made and factories):
            return replace(slot, value=default)
        if slot.value in factories and (plain or (not named and not made)):
            return replace(slot, value=default)
        return slot

    return redirected


def written_out_factory(call: ast.Call) -> str | None:
    """Return the keyword of a lambda that makes what the factory of a field makes, where that is a type."""
    for keyword in call.keywords:
        if keyword.arg in _FACTORIES and isinstance(keyword.value, ast.Name):
            return f"{keyword.arg}=lambda: {_EMPTY.get(keyword.value.id, f'{keyword.value.id}()')}"
    return None
