"""Evaluates constant expressions without running anything of the user's."""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable, Mapping

from nnic.tuners.space import ABSENT, Absent, Value

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
# Beyond these a power or product is a mistake, and could take for ever.
_LARGEST_EXPONENT = 1024
_LARGEST_BITS = 4096


def fold_display(node: ast.expr) -> tuple[object, ...] | None:
    """Return what makes two constants, or displays of constants, equal in type and value.

    ``None`` for anything else.
    """
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        parts = [fold_display(element) for element in node.elts]
        return None if None in parts else (type(node), *parts)
    if isinstance(node, ast.Dict):
        parts = [None if part is None else fold_display(part) for part in (*node.keys, *node.values)]
        return None if None in parts else (ast.Dict, *parts)
    value = fold(node)
    return None if isinstance(value, Absent) else (type(value), repr(value))


_Names = Mapping[str, ast.expr]
_Known = dict[str, Value | Absent]


def fold(node: ast.expr, names: _Names | None = None) -> Value | Absent:
    """Return the value of a constant expression, ``ABSENT`` when it is none.

    Literals, arithmetic on numbers, and names that ``names`` maps to constant expressions.
    """
    return _fold(node, names or {}, 0, {})


def _fold(node: ast.expr, names: _Names, depth: int, known: _Known) -> Value | Absent:
    """As :func:`fold`; ``known`` holds the names whose values were worked out on the way."""
    if depth > 50:
        return ABSENT
    if isinstance(node, ast.Constant):
        value = node.value
        return value if value is None or isinstance(value, (bool, int, float, str)) else ABSENT
    if isinstance(node, ast.UnaryOp):
        operand = _fold(node.operand, names, depth + 1, known)
        if _is_number(operand) and isinstance(node.op, (ast.USub, ast.UAdd)):
            return -operand if isinstance(node.op, ast.USub) else +operand  # type: ignore[operator]
        return ABSENT
    if isinstance(node, ast.BinOp):
        return _fold_binary(node, names, depth, known)
    if isinstance(node, ast.Name) and node.id in names:
        if node.id not in known:
            known[node.id] = _fold(names[node.id], names, depth + 1, known)
        return known[node.id]
    return ABSENT


def _fold_binary(node: ast.BinOp, names: _Names, depth: int, known: _Known) -> Value | Absent:
    operation = _BINARY.get(type(node.op))
    left = _fold(node.left, names, depth + 1, known)
    right = _fold(node.right, names, depth + 1, known)
    if operation is None or not _is_number(left) or not _is_number(right):
        return ABSENT
    assert isinstance(left, (int, float))
    assert isinstance(right, (int, float))
    if isinstance(node.op, ast.Pow) and abs(right) > _LARGEST_EXPONENT:
        return ABSENT
    if any(isinstance(number, int) and number.bit_length() > _LARGEST_BITS for number in (left, right)):
        return ABSENT
    try:
        result = operation(left, right)
    except (ArithmeticError, ValueError):
        return ABSENT
    return result if isinstance(result, (int, float)) else ABSENT


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_finite_number(value: object) -> bool:
    """Tell whether ``value`` is a number that a float can hold; ``bool``, infinity and NaN are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    # Tuners compute with floats.
    return abs(value) <= sys.float_info.max
