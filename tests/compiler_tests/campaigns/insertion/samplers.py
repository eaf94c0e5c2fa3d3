"""Random samplers for a value, and the default that a parameter with them has."""

from __future__ import annotations

import ast
import operator
import random
import warnings
from dataclasses import dataclass

from nnic.syntax.parsing import parse_expression

UNKNOWN = object()
_OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_NUMERIC = (
    "uniform(0, 9.5)",
    "uniform(low=-1, high=1.5)",
    "loguniform(1e-5, 10**2)",
    "randint(1, 900)",
    "quniform(0, 100, q=5)",
    "qloguniform(1, 100, 2)",
    "normal(0, 1)",
    "qnormal(mu=5, sigma=2.5, q=0.5)",
    "lognormal(0, 1.5)",
    "qlognormal(1, 1, 1)",
)
_OPTIONS = (
    "1",
    "2.5",
    "'a'",
    '"b # c"',
    "None",
    "True",
    "-3",
    "[1, 2]",
    "{'k': (1, 2)}",
    "len",
    "(lambda q: q)",
    "3 * 4",
)
_EFFECTS = (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr, ast.JoinedStr, ast.comprehension)


@dataclass(frozen=True, slots=True)
class Sampler:
    """``call`` is without ``nni.``; ``default`` what a parameter for the value has, ``UNKNOWN`` for none."""

    word: str
    call: str
    default: object


def make_sampler(value: ast.expr, text: str, rng: random.Random) -> Sampler:
    """A sampler that may stand for ``value``; numeric ones only for what may be a number."""
    own = own_value(value)
    number = own is UNKNOWN or (isinstance(own, (int, float)) and not isinstance(own, bool))
    if number and rng.random() < 0.5:
        call = rng.choice(_NUMERIC)
        return Sampler(call.partition("(")[0], call, own)
    options = rng.sample(_OPTIONS, rng.randint(1, 4))
    source = ast.get_source_segment(text, value) or ""
    if rng.random() < 0.4 and _may_be_option(value, source):
        options = [option for option in options if _value_of(option) != option_value(value)]
        options.insert(rng.randint(0, len(options)), source)
    return Sampler("choice", f"choice({', '.join(options)})", _default(value, options))


def _default(value: ast.expr, options: list[str]) -> object:
    """The option that is the value, by tree, else by type and value; failing that the constant itself."""
    nodes = [parse_expression(option) for option in options]
    for node in nodes:
        if ast.dump(node) == ast.dump(value):
            return option_value(node)
    own = own_value(value)
    for node in nodes:
        option = own_value(node)
        if own is not UNKNOWN and type(option) is type(own) and option == own:
            return option_value(node)
    return own


def _value_of(option: str) -> object:
    return option_value(parse_expression(option))


def _may_be_option(value: ast.expr, source: str) -> bool:
    """Whether the value's own text is an option on one line that neither binds nor suspends."""
    if is_printed_otherwise(value):
        return False
    if not source or "\n" in source or "\r" in source or "\\" in source or "@" in source or len(source) > 60:
        return False
    if isinstance(value, (ast.Starred, ast.Constant)) and isinstance(
        getattr(value, "value", None), (str, bytes)
    ):
        return source[0] in "'\"" and source.isascii()
    try:
        call = parse_expression(f"f({source})")
    except SyntaxError:
        return False
    whole = isinstance(call, ast.Call) and [ast.dump(node) for node in call.args] == [ast.dump(value)]
    return whole and source.isascii() and not any(isinstance(node, _EFFECTS) for node in ast.walk(value))


def is_printed_otherwise(node: ast.expr) -> bool:
    """Whether astor, as it is today, does not print a part of it as under NNI's Python: ``x[:, 0]``,
    and f-strings, which it can't print at all since 3.14."""
    if any(isinstance(part, ast.JoinedStr) for part in ast.walk(node)):
        return True
    slices = [part.slice for part in ast.walk(node) if isinstance(part, ast.Subscript)]
    return any(isinstance(s, ast.Tuple) and any(isinstance(e, ast.Slice) for e in s.elts) for s in slices)


def option_value(node: ast.expr) -> object:
    """What stands for an option: a plain literal's value, else astor's text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float, str, type(None))):
        return node.value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import astor

        return astor.to_source(node).strip('\n"')


def own_value(node: ast.expr) -> object:
    """The value of a constant: a literal, or arithmetic on numbers; else ``UNKNOWN``."""
    if isinstance(node, ast.Constant):
        plain = isinstance(node.value, (bool, int, float, str, type(None)))
        return node.value if plain else UNKNOWN
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        operand = own_value(node.operand)
        if isinstance(operand, bool) or not isinstance(operand, (int, float)):
            return UNKNOWN
        return -operand if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp):
        operands = [own_value(node.left), own_value(node.right)]
        if any(isinstance(o, bool) or not isinstance(o, (int, float)) for o in operands):
            return UNKNOWN
        if isinstance(node.op, ast.Pow) and abs(operands[1]) > 1024:  # type: ignore[operator, arg-type]
            return UNKNOWN
        operation = _OPERATIONS.get(type(node.op))
        try:
            return UNKNOWN if operation is None else operation(*operands)
        except ArithmeticError:
            return UNKNOWN
    return UNKNOWN
