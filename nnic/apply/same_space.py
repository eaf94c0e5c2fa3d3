"""Holds the annotations of a rewritten file against those of its source: they must mean the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from nnic.apply.differences import same_frames
from nnic.apply.narrow import Narrowed
from nnic.apply.ranges import is_writable
from nnic.compile.check_source import check_source
from nnic.findings.diagnostics import Diagnostic
from nnic.ir import Carrier, ModuleIR, Statement, Tunable
from nnic.lowering.nested import nested_calls
from nnic.source import SourceFile
from nnic.syntax.fingerprint import fingerprint
from nnic.syntax.tree import Position

# A sampler in code without a name is called after its line, which any edit above it changes.
_LINE = re.compile(r"/__line\d+")


@dataclass(frozen=True, slots=True)
class SpaceProblem:
    """Why the annotations of a rewritten file mean something else.

    Parameters
    ----------
    tunable
        The first parameter of the source that the rewritten file does not have.
    finding
        The first error in the rewritten file.
    lost
        All parameters of annotations that the rewritten file does not have.
    """

    tunable: Tunable | None
    finding: Diagnostic | None
    lost: tuple[Tunable, ...]


def space_problem(ir: ModuleIR, text: str, narrowed: Mapping[str, Narrowed]) -> SpaceProblem | None:
    """Read ``text``, which was made from the source of ``ir``, and tell why it has another search space, or
    ``None`` where it has the same but for ``narrowed``."""
    again, findings = check_source(SourceFile.decode(ir.source.encode(text), ir.source.path), ir.module)
    error = next((finding for finding in findings if finding.is_error), None)
    found = [] if again is None else [_shape(tunable, {}) for tunable in again.tunables]
    writable = {tunable.key: is_writable(tunable) for tunable in ir.tunables}
    changes = {key: change for key, change in narrowed.items() if writable.get(key)}
    wanted = [(_shape(tunable, changes), tunable) for tunable in ir.tunables]
    missing = []
    left = list(found)
    for shape, tunable in wanted:
        if shape in left:
            left.remove(shape)
        elif shape is not None:
            missing.append(tunable)
    if error is None and not missing and again is not None:
        same = [shape for shape, _ in wanted if shape is not None] == found and same_frames(ir, again)
        if same and _others(ir) == _others(again):
            return None
    lost = tuple(tunable for tunable in missing if tunable.places)
    return SpaceProblem(next(iter(missing), None), error, lost)


def _shape(tunable: Tunable, changes: Mapping[str, Narrowed]) -> Hashable:
    """Return what must stay of a parameter, as ``changes`` have it; ``None`` for one that goes with its
    option."""
    key = _key(tunable.key, tunable, changes)
    if key is None:
        return None
    if tunable.annotation.carrier is Carrier.CODE:
        key = _LINE.sub("/__line", key)
    change = changes.get(tunable.key)
    arguments: list[Hashable] = []
    if tunable.is_choice:
        kept = range(len(tunable.arguments)) if change is None else change.kept
        arguments += [_option(tunable.arguments[index].node) for index in kept]
    else:
        values = tunable.values if change is None else change.args
        arguments += [(type(value), repr(value)) for value in values]
    return (key, tunable.kind, tunable.sampler, tuple(arguments), tunable.surplus, tunable.condition is None)


def _option(node: ast.expr) -> Hashable:
    """Return an option, whose samplers are parameters of their own."""
    return fingerprint(node, {id(call): "a sampler" for call, _ in nested_calls(node)})


def _key(key: str, tunable: Tunable, changes: Mapping[str, Narrowed]) -> str | None:
    """Return the key of a parameter when options went: those of nested ones count the options."""
    # Inner ones first, so that the keys before them are still those of the source.
    for parent, change in sorted(changes.items(), key=lambda entry: -len(entry[0])):
        if not change.parameter.options or not key.startswith(f"{parent}/"):
            continue
        number, slash, rest = key[len(parent) + 1 :].partition("/")
        if tunable.condition is None or not number.isdecimal():
            continue
        if int(number) not in change.kept:
            return None
        key = f"{parent}/{change.kept.index(int(number))}{slash}{rest}"
    return key


def _others(ir: ModuleIR) -> Sequence[Hashable]:
    """Return the reports, constraints and layers of a file, with the statements that they belong to."""
    blocks = {id(block): number for number, block in enumerate(ir.facts.blocks)}

    def place(position: Position) -> Hashable:
        return blocks.get(id(position.block)), position.index

    def described(statement: Statement) -> Hashable:
        arguments = tuple(fingerprint(argument.node) for argument in statement.arguments)
        return statement.verb, arguments, statement.own_line, place(statement.position)

    found: list[Hashable] = [described(statement) for statement in ir.statements]
    found += [(r.text, tuple(name for name, _ in r.names), len(r.unknown)) for r in ir.restrictions]
    found += [(layer.output, described(layer.statement)) for layer in ir.layers]
    return found
