"""Slots: the values with a name that a statement or an expression holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nnic.ir import SlotKind
from nnic.syntax.fingerprint import same_tree
from nnic.syntax.walking import outside_f_strings, own_expressions, walk


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that may be annotated.

    ``label`` is what ``name=`` says to choose it; ``targets`` are the left sides of an assignment;
    ``call`` takes a keyword argument, and is ``None`` for those of a class.
    """

    kind: SlotKind
    label: str
    value: ast.expr
    targets: tuple[ast.expr, ...] = ()
    call: ast.Call | None = None

    @property
    def written(self) -> str:
        """How ``name=`` is written; a key that is no name is a text."""
        return self.label if self.targets or self.label.isidentifier() else repr(self.label)


class SlotIndex:
    """Slots that an annotation can mean, found by name: a statement may hold hundreds of both."""

    def __init__(self, slots: tuple[Slot, ...]) -> None:
        self.slots = slots
        self._assigned = [slot for slot in slots if slot.targets]
        self._others: dict[str, list[Slot]] = {}
        for slot in slots:
            if slot.kind is not SlotKind.TARGET:
                self._others.setdefault(slot.label, []).append(slot)

    def named(self, name: ast.expr) -> list[Slot]:
        """Return the slots that ``name=`` means: an assignment's target before anything within its value."""
        targets = [s for s in self._assigned if any(same_tree(target, name) for target in s.targets)]
        text = str(name.value) if isinstance(name, ast.Constant) else ast.unparse(name)
        return targets or self._others.get(text, [])


def assignment_slot(statement: ast.stmt) -> Slot | None:
    """Return the right side of an assignment."""
    if isinstance(statement, ast.Assign):
        targets = tuple(statement.targets)
        return Slot(SlotKind.TARGET, ast.unparse(targets[0]), statement.value, targets)
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return Slot(SlotKind.TARGET, ast.unparse(statement.target), statement.value, (statement.target,))
    return None


def slots_of(statement: ast.stmt) -> tuple[Slot, ...]:
    """Return all slots of a statement's own text, the assignment's first."""
    first = assignment_slot(statement)
    slots = [] if first is None else [first]
    arguments = getattr(statement, "args", None)
    if isinstance(arguments, ast.arguments):
        slots.extend(default_slots(arguments))
    slots += filter(None, (keyword_slot(keyword) for keyword in getattr(statement, "keywords", ())))
    slots.extend(slots_in(own_expressions(statement)))
    return tuple(slots)


def slots_in(expressions: list[ast.expr]) -> Iterator[Slot]:
    """Keyword arguments, dict entries with a constant key, and defaults of lambdas."""
    for node in walk(*expressions, into=outside_f_strings):
        if isinstance(node, ast.Call):
            yield from filter(None, (keyword_slot(keyword, node) for keyword in node.keywords))
        elif isinstance(node, ast.Dict):
            yield from filter(None, (entry_slot(key, value) for key, value in zip(node.keys, node.values)))
        elif isinstance(node, ast.Lambda):
            yield from default_slots(node.args)


def keyword_slot(keyword: ast.keyword, call: ast.Call | None = None) -> Slot | None:
    """Return the value of a keyword argument; none of ``**kwargs``."""
    if keyword.arg is None:
        return None
    return Slot(SlotKind.KEYWORD, keyword.arg, keyword.value, call=call)


def entry_slot(key: ast.expr | None, value: ast.expr) -> Slot | None:
    """Return the value of a dict entry with a constant key."""
    return Slot(SlotKind.ENTRY, str(key.value), value) if isinstance(key, ast.Constant) else None


def default_slots(arguments: ast.arguments) -> Iterator[Slot]:
    """Return the defaults of parameters."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = arguments.defaults
    for parameter, default in zip(positional[len(positional) - len(defaults) :], defaults):
        yield Slot(SlotKind.DEFAULT, parameter.arg, default)
    for parameter, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        if keyword_default is not None:
            yield Slot(SlotKind.DEFAULT, parameter.arg, keyword_default)
