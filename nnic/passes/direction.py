"""Warns of a metric whose name says that the run searches the wrong way.

No pass of the compiler: which way is better only a run knows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR
from nnic.lowering.samplers import is_nni_call
from nnic.span import Span

_VERBS = frozenset({"report_final_result", "report_intermediate_result"})
_SMALL_IS_GOOD = frozenset(
    {"loss", "losses", "error", "errors", "mse", "rmse", "mae", "mape", "nll", "perplexity"}
)
_LARGE_IS_GOOD = frozenset({"accuracy", "acc", "auc"})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Calls that give the same number in another form.
_CONVERSIONS = frozenset({"float", "item", "mean", "sum", "detach", "cpu", "numpy", "round", "tolist"})


def check_direction(ir: ModuleIR, maximize: bool, sink: Sink) -> None:
    """Look at the last word of what is reported; each name is reported once."""
    wrong = _SMALL_IS_GOOD if maximize else _LARGE_IS_GOOD
    option, other = ("--maximize", "--minimize") if maximize else ("--minimize", "--maximize")
    seen = set()
    for node, span in _metrics(ir):
        name = _name(node)
        words = [] if name is None else _WORDS.findall(name)
        if not words or words[-1].lower() not in wrong or name in seen:
            continue
        seen.add(name)
        message = f"{name} is reported, and the run searches with {option}"
        sink.warning("NNI211", span, message, help=f"nnic run {other}, or report the negated value")


def _metrics(ir: ModuleIR) -> Iterator[tuple[ast.expr, Span]]:
    for statement in ir.statements:
        for argument in statement.arguments:
            yield argument.node, argument.span
    if "report_" not in ir.source.text or "nni." not in ir.source.text:
        return
    for node in ir.facts.nodes.of(ast.Call):
        if is_nni_call(node, _VERBS) and node.args:
            yield node.args[0], ir.source.span(node.args[0])


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
            return _name(function.value if function.attr in _CONVERSIONS else function)
        converts = isinstance(function, ast.Name) and function.id in _CONVERSIONS and node.args
        return _name(node.args[0] if converts else function)
    if isinstance(node, ast.Subscript):
        key = node.slice
        named = isinstance(key, ast.Constant) and isinstance(key.value, str)
        return key.value if named else _name(node.value)  # type: ignore[attr-defined]
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None
