"""Names slots: the middle part of a parameter's key."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from nnic.lowering.slots import Slot, SlotKind, own_children
from nnic.syntax.qualified import imported_names, qualified_name
from nnic.syntax.texts import target_text
from nnic.syntax.tree import FunctionNode, Position

_CLICK_MODULES = ("click", "rich_click", "asyncclick")
_CLICK_WORDS = ("option", "argument")
_TYPER = ("typer.Option", "typer.Argument")


def slot_name(slot: Slot, target: ast.expr | None, position: Position, tree: ast.Module) -> str:
    """What a slot is called in keys: nothing in it counts, so that edits elsewhere don't shift it.

    ``target`` is the side of an assignment that was meant. A keyword argument is called after the
    variable that its call makes, else after the callee; an entry after its dictionary; a default after
    its function; an option of a command line after its destination.
    """
    if target is not None:
        return target_text(target)
    statement = position.block.statements[position.index]
    path = _path(statement, slot.value)
    destination = _destination(path, slot, tree)
    if destination:
        return destination
    name = _Name(position.block.scope())
    for parent, child in pairwise(path):
        name.enter(parent, child)
    return name.text


def _path(statement: ast.stmt, value: ast.expr) -> list[ast.AST]:
    """The nodes from the statement to the value."""
    parents = _parents(statement)
    path: list[ast.AST] = [value]
    while path[-1] is not statement:
        path.append(parents[id(path[-1])])
    return path[::-1]


@lru_cache(maxsize=2)
def _parents(statement: ast.stmt) -> dict[int, ast.AST]:
    """The parent of every node of a statement, by ``id``."""
    parents: dict[int, ast.AST] = {}
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        for child in own_children(node):
            parents[id(child)] = node
            pending.append(child)
    return parents


class _Name:
    """Grows along a path from a statement to a value."""

    def __init__(self, scope: str) -> None:
        self.text = ""
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
            self.text = self._scope.rpartition(".")[2]
        elif isinstance(node, (*FunctionNode, ast.ClassDef)):
            self.text = f"{self._scope}.{node.name}".lstrip(".")
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
            self.text += f".{_parameter_of(node, child)}"
        elif isinstance(node, ast.Dict):
            self._enter_entry(node, child)
        elif not isinstance(node, ast.Await):
            self._assigned = False

    def _enter_entry(self, node: ast.Dict, child: ast.AST) -> None:
        for key, value in zip(node.keys, node.values):
            if value is child and isinstance(key, ast.Constant):
                self.text += f"[{key.value!r}]"
        self._assigned = False


def _callee(call: ast.Call) -> str:
    return " ".join(target_text(call.func).split())


def _parameter_of(arguments: ast.arguments, default: ast.AST) -> str:
    positional = [*arguments.posonlyargs, *arguments.args]
    named = positional[len(positional) - len(arguments.defaults) :]
    pairs = [*zip(named, arguments.defaults), *zip(arguments.kwonlyargs, arguments.kw_defaults)]
    return next(parameter.arg for parameter, value in pairs if value is default)


def _destination(path: Sequence[ast.AST], slot: Slot, tree: ast.Module) -> str:
    """What a command line calls the value that an option's default sets; ``""`` where it is none."""
    if slot.kind is SlotKind.KEYWORD and slot.label == "default" and len(path) > 2:
        call = path[-3]
        if isinstance(call, ast.Call):
            return _option_destination(call, path, tree)
    if slot.kind is SlotKind.DEFAULT:
        arguments = path[-2]
        assert isinstance(arguments, ast.arguments)
        name = _parameter_of(arguments, slot.value)
        parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        annotation = next(parameter.annotation for parameter in parameters if parameter.arg == name)
        calls = [n for n in ast.walk(annotation) if isinstance(n, ast.Call)] if annotation else []
        if calls and any(_qualified(call, tree) in _TYPER for call in calls):
            return name
    return ""


def _option_destination(call: ast.Call, path: Sequence[ast.AST], tree: ast.Module) -> str:
    word = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if word == "add_argument":
        return _argparse_destination(call)
    qualified = _qualified(call, tree)
    module, _, word = qualified.rpartition(".")
    if module in _CLICK_MODULES and word in _CLICK_WORDS:
        return _click_destination(call)
    # `lr: float = typer.Option(default=0.1)`
    arguments = path[-4] if len(path) > 3 else None
    if qualified in _TYPER and isinstance(arguments, ast.arguments):
        return _parameter_of(arguments, call)
    return ""


def _qualified(call: ast.Call, tree: ast.Module) -> str:
    return qualified_name(call.func, imported_names(tree))


def _texts(call: ast.Call) -> list[str]:
    return [n.value for n in call.args if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def _argparse_destination(call: ast.Call) -> str:
    """``dest=``, else the first long option, else the first one, as argparse has it."""
    for keyword in call.keywords:
        if keyword.arg == "dest" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    texts = _texts(call)
    long = [text for text in texts if text.startswith("--")]
    chosen = (long or texts or [""])[0]
    return chosen.lstrip("-").replace("-", "_")


def _click_destination(call: ast.Call) -> str:
    """A name without dashes, else the first of the longest prefix, as click has it."""
    texts = [part for text in _texts(call) for part in text.split("/")[:1]]
    plain = [text for text in texts if text.isidentifier()]
    if plain:
        return plain[0]
    dashed = sorted(texts, key=lambda text: len(text) - len(text.lstrip("-")), reverse=True)
    return dashed[0].lstrip("-").replace("-", "_").lower().strip() if dashed else ""
