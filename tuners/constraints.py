"""How far a configuration is from satisfying the constraints of a program.

An expression is walked as a tree of known nodes; nothing of it is executed.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

from nnic.tuners.space import Config, Constraint

_OPERATORS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "round": round,
    "int": int,
    "float": float,
    "sum": sum,
    "len": len,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "exp": math.exp,
    "sqrt": math.sqrt,
}
_SATISFIED: Final = -1.0
_VIOLATED: Final = 1.0
_BARELY: Final = 5e-324  # This is how far ``a < b`` is from holding where both are equal.


class _Inactive(Exception):
    """A name stands for a parameter that does not exist in the configuration."""


class ConstraintSet:
    """The constraints of a problem, ready to be evaluated.

    Parameters
    ----------
    constraints
        Expressions of comparisons joined by ``and``, ``or`` and ``not``; within them arithmetic,
        ``in``, tuples and lists, and the functions ``abs``, ``min``, ``max``, ``sum``, ``len``,
        ``round``, ``int``, ``float``, ``log``, ``log2``, ``log10``, ``exp`` and ``sqrt``.

    Raises
    ------
    ValueError
        When an expression does not parse, or holds anything else, or a name that it does not map.
    """

    def __init__(self, constraints: Sequence[Constraint]) -> None:
        self._compiled = [_Compiled(constraint) for constraint in constraints]

    def __len__(self) -> int:
        return len(self._compiled)

    def violations(self, config: Config) -> tuple[float, ...]:
        """One number for each constraint: at most 0 where it holds, else how far it is from holding."""
        return tuple(compiled.violation(config) for compiled in self._compiled)

    def violation(self, config: Config) -> float:
        """The sum over the constraints that do not hold; 0 when all of them do."""
        return sum((max(v, 0.0) for v in self.violations(config)), 0.0)


def violation(constraint: Constraint, config: Config) -> float:
    """How far ``config`` is from satisfying ``constraint``.

    Returns
    -------
    float
        A number that is at most 0 where it holds. ``a <= b`` gives ``a - b``, ``a == b`` the
        distance; conditions without one (``!=``, ``in``, text, truth) give -1 or 1; ``and`` is the larger,
        ``or`` the smaller one. It is 0 where the constraint speaks of a parameter that is inactive;
        ``and`` goes by its other parts then. It is ``inf`` where the arithmetic fails (``1 / 0``).

    Raises
    ------
    ValueError
        When the expression is one that :class:`ConstraintSet` refuses, or compares a number with a text.
    """
    return _Compiled(constraint).violation(config)


class _Compiled:
    """A parsed constraint."""

    def __init__(self, constraint: Constraint) -> None:
        self._expression = constraint.expression
        self._keys = dict(constraint.names)
        try:
            self._tree = ast.parse(constraint.expression.strip(), mode="eval").body
        except SyntaxError as error:
            raise ValueError(
                f"the constraint {self._expression!r} is not an expression: {error.msg}"
            ) from None
        self._check(self._tree)

    def violation(self, config: Config) -> float:
        try:
            return self._truth(self._tree, config)
        except _Inactive:
            return 0.0
        except (ArithmeticError, OverflowError):
            return math.inf
        except (TypeError, AttributeError) as error:
            raise ValueError(f"the constraint {self._expression!r} cannot be evaluated: {error}") from None
        except ValueError as error:
            if "math domain" in str(error) or "expected a" in str(error):
                return math.inf
            raise ValueError(f"the constraint {self._expression!r} cannot be evaluated: {error}") from None

    def _check(self, node: ast.AST) -> None:
        if ast_key(node) in self._keys:
            return
        if isinstance(node, ast.Name):
            raise ValueError(f"the constraint {self._expression!r} names no parameter by {node.id!r}")
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.func.id not in _FUNCTIONS or node.keywords:
                self._refuse(node)
            children: list[ast.AST] = list(node.args)
        elif isinstance(node, ast.BinOp):
            if type(node.op) not in _OPERATORS and not isinstance(node.op, ast.Pow):
                self._refuse(node)
            children = [node.left, node.right]
        elif isinstance(node, ast.UnaryOp):
            if isinstance(node.op, ast.Invert):
                self._refuse(node)
            children = [node.operand]
        elif isinstance(node, ast.Compare):
            children = [node.left, *node.comparators]
        elif isinstance(node, ast.BoolOp):
            children = list(node.values)
        elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            children = list(node.elts)
        elif isinstance(node, ast.Constant):
            children = []
        else:
            self._refuse(node)
            return
        for child in children:
            self._check(child)

    def _refuse(self, node: ast.AST) -> None:
        raise ValueError(f"the constraint {self._expression!r} cannot hold {ast.unparse(node)!r}")

    def _truth(self, node: ast.AST, config: Config) -> float:
        if isinstance(node, ast.BoolOp):
            if isinstance(node.op, ast.Or):
                return min(self._truth(value, config) for value in node.values)
            return self._all(node.values, config)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self._truth(node.operand, config)
            return -inner if inner else _BARELY
        if isinstance(node, ast.Compare):
            values = [self._value(part, config) for part in (node.left, *node.comparators)]
            return max(_compare(op, a, b) for op, a, b in zip(node.ops, values, values[1:]))
        return _SATISFIED if self._value(node, config) else _VIOLATED

    def _all(self, parts: Sequence[ast.AST], config: Config) -> float:
        found = []
        for part in parts:
            try:
                found.append(self._truth(part, config))
            except _Inactive:
                continue
        if not found:
            raise _Inactive
        return max(found)

    def _value(self, node: ast.AST, config: Config) -> Any:
        key = self._keys.get(ast_key(node))
        if key is not None:
            if key not in config:
                raise _Inactive
            return config[key]
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return [self._value(part, config) for part in node.elts]
        if isinstance(node, ast.BinOp):
            left, right = self._value(node.left, config), self._value(node.right, config)
            return (
                _power(left, right)
                if isinstance(node.op, ast.Pow)
                else _OPERATORS[type(node.op)](left, right)
            )
        if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
            operand = self._value(node.operand, config)
            return -operand if isinstance(node.op, ast.USub) else +operand
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            return _FUNCTIONS[node.func.id](*(self._value(part, config) for part in node.args))
        return self._truth(node, config) <= 0


def ast_key(node: ast.AST) -> str:
    """The text by which a name, an attribute or a subscript may stand for a parameter."""
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) else ""


def _compare(op: ast.cmpop, left: Any, right: Any) -> float:
    if isinstance(op, (ast.In, ast.NotIn)):
        return _SATISFIED if (left in right) is isinstance(op, ast.In) else _VIOLATED
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _SATISFIED if (left is right) is isinstance(op, ast.Is) else _VIOLATED
    if isinstance(op, (ast.Eq, ast.NotEq)):
        if isinstance(op, ast.NotEq):
            return _SATISFIED if left != right else _VIOLATED
        if left == right:
            return 0.0
        return float(abs(left - right)) if _numbers(left, right) else _VIOLATED
    if isinstance(op, (ast.Gt, ast.GtE)):
        left, right = right, left
    if not _numbers(left, right):
        strict = left < right if isinstance(op, (ast.Lt, ast.Gt)) else left <= right
        return _SATISFIED if strict else _VIOLATED
    distance = float(left - right)
    return _BARELY if left == right and isinstance(op, (ast.Lt, ast.Gt)) else distance


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, (int, float)) for value in values)


def _power(base: Any, exponent: Any) -> Any:
    # Towers of integers would not end; floats overflow instead.
    if (
        isinstance(base, int)
        and isinstance(exponent, int)
        and not (0 <= exponent <= 64 and abs(base) < 2**64)
    ):
        return float(base) ** exponent
    return base**exponent
