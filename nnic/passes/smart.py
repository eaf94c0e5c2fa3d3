"""Warns of NNI's smart parameters, which are calls in code rather than annotations."""

from __future__ import annotations

import ast
import re

from nnic.annotations.kinds import SAMPLERS
from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR

_IMPORT = re.compile(r"^[ \t]*import[ \t]+nni\b", re.M)


def check_smart_parameters(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look for ``nni.<sampler>(...)`` where the file imports ``nni``."""
    if _IMPORT.search(ir.source.text) is None:
        return ir
    for node in ast.walk(ir.annotated.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        holder = node.func.value
        if isinstance(holder, ast.Name) and holder.id == "nni" and node.func.attr in SAMPLERS:
            sink.warning(
                "NNI207",
                ir.source.span(node.func),
                f"nni.{node.func.attr}(...) in code is not read by this release; write an annotation",
                help="put the script's own value here, and behind it: # @"
                + ir.source.slice(ir.source.span(node)).partition("\n")[0],
            )
    return ir
