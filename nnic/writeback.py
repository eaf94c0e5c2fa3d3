"""Writes a configuration over the values that it stands for, in the author's notation."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from nnic.ir import ModuleIR, Place, Tunable
from nnic.source import SourceFile
from nnic.syntax.constants import fold
from nnic.syntax.fingerprint import same_tree
from nnic.syntax.span import Span
from nnic.syntax.texts import one_line
from nnic.tuners.space import Parameter, Sampler, Value


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a file that belongs to a parameter; a tied parameter has several.

    ``span`` counts characters of the source from 0, ``line`` and ``column`` from 1; ``text`` is
    what stands there.
    """

    key: str
    span: Span
    line: int
    column: int
    text: str


def slots_of_ir(ir: ModuleIR) -> tuple[Slot, ...]:
    """The slots of a file in source order."""
    slots = []
    for tunable in ir.tunables:
        for place in tunable.places:
            line, column = ir.source.lines.location(place.span.start)
            slots.append(Slot(tunable.key, place.span, line, column, ir.source.slice(place.span)))
    return tuple(sorted(slots, key=lambda slot: (slot.span.start, -slot.span.end)))


def write_values(ir: ModuleIR, config: Mapping[str, Value], parameters: Mapping[str, Parameter]) -> str:
    """The source of ``ir`` with the values of ``config`` in their slots.

    A value that equals the one in the source leaves it as it is.

    Raises
    ------
    ValueError
        When a value is none of its parameter's options.
    """
    edits: list[tuple[Span, str]] = []
    for tunable in ir.tunables:
        if tunable.key not in config:
            continue
        for place in tunable.places:
            text = _replacement(tunable, place, config[tunable.key], parameters[tunable.key], ir.source)
            if text is not None:
                edits.append((place.span, text))
    return _spliced(ir.source.text, edits)


def _spliced(text: str, edits: list[tuple[Span, str]]) -> str:
    parts = []
    position = 0
    for span, replacement in sorted(edits, key=lambda edit: (edit[0].start, -edit[0].end)):
        if span.start < position:
            continue  # a value within one that was replaced as a whole
        parts += [text[position : span.start], replacement]
        position = span.end
    return "".join([*parts, text[position:]])


def _replacement(
    tunable: Tunable, place: Place, value: Value, parameter: Parameter, source: SourceFile
) -> str | None:
    """The new text of ``place``; ``None`` where it means ``value`` already."""
    if tunable.sampler is Sampler.CHOICE:
        return _option_text(tunable, place, value, parameter, source)
    current = fold(place.node)
    assert isinstance(value, (int, float))
    if type(current) is not bool and isinstance(current, (int, float)) and current == value:
        return None
    return number_like(value, source.slice(place.span))


def _option_text(
    tunable: Tunable, place: Place, value: Value, parameter: Parameter, source: SourceFile
) -> str | None:
    index = parameter.option_of(value)
    if index is None:
        raise ValueError(f"{tunable.key}: {value!r} is none of its options {list(parameter.options)!r}")
    argument = tunable.arguments[index]
    if same_tree(argument.node, place.node):
        return None
    text = argument.source
    if "\n" in text or "\r" in text or not source.encodable(text):
        canonical = one_line(argument.node, source)
        assert canonical is not None
        return canonical
    atomic = (ast.Constant, ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set)
    return text if isinstance(argument.node, atomic) else f"({text})"


def number_like(value: float, pattern: str) -> str:
    """``value`` in the notation of the literal ``pattern``: ``2.4e-3`` where it is ``1e-3``,
    ``20_000`` where it is ``10_000``."""
    pattern = pattern.strip().lower()
    if isinstance(value, int):
        return f"{value:_}" if "_" in pattern else str(value)
    if "e" in pattern and not pattern.startswith("0x"):
        return _scientific(value)
    return repr(value)


def _scientific(value: float) -> str:
    from decimal import Decimal

    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    if not any(digits):
        return repr(value)
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    mantissa = f"{first}.{rest}" if rest else first
    return f"{'-' if sign else ''}{mantissa}e{exponent + len(digits) - 1}"
