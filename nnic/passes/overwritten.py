"""Warns of annotated values that the next statements replace before anything reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, Place, SlotKind, Tunable
from nnic.syntax.facts import FileFacts
from nnic.syntax.walking import FunctionNode

_FARTHEST = 40
"""So many statements are followed: farther ones would take quadratic time in long lists of values."""
_PLAIN = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Import, ast.ImportFrom, ast.Pass)


def check_overwritten(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Follow each assignment, entry and option along its own block, up to the first that may read it."""
    annotated = {id(place.node) for tunable in ir.tunables for place in tunable.places}
    read_inside: set[str] | None = None
    keys: dict[int, object] = {}
    for tunable in ir.tunables:
        for place in tunable.places:
            target = _target(tunable, place, keys)
            if target is None:
                continue
            if read_inside is None:
                read_inside = _names_in_functions(ir.facts)
            first = tunable.position.index + 1
            following = tunable.position.block.statements[first : first + _FARTHEST]
            line = _replaced_on(target, following, annotated, target.partition("[")[0] in read_inside)
            if line:
                sink.warning(
                    "NNI216",
                    tunable.annotation.span,
                    f"{target} is replaced on line {line} before anything reads it, so the trial's value has "
                    "no effect",
                    help="annotate the value that counts, or remove this annotation",
                )
    return ir


def _target(tunable: Tunable, place: Place, keys: dict[int, object]) -> str | None:
    """Return the text of what holds the value once its statement has run: a name, or an entry of one.

    ``keys`` keeps the keys of the dictionaries that were met, by the identities of the values.
    """
    statement = tunable.position.statement
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return None
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return None
    name = targets[0].id
    if place.node is statement.value:
        return name
    if place.kind is SlotKind.ENTRY and isinstance(statement.value, ast.Dict):
        if id(place.node) not in keys:
            pairs = zip(statement.value.keys, statement.value.values)
            keys |= {id(value): key.value for key, value in pairs if isinstance(key, ast.Constant)}
        return f"{name}[{keys[id(place.node)]!r}]" if id(place.node) in keys else None
    return None


def _names_in_functions(facts: FileFacts) -> set[str]:
    """Return the names that functions read: a call may read them, whatever it is."""
    functions = [*facts.nodes.of(ast.FunctionDef), *facts.nodes.of(ast.AsyncFunctionDef)]
    inner = (node for function in (*functions, *facts.nodes.of(ast.Lambda)) for node in ast.walk(function))
    return {node.id for node in inner if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _replaced_on(target: str, statements: list[ast.stmt], annotated: set[int], shared: bool) -> int:
    """Return the line on which the value is certainly replaced, or 0.

    ``shared`` tells that functions read the name, so that any call may.
    """
    name, _, key = target.partition("[")
    for statement in statements:
        if isinstance(statement, FunctionNode):
            continue
        if not isinstance(statement, _PLAIN):
            return 0
        if shared and any(isinstance(node, ast.Call) for node in ast.walk(statement)):
            return 0
        value = getattr(statement, "value", None)
        targets = _targets(statement)
        reads = any(
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
            for node in ast.walk(value or ast.Pass())
        )
        if isinstance(statement, ast.AugAssign):
            reads = reads or (not key and name in targets)
        if not reads and id(value) not in annotated and (target in targets or name in targets):
            return 0 if isinstance(statement, ast.AugAssign) else statement.lineno
        if key and f"[{key}" in (f"[{written!r}]" for written in _updated(statement, name)):
            return statement.lineno
        if reads or name in targets or target in targets:
            return 0
    return 0


def _targets(statement: ast.stmt) -> set[str]:
    """Return the names, and the entries of names, that a statement assigns to."""
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    found: set[str] = set()
    for target in targets:
        for node in getattr(target, "elts", None) or [target]:
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
                key = node.slice
                if isinstance(key, ast.Constant):
                    found.add(f"{node.value.id}[{key.value!r}]")
    return found


def _updated(statement: ast.stmt, name: str) -> Iterator[object]:
    """Return the keys that ``name.update(...)`` certainly gives, which reads nothing of it."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return
    if call.func.attr != "update" or getattr(call.func.value, "id", None) != name:
        return
    displays = [argument for argument in call.args if isinstance(argument, ast.Dict)]
    if not any(isinstance(n, ast.Name) and n.id == name for a in call.args for n in ast.walk(a)):
        for display in displays:
            yield from (key.value for key in display.keys if isinstance(key, ast.Constant))
        yield from (keyword.arg for keyword in call.keywords if keyword.arg)
