"""Which annotated values a script's arguments replace, in every trial alike."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnic.arguments import commands, words
from nnic.arguments.argument_parsers import ArgumentParsers
from nnic.arguments.given import Given
from nnic.arguments.parser import Log
from nnic.arguments.words import named_value
from nnic.compile.compilation import CompiledFile
from nnic.findings.diagnostics import Diagnostic, Sink
from nnic.findings.suppression import without_suppressed
from nnic.ir import ModuleIR, Place, SlotKind, Tunable, TunableKind
from nnic.syntax.facts import FileFacts

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+(\w+)", re.M)
_ENVIRONMENT = ("envvar", "env_var")
_WORDS = {TunableKind.BUDGET: "the budget ", TunableKind.CHECKPOINT: "the checkpoint directory "}


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that the arguments give, so that a search of it has no effect."""

    key: str
    given: Given


@dataclass(frozen=True, slots=True)
class FixedValues:
    """What the arguments fix, by key, and what a person is told of it."""

    values: tuple[Fixed, ...]
    diagnostics: tuple[Diagnostic, ...]


def find_fixed(
    files: Sequence[CompiledFile], arguments: Sequence[str], environment: Mapping[str, str]
) -> FixedValues:
    """Look for the annotated values of a program that arguments, or variables that an option names, replace.

    Parameters
    ----------
    files
        The program's files.
    arguments
        The script's.
    environment
        The variables of its process.
    """
    libraries = {name.decode() for file in files for name in _IMPORT.findall(file.data)}
    given: dict[str, list[tuple[ModuleIR, Tunable, Given | None]]] = {}
    for file in files:
        if file.ir is None or not file.ir.tunables:
            continue
        found = _given_in(file.ir, arguments, environment, libraries)
        for tunable in file.ir.tunables:
            if tunable.places:
                each = [found.get(id(place.node)) for place in tunable.places]
                given.setdefault(tunable.key, []).append((file.ir, tunable, each[0] if all(each) else None))
    values: list[Fixed] = []
    diagnostics: list[Diagnostic] = []
    for key, uses in given.items():
        first = next((use for _, _, use in uses if use is not None), None)
        if first is None:
            continue
        whole = all(use is not None for _, _, use in uses)
        if whole:
            values.append(Fixed(key, first))
        for ir, tunable, use in uses:
            if use is not None:
                diagnostics += _finding(ir, tunable, use, whole)
    return FixedValues(tuple(values), tuple(diagnostics))


def _finding(ir: ModuleIR, tunable: Tunable, given: Given, whole: bool) -> list[Diagnostic]:
    sink = Sink(ir.source)
    name = tunable.name
    rest = "and is not searched" if whole else "here; it is still searched at its other annotations"
    if tunable.kind is TunableKind.FUNCTION:
        name = f"the choice of {name}"
    message = f"{_WORDS.get(tunable.kind, '')}{name} is fixed by {given.source}: {given.text}, {rest}"
    sink.warning("NNI215", tunable.annotation.span, message, help=f"remove {given.text} to search it")
    found = without_suppressed(ir.source, sink.diagnostics)
    return [diagnostic for diagnostic in found if diagnostic.code == "NNI215"]


def _given_in(
    ir: ModuleIR, arguments: Sequence[str], environment: Mapping[str, str], libraries: set[str]
) -> dict[int, Given]:
    """Return what is given, by the identity of the node of the value that it replaces."""
    facts = ir.facts
    found: dict[int, Given] = {}
    log = Log()
    if arguments and any(word in ir.source.text for word in ("add_argument", "set_defaults")):
        log += ArgumentParsers(facts, arguments).log
    if arguments and commands.uses_commands(facts):
        commands.note_given(facts, arguments, log)
    for call in facts.nodes.of(ast.Call):
        variable = next((k.value for k in call.keywords if k.arg in _ENVIRONMENT), None)
        names = [n.value for n in ast.walk(variable) if isinstance(n, ast.Constant)] if variable else []
        name = next((name for name in names if isinstance(name, str) and name in environment), None)
        if name is not None:
            text = f"{name}={environment[name]}"
            log.insert(0, (call, "", Given(text, (environment[name],), source="your environment")))
    for maker, dest, given in log:
        found |= {id(node): given for node in _defaults(maker)}
        found |= {id(node): given for node in _set_defaults(facts, dest)}
    if not arguments:
        return found
    if "fire" in libraries:
        found |= words.fire_values(facts, arguments)
    own = words.Libraries(libraries)
    if own.fields or "DEFINE_" in ir.source.text:
        called = _Names(facts, own)
        for tunable in ir.tunables:
            for place in tunable.places:
                option = called.of(place, tunable)
                value = None if option is None else named_value(option, arguments, own.overrides)
                if value is not None:
                    found[id(place.node)] = value
    return found


def _defaults(maker: ast.AST) -> Iterator[ast.AST]:
    """Return the nodes that may be annotated where the default of an option is meant."""
    yield maker
    if isinstance(maker, ast.Call):
        yield from (keyword.value for keyword in maker.keywords if keyword.arg == "default")


def _set_defaults(facts: FileFacts, dest: str) -> Iterator[ast.AST]:
    if "set_defaults" in facts.source.text and dest:
        for call in facts.nodes.of(ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "set_defaults":
                yield from (keyword.value for keyword in call.keywords if keyword.arg == dest)


class _Names:
    """What libraries that make a command line of functions and classes call the values of a file."""

    def __init__(self, facts: FileFacts, own: words.Libraries) -> None:
        self._own = own
        self._names: dict[int, str] = {}
        displays = facts.nodes.of(ast.Dict) if own.overrides else []
        for display in displays:
            for key, value in zip(display.keys, display.values):
                if isinstance(key, ast.Constant):
                    self._names[id(value)] = str(key.value)
        for call in facts.nodes.of(ast.Call):
            word = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            for keyword in call.keywords:
                name = keyword.arg if own.overrides and word in ("add_config", "ConfigDict") else None
                if word.startswith("DEFINE_") and keyword.arg == "default" and call.args:
                    name = getattr(call.args[0], "value", None)
                if isinstance(name, str):
                    self._names[id(keyword.value)] = name

    def of(self, place: Place, tunable: Tunable) -> str | None:
        """Return the name of a value; None for one that there is no option for."""
        statement, owner = tunable.position.statement, tunable.position.block.owner
        if isinstance(owner, ast.ClassDef) and place.kind in (SlotKind.TARGET, SlotKind.KEYWORD):
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            target = statement.target if isinstance(statement, ast.AnnAssign) else target
            return target.id if isinstance(target, ast.Name) and self._own.fields else None
        if place.kind is SlotKind.DEFAULT and isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            parameters = {id(default): name for name, default in words.parameters(statement)}
            return parameters.get(id(place.node)) if self._own.fields else None
        return self._names.get(id(place.node))
