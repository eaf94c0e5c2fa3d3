"""Names slots: the middle part of a parameter's key."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import pairwise

from nnic.ir import SlotKind
from nnic.lowering.command_lines import is_typer_option, option_name
from nnic.lowering.context import Context, StatementFacts
from nnic.lowering.fields import field_default, is_field
from nnic.lowering.slots import Slot
from nnic.syntax.facts import FileFacts
from nnic.syntax.quoting import quote
from nnic.syntax.texts import target_text
from nnic.syntax.tree import Position
from nnic.syntax.walking import FunctionNode, walk


def slot_name(slot: Slot, target: ast.expr | None, position: Position, context: Context) -> str:
    """Tell what a slot is called in keys: nothing in it counts, so that edits elsewhere don't shift it.

    ``target`` is the side of an assignment that was meant. A keyword argument is called after the
    variable that its call makes, else after the callee; an entry after its dictionary; a default after
    its function; an option of a command line after its destination.
    """
    if target is not None:
        return target_text(target)
    statement = position.statement
    path = _path(context.statement(statement), slot.value)
    destination = _destination(path, slot, context.statement(statement), context.facts)
    if destination is not None:
        return destination
    name = _Name(position.block.scope(), context.statement(statement))
    for parent, child in pairwise(path):
        name.enter(parent, child)
    return name.text


def _path(within: StatementFacts, value: ast.expr) -> list[ast.AST]:
    """Return the nodes from the statement to the value."""
    path: list[ast.AST] = [value]
    while path[-1] is not within.statement:
        path.append(within.parents[id(path[-1])])
    return path[::-1]


class _Name:
    """Grows along a path from a statement to a value."""

    def __init__(self, scope: str | None, within: StatementFacts) -> None:
        self.text = ""
        self._within = within
        self._scope = scope
        # Whether the value so far is all of an assignment's right side.
        self._assigned = False

    def enter(self, node: ast.AST, child: ast.AST) -> None:
        """Take one step down."""
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            first = node.targets[0] if isinstance(node, ast.Assign) else node.target
            self._assigned = child is node.value
            self.text = target_text(first)
        elif isinstance(node, ast.AugAssign):
            self.text = target_text(node.target)
        elif isinstance(node, ast.Return):
            self.text = (self._scope or "").rpartition(".")[2]
        elif isinstance(node, (*FunctionNode, ast.ClassDef)):
            self.text = node.name if self._scope is None else f"{self._scope}.{node.name}"
            if child in node.decorator_list:
                self.text = ""
        elif isinstance(node, ast.Lambda):
            self.text = self.text if self._assigned else "lambda"
            self._assigned = False
        elif isinstance(node, ast.Call):
            if not self._assigned or not isinstance(child, ast.keyword):
                self.text = _callee(node)
            self._assigned = False
        elif isinstance(node, ast.keyword):
            self.text += f".{node.arg}" if node.arg is not None else ""
        elif isinstance(node, ast.arguments):
            self.text += f".{self._within.parameters[id(child)].arg}"
        elif isinstance(node, ast.Dict):
            self._enter_entry(child)
        elif not isinstance(node, ast.Await):
            self._assigned = False

    def _enter_entry(self, child: ast.AST) -> None:
        key = self._within.keys.get(id(child))
        if isinstance(key, ast.Constant):
            self.text += f"[{quote(key.value) if isinstance(key.value, str) else repr(key.value)}]"
        self._assigned = False


def _callee(call: ast.Call) -> str:
    return " ".join(target_text(call.func).split())


def _destination(path: Sequence[ast.AST], slot: Slot, within: StatementFacts, facts: FileFacts) -> str | None:
    """Tell what a command line calls the value that an option's default sets, or ``None`` for any other
    value."""
    if slot.kind is SlotKind.KEYWORD and _is_default_of_field(path, slot, facts):
        first = path[0].targets[0] if isinstance(path[0], ast.Assign) else path[0].target  # type: ignore[attr-defined]
        return target_text(first)
    if slot.kind is SlotKind.KEYWORD and slot.label == "default" and len(path) > 2:
        call = path[-3]
        if isinstance(call, ast.Call):
            # `lr: float = typer.Option(default=0.1)`
            arguments = path[-4] if len(path) > 3 else None
            if isinstance(arguments, ast.arguments) and is_typer_option(call, facts):
                return within.parameters[id(call)].arg
            return option_name(call, facts)
    if slot.kind is SlotKind.DEFAULT:
        parameter = within.parameters[id(slot.value)]
        annotation = parameter.annotation
        calls = [n for n in walk(annotation) if isinstance(n, ast.Call)] if annotation else []
        if any(is_typer_option(call, facts) for call in calls):
            return parameter.arg
    return None


def _is_default_of_field(path: Sequence[ast.AST], slot: Slot, facts: FileFacts) -> bool:
    """Tell whether the value is the default of a field: that is called as the field is."""
    call = slot.call
    assigned = len(path) > 1 and isinstance(path[0], (ast.Assign, ast.AnnAssign)) and path[1] is call
    return (
        assigned and call is not None and is_field(call, facts) and field_default(call, facts) is slot.value
    )
