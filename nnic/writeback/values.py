"""The values of a trial as replacements of the slots that they stand for."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from nnic.ir import Argument, ModuleIR, Place, Tunable
from nnic.syntax.constants import fold
from nnic.syntax.fingerprint import same_tree
from nnic.syntax.span import Span
from nnic.syntax.texts import one_line
from nnic.tuners.space import Absent, Parameter, Sampler, Value
from nnic.writeback.edits import Replacement
from nnic.writeback.notation import number_like, rounded, string_like

_ATOMS = (
    ast.Constant,
    ast.Name,
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.JoinedStr,
)


@dataclass(frozen=True, slots=True)
class Written:
    """The expression ``node`` takes the place of ``place``, written as ``text``."""

    place: Place
    node: ast.expr
    text: str


@dataclass(frozen=True, slots=True)
class ValueWriter:
    """Writes the values of ``config`` in the notation of a file's author.

    ``digits`` rounds numbers to as many significant digits, as far as they stay in their range.
    """

    ir: ModuleIR
    config: Mapping[str, Value]
    parameters: Mapping[str, Parameter]
    digits: int | None = None

    def write(self) -> list[Written]:
        """What goes into the slots, outer ones first; nothing for what means its value already.

        Raises
        ------
        ValueError
            When a value is none of its parameter's options.
        """
        written = []
        covered = -1
        for tunable, place in _outer_first(self.ir):
            if tunable.key not in self.config or place.span.start < covered:
                continue
            covered = place.span.end  # in the trial, a value within this one was not read
            change = self._written(tunable, place)
            if change is not None:
                written.append(change)
        return written

    def _written(self, tunable: Tunable, place: Place) -> Written | None:
        value = self.config[tunable.key]
        own = self.ir.source.slice(place.span)
        if tunable.sampler is Sampler.CHOICE:
            node, text = self._option(tunable, value)
            if same_tree(node, place.node) or _same_constant(node, place.node):
                return None
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = string_like(node.value, own) or text
        else:
            current = fold(place.node)
            if type(current) is type(value) and repr(current) == repr(value):
                return None
            text = self._number(tunable, own)
            node = ast.parse(text, mode="eval").body
        if not self.ir.source.encodable(text):
            text = one_line(node, self.ir.source) or text
        return Written(place, node, text)

    def _number(self, tunable: Tunable, pattern: str) -> str:
        value = self.config[tunable.key]
        assert isinstance(value, (int, float)), (tunable.key, value)
        if self.digits is not None:
            shorter = rounded(value, self.digits)
            value = shorter if self.parameters[tunable.key].contains(shorter) else value
        return number_like(value, pattern)

    def _option(self, tunable: Tunable, value: Value) -> tuple[ast.expr, str]:
        """The tree and the author's text of the option that ``value`` names."""
        parameter = self.parameters[tunable.key]
        index = parameter.option_of(value)
        if index is None:
            options = ", ".join(map(repr, parameter.options))
            raise ValueError(f"{tunable.key}: {value!r} is none of its options {options}")
        argument = tunable.arguments[index]
        return argument.node, self._author_text(argument, argument.node, argument.source)

    def _author_text(self, argument: Argument, node: ast.expr, source: str) -> str:
        """``source`` on one line, where it still means ``node``; else the canonical text."""
        text = one_row(source)
        if not isinstance(node, _ATOMS):
            text = f"({text})"
        if _parses_to(text, node):
            return text
        canonical = one_line(node, self.ir.source)
        assert canonical is not None, argument
        return canonical


def restored(ir: ModuleIR, original: ModuleIR) -> list[Written]:
    """The texts that ``original``, an earlier state of the file, has in its slots.

    Raises
    ------
    ValueError
        When they are not those of ``ir``.
    """
    now, then = _outer_first(ir), _outer_first(original)
    if [tunable.key for tunable, _ in now] != [tunable.key for tunable, _ in then]:
        raise ValueError(f"{ir.source.path} has other parameters than when it was searched")
    written = []
    covered = -1
    for (_, place), (_, earlier) in zip(now, then):
        text = original.source.slice(earlier.span)
        if place.span.start >= covered and text != ir.source.slice(place.span):
            written.append(Written(place, earlier.node, text))
            covered = place.span.end
    return written


def _outer_first(ir: ModuleIR) -> list[tuple[Tunable, Place]]:
    pairs = [(tunable, place) for tunable in ir.tunables for place in tunable.places]
    return sorted(pairs, key=lambda pair: (pair[1].span.start, -pair[1].span.end))


def one_row(text: str) -> str:
    """``text`` with each line break, and the white space around it, as one space or none."""
    text = re.sub(r"[ \t\f]*[\r\n]\s*", "\n", text.strip())
    text = re.sub(r"(?<=[(\[{])\n", "", text)
    return re.sub(r",?\n(?=[)\]}])", "", text).replace("\n", " ")


def replacements(ir: ModuleIR, written: list[Written]) -> list[Replacement]:
    """``written`` as replacements in the file's text."""
    text = ir.source.text
    return [Replacement(w.place.span, _detached(text, w.place.span, w.text)) for w in written]


def _detached(text: str, span: Span, replacement: str) -> str:
    """``replacement`` in parentheses where it would grow together with what stands beside it."""
    before, after = text[span.start - 1 : span.start], text[span.end : span.end + 1]
    first, last = replacement[:1], replacement[-1:]
    joins = (_is_word(before) and (_is_word(first) or first in "'\".")) or (
        _is_word(after) and (_is_word(last) or last == ".")
    )
    if joins or (after == "." and (last.isdigit() or last == ".")):
        return f"({replacement})"
    return replacement


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _same_constant(first: ast.expr, second: ast.expr) -> bool:
    value, other = fold(first), fold(second)
    return not isinstance(value, Absent) and type(value) is type(other) and repr(value) == repr(other)


def _parses_to(text: str, node: ast.expr) -> bool:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return same_tree(ast.parse(text, mode="eval").body, node)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
