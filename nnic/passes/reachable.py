"""Warns of reports that follow a statement which leaves their block."""

from __future__ import annotations

import ast

from nnic.findings.diagnostics import Sink
from nnic.ir import Carrier, ModuleIR

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def check_reachable(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look at the statement before each report."""
    for statement in ir.statements:
        block, index = statement.position.block, statement.position.index
        before = index if statement.annotation.carrier is Carrier.TRAILING else index - 1
        if before >= 0 and isinstance(block.statements[before], _LEAVES):
            word = type(block.statements[before]).__name__.lower()
            line = block.statements[before].lineno
            sink.warning(
                "NNI205",
                statement.annotation.span,
                f"this is never reached: the {word} on line {line} leaves the block",
            )
    return ir
