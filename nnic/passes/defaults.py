"""Finds the script's own value of every parameter, and whether it lies within the space."""

from __future__ import annotations

import ast
from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.ir import Carrier, ModuleIR, Tunable, TunableKind
from nnic.lowering.command_lines import converted_default
from nnic.lowering.nested import children_of, match_option, nested_calls
from nnic.passes.lists import elements_as_options, is_listed
from nnic.span import Span
from nnic.syntax.constants import fold, fold_display, is_finite_number
from nnic.syntax.fingerprint import fingerprint
from nnic.tuners.space import ABSENT, Absent, Parameter, Sampler, Value

_DISPLAYS = (ast.Tuple, ast.List, ast.Set, ast.Dict)
_LONGEST_SHOWN = 80


def find_defaults(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Fill ``default`` and ``integer``; what the source has in the place of a nested sampler is its own
    value too."""
    finder = _Finder(ir, sink)
    return replace(ir, tunables=tuple(finder.with_default(tunable) for tunable in ir.tunables))


class _Finder:
    def __init__(self, ir: ModuleIR, sink: Sink) -> None:
        self._source = ir.source
        self._facts = ir.facts
        self._sink = sink
        self._children = children_of(ir.tunables)
        # What stands in the source for nested samplers, by the id of their calls.
        self._originals: dict[int, ast.expr] = {}

    def with_default(self, tunable: Tunable) -> Tunable:
        original = self._original(tunable)
        if tunable.kind is TunableKind.CHECKPOINT:
            return tunable
        if not tunable.is_choice:
            return self._number(tunable, original)
        return tunable if original is None else self._choice(tunable, original)

    def _original(self, tunable: Tunable) -> ast.expr | None:
        """Return the script's own expression, or ``None`` where there is none, or several that differ."""
        if tunable.annotation.carrier is Carrier.CODE:
            return None  # the sampler itself
        if not tunable.places:
            return self._originals.get(id(tunable.call))
        if len(tunable.places) > 1 and len({fingerprint(place.node) for place in tunable.places}) > 1:
            return None  # the script's own values are no single point of the space
        return tunable.place.node

    def _choice(self, tunable: Tunable, original: ast.expr) -> Tunable:
        default = self._option(tunable, original)
        if isinstance(default, Absent) and not is_listed(tunable):
            default = fold(original)
            display = isinstance(original, _DISPLAYS) and fold_display(original) is not None
            plain = display and all(fold_display(a.node) is not None for a in tunable.arguments)
            if plain or not isinstance(default, Absent):
                self._report(tunable, original, "is not among the options")
        return replace(tunable, default=default)

    def _option(self, tunable: Tunable, original: ast.expr) -> Value | Absent:
        """Return the option that is the original: by tree, then by type and value."""
        wanted = fingerprint(original)
        for argument, value in zip(tunable.arguments, tunable.values):
            if fingerprint(argument.node) == wanted:
                return value
        matches = []
        for argument, value in zip(tunable.arguments, tunable.values):
            nested = nested_calls(argument.node)
            found = match_option(argument.node, original) if nested else None
            if found is not None:
                matches.append((found, value))
        if matches:
            # A sampler stands for any value, and the one in whose range the own value lies is meant.
            found, value = next((match for match in matches if self._contains(match[0])), matches[0])
            self._originals.update(found)
            return value
        display = fold_display(original) if isinstance(original, _DISPLAYS) else None
        for argument, value in zip(tunable.arguments, tunable.values):
            if display is not None and fold_display(argument.node) == display:
                return value
        constant = self._own(tunable, original)
        if isinstance(constant, Absent):
            return ABSENT
        for argument, value in zip(tunable.arguments, tunable.values):
            option = fold(argument.node)
            if type(option) is type(constant) and option == constant:
                return value
        return ABSENT

    def _contains(self, originals: dict[int, ast.expr]) -> bool:
        """Tell whether the values that stand in the source for samplers may come from them."""
        for call, node in originals.items():
            child = self._children.get(call)
            value = fold(node)
            if child is None or (isinstance(value, Absent) and not child.is_choice):
                continue
            if child.is_choice:
                if isinstance(self._option(child, node), Absent):
                    return False
            elif not isinstance(value, Absent) and not _parameter(child).contains(value):
                return False
        return True

    def _own(self, tunable: Tunable, original: ast.expr) -> Value | Absent:
        """Return the constant that the program gets: an option of a command line may make a number of it."""
        value = fold(original)
        if not isinstance(value, str) or not tunable.places:
            return value
        return converted_default(tunable.position.statement, original, value, self._facts)

    def _number(self, tunable: Tunable, original: ast.expr | None) -> Tunable:
        default = ABSENT if original is None else self._own(tunable, original)
        if isinstance(default, float) and not is_finite_number(default):
            default = ABSENT
        integers = all(isinstance(value, int) for value in tunable.values)
        stepped = tunable.sampler.quantized or tunable.kind is TunableKind.BUDGET
        integer = stepped and integers and not isinstance(default, float)
        tunable = replace(tunable, default=default, integer=tunable.sampler is Sampler.RANDINT or integer)
        known = original is not None and not isinstance(default, Absent) and tunable.is_parameter
        if known and not _parameter(tunable).contains(default):
            assert original is not None
            self._report(tunable, original, f"lies outside of {_described(tunable)}")
        return tunable

    def _report(self, tunable: Tunable, original: ast.expr, why: str) -> None:
        """Point at the annotation: the value itself is the user's to choose."""
        arguments = tunable.arguments
        only = arguments[0].node if len(arguments) == 1 else None
        own = self._source.slice(self._source.span(original))
        help, fix = None, _with_own(tunable, own)
        if isinstance(only, (ast.List, ast.Tuple)) and only.elts and not isinstance(original, _DISPLAYS):
            help = "this list is a single option; without the brackets its elements are the options"
            fix = elements_as_options(tunable)
        start = min(argument.span.start for argument in arguments)
        end = max(argument.span.end for argument in arguments)
        self._sink.warning(
            "NNI202",
            Span(start, end),
            f"the script's own value {_shown(original, own)} {why}",
            help=help,
            fix=fix,
            related=[self._sink.related(self._source.span(original), "the script's own value")],
        )


def _shown(original: ast.expr, own: str) -> str:
    """Return the own value with its author's quotes, and a number as Python prints it."""
    value = fold(original)
    written = isinstance(value, (str, Absent)) and "\n" not in own and len(own) <= _LONGEST_SHOWN
    if written:
        return own
    return ast.unparse(original) if isinstance(value, Absent) else repr(value)


def _with_own(tunable: Tunable, own: str) -> Fix | None:
    """Return the choice with the script's own value among its options."""
    if tunable.kind is not TunableKind.VALUE or not tunable.is_choice or not tunable.places or "\n" in own:
        return None
    options = ", ".join(" ".join(argument.source.split()) for argument in tunable.arguments)
    return Fix(f"nni.choice({options}, {own})", tunable.annotation.text.adding(tunable.call, own))


def _parameter(tunable: Tunable) -> Parameter:
    return Parameter(tunable.key, tunable.sampler, tunable.values, integer=tunable.integer)


def _described(tunable: Tunable) -> str:
    return f"nni.{tunable.sampler.value}({', '.join(argument.source for argument in tunable.arguments)})"
