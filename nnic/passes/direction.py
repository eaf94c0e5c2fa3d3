"""Tells by the names of metrics which direction is better.

No pass of the compiler: which direction is searched only a run knows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR
from nnic.lowering.samplers import is_nni_call
from nnic.passes.metric_words import (
    LARGE_IS_GOOD,
    LARGE_PERHAPS,
    QUALIFIERS,
    SMALL_IS_GOOD,
    SMALL_PAIRS,
    TURNED,
)
from nnic.span import Span

_FINAL = "report_final_result"
_VERBS = frozenset({_FINAL, "report_intermediate_result"})
_WORDS = re.compile(r"[A-Z]+[0-9]*(?![a-z])|[A-Z]?[a-z]+[0-9]*")
# Calls that give the same number in another form.
_CONVERSIONS = frozenset(
    {"float", "item", "mean", "sum", "detach", "cpu", "numpy", "round", "tolist", "min", "max", "abs"}
)


@dataclass(frozen=True, slots=True)
class NamedMetric:
    """A metric that is reported under a name.

    Parameters
    ----------
    small
        Whether its name says that less is better.
    large, perhaps
        Whether its name says that more is better, or may say so.
    """

    name: str
    span: Span
    final: bool
    small: bool
    large: bool
    perhaps: bool


def named_metrics(ir: ModuleIR) -> tuple[NamedMetric, ...]:
    """Return the metrics that a file reports under names, each name once for final results and once for
    others."""
    found: dict[tuple[str, bool], NamedMetric] = {}
    for node, span, final in _metrics(ir):
        name = _name(node)
        if name is not None and (name, final) not in found and not _is_negated(node, ir):
            found[name, final] = _judged(name, span, final)
    return tuple(found.values())


def check_direction(ir: ModuleIR, maximize: bool, sink: Sink) -> None:
    """Warn of metrics whose names speak against the direction that was asked for; of each name once."""
    option, other = ("--maximize", "--minimize") if maximize else ("--minimize", "--maximize")
    seen = set()
    for metric in named_metrics(ir):
        if metric.name in seen or not (metric.small if maximize else metric.large):
            continue
        seen.add(metric.name)
        message = f"{metric.name} is reported, and the run searches with {option}"
        sink.warning("NNI211", metric.span, message, help=f"nnic run {other}, or report the negated value")


def _judged(name: str, span: Span, final: bool) -> NamedMetric:
    words = [word.lower() for word in _WORDS.findall(name)]
    if TURNED.intersection(words):
        return NamedMetric(name, span, final, False, False, True)
    while len(words) > 1 and words[-1] in QUALIFIERS:
        words.pop()
    last = words[-1] if words else ""
    small = last in SMALL_IS_GOOD or tuple(words[-2:]) in SMALL_PAIRS
    large = last in LARGE_IS_GOOD
    return NamedMetric(name, span, final, small, large, not small and last in LARGE_PERHAPS)


def _metrics(ir: ModuleIR) -> Iterator[tuple[ast.expr, Span, bool]]:
    for statement in ir.statements:
        for argument in statement.arguments:
            yield argument.node, argument.span, statement.verb == _FINAL
    if "report_" not in ir.source.text or "nni." not in ir.source.text:
        return
    for node in ir.facts.nodes.of(ast.Call):
        if is_nni_call(node, _VERBS) and node.args and isinstance(node.func, ast.Attribute):
            yield node.args[0], ir.source.span(node.args[0]), node.func.attr == _FINAL


def _is_negated(node: ast.expr, ir: ModuleIR) -> bool:
    """Return whether a metric is a variable that the file gives arithmetic alone, such as ``-loss``."""
    if not isinstance(node, ast.Name):
        return False
    values = [
        assign.value
        for assign in ir.facts.nodes.of(ast.Assign)
        if any(isinstance(target, ast.Name) and target.id == node.id for target in assign.targets)
    ]
    return bool(values) and all(_turns(value) for value in values)


def _turns(value: ast.expr) -> bool:
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.USub)
    # 1 - error, 1 / loss
    return (
        isinstance(value, ast.BinOp)
        and isinstance(value.op, (ast.Sub, ast.Div))
        and isinstance(value.left, ast.Constant)
    )


def _name(node: ast.expr) -> str | None:
    """Return the name of what an expression is, or ``None`` for arithmetic, which may turn it round."""
    if isinstance(node, ast.Dict):
        entries = zip(node.keys, node.values)
        return next(
            (_name(v) for k, v in entries if isinstance(k, ast.Constant) and k.value == "default"), None
        )
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute):
            converted = function.attr in _CONVERSIONS
            if converted and isinstance(function.value, ast.Name) and function.value.id in _MODULES:
                return _name(node.args[0]) if node.args else None
            return _name(function.value if converted else function)
        converts = isinstance(function, ast.Name) and function.id in _CONVERSIONS and node.args
        return _name(node.args[0] if converts else function)
    if isinstance(node, ast.Subscript):
        key = node.slice
        named = isinstance(key, ast.Constant) and isinstance(key.value, str)
        return key.value if named else _name(node.value)  # type: ignore[attr-defined]
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


_MODULES = frozenset({"np", "numpy", "torch", "math", "statistics", "jnp"})
