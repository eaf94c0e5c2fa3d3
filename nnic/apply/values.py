"""The values of a trial as edits of the places that they go into."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from nnic.apply.fitting import Fitter, enclosed, without_parentheses
from nnic.apply.notation import number_like, rounded, string_like
from nnic.edits import Edit, splice
from nnic.ir import Argument, Carrier, ModuleIR, Place, Tunable
from nnic.lowering.nested import children_of, match_option
from nnic.span import Span
from nnic.syntax.constants import fold
from nnic.syntax.fingerprint import same_tree
from nnic.syntax.parsing import parse_expression
from nnic.syntax.substitution import substitute
from nnic.syntax.texts import one_line
from nnic.syntax.walking import children, walk
from nnic.tuners.space import Absent, Parameter, Value


@dataclass(frozen=True, slots=True)
class Written:
    """The expression ``node`` takes the place of ``place`` at ``span``, written as ``text``."""

    place: ast.expr
    span: Span
    node: ast.expr
    text: str


@dataclass(frozen=True, slots=True)
class ValueWriter:
    """Writes the values of ``config`` in the notation of a file's author.

    Parameters
    ----------
    digits
        Numbers are rounded to as many significant digits, as far as they stay in their range.
    in_code
        Whether samplers that are called in code are replaced too: what they leave open is closed then.
    """

    ir: ModuleIR
    config: Mapping[str, Value]
    parameters: Mapping[str, Parameter]
    digits: int | None = None
    in_code: bool = False
    fitter: Fitter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fitter", Fitter(self.ir))

    def write(self) -> list[Written]:
        """Tell what goes into the places, outer ones first; nothing for what means its value already.

        Raises
        ------
        ValueError
            When a value is none of its parameter's options.
        """
        written: list[Written] = []
        covered = 0
        for tunable, place in outer_first(self.ir):
            passed = tunable.annotation.carrier is Carrier.CODE and not self.in_code
            if tunable.key not in self.config or passed or place.span.start < covered:
                continue
            covered = place.span.end  # in the trial, a value within this one was not read
            written += self._changes(tunable, place.node)
        return written

    def _changes(self, tunable: Tunable, node: ast.expr) -> list[Written]:
        """Tell what has to change in ``node`` for it to be the value of ``tunable``."""
        source = self.ir.source
        own = source.slice(source.span(node))
        if not tunable.is_choice:
            value, current = self._value(tunable), fold(node)
            if type(current) is type(value) and repr(current) == repr(value):
                return []
            text = number_like(value, own)
            return [self._written(node, parse_expression(text), text)]
        option = self._option(tunable)
        nested = self._nested(option.node)
        inside = match_option(option.node, node) if nested else None
        if inside is not None:  # the author's own text of this option, with other numbers in it
            named = [child for child in nested if child.key in self.config]
            return [change for child in named for change in self._changes(child, inside[id(child.call)])]
        wanted = self._expression(option.node)
        if same_tree(wanted, node) or _same_constant(wanted, node):
            return []
        text = self._author_text(tunable, option)
        if isinstance(wanted, ast.Constant) and isinstance(wanted.value, str):
            text = string_like(wanted.value, own) or text
        return [self._written(node, wanted, text)]

    def _written(self, place: ast.expr, node: ast.expr, text: str) -> Written:
        if not self.ir.source.encodable(text):
            text = self._canonical(node)
        return Written(place, self.ir.source.span(place), node, self.fitter.fitted(text, node, place))

    def _canonical(self, node: ast.expr) -> str:
        text = one_line(node, self.ir.source)
        assert text is not None, node
        shorter = without_parentheses(text)
        return shorter if not isinstance(node, ast.Tuple) and _parses_to(shorter, node) else text

    def _value(self, tunable: Tunable) -> float:
        value = self._given(tunable)
        assert isinstance(value, (int, float)), (tunable.key, value)
        if self.digits is None:
            return value
        shorter = rounded(value, self.digits)
        return shorter if self.parameters[tunable.key].contains(shorter) else value

    def _given(self, tunable: Tunable) -> Value:
        if tunable.key not in self.config:
            raise ValueError(f"no value for {tunable.key}, which its option needs")
        return self.config[tunable.key]

    def _option(self, tunable: Tunable) -> Argument:
        value, parameter = self._given(tunable), self.parameters[tunable.key]
        index = parameter.option_of(value)
        if index is None:
            options = ", ".join(map(repr, parameter.options))
            raise ValueError(f"{tunable.key}: {value!r} is not one of its options {options}")
        return tunable.arguments[index]

    def _nested(self, option: ast.expr) -> list[Tunable]:
        """Return the outermost nested parameters of an option."""
        children = children_of(self.ir.tunables)
        inside = [children[id(call)] for call in walk(option) if id(call) in children]
        within = {id(part) for child in inside for part in walk(child.call) if part is not child.call}
        return [child for child in inside if id(child.call) not in within]

    def _expression(self, option: ast.expr) -> ast.expr:
        """Return an option with values for its nested parameters."""
        values: dict[int, ast.expr] = {}
        for child in self._nested(option):
            if child.is_choice:
                values[id(child.call)] = self._expression(self._option(child).node)
            else:
                values[id(child.call)] = parse_expression(repr(self._value(child)))
        return substitute(option, values) if values else option

    def _author_text(self, tunable: Tunable, option: Argument) -> str:
        """Return the option as its author wrote it, on one line, with values for its nested parameters; the
        canonical text where that would mean something else."""
        annotation = tunable.annotation
        start, end = annotation.text.range_of(option.node)
        nested = self._nested(option.node)
        parents = {id(part): node for node in walk(option.node) for part in children(node)} if nested else {}
        edits = []
        for child in nested:
            span = Span(*annotation.text.range_of(child.call))
            if child.is_choice:
                chosen = self._option(child)
                text, value = self._author_text(child, chosen), self._expression(chosen.node)
            else:
                text = number_like(self._value(child), child.arguments[0].source)
                value = parse_expression(text)
            text = enclosed(text, value, child.call, parents.get(id(child.call)))
            edits.append(Edit(Span(span.start - start, span.end - start), text))
        text = one_row(splice(annotation.text.code[start:end], edits))
        wanted = self._expression(option.node)
        return text if _parses_to(text, wanted) else self._canonical(wanted)


def outer_first(ir: ModuleIR) -> list[tuple[Tunable, Place]]:
    """Return every place with its parameter, in source order; one that holds another comes before it."""
    pairs = [(tunable, place) for tunable in ir.tunables for place in tunable.places]
    return sorted(pairs, key=lambda pair: (pair[1].span.start, -pair[1].span.end))


def one_row(text: str) -> str:
    """Return ``text`` with each line break, and the white space around it, as one space or none."""
    text = re.sub(r"[ \t\f]*[\r\n]\s*", "\n", text.strip())
    text = re.sub(r"(?<=[(\[{])\n", "", text)
    return re.sub(r",?\n(?=[)\]}])", "", text).replace("\n", " ")


def _same_constant(first: ast.expr, second: ast.expr) -> bool:
    value, other = fold(first), fold(second)
    return not isinstance(value, Absent) and type(value) is type(other) and repr(value) == repr(other)


def _parses_to(text: str, node: ast.expr) -> bool:
    try:
        return same_tree(parse_expression(text), node)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
