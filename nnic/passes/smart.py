"""Warns of NNI's samplers that code calls in a way that NNI never read."""

from __future__ import annotations

import ast
import re

from nnic.annotations.kinds import SAMPLERS
from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR

_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+nni\b", re.M)
_QUALIFIED = frozenset(f"nni.{word}" for word in SAMPLERS)


def check_smart_parameters(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look for samplers under other names: only ``nni.<sampler>(...)`` is a smart parameter."""
    if _IMPORT.search(ir.source.text) is None:
        return ir
    imported = ir.facts.imported.items()
    if not any(name != "nni" and qualified.startswith("nni") for name, qualified in imported):
        return ir
    for node in ir.facts.nodes.of(ast.Call):
        written = ast.unparse(node.func)
        meant = ir.facts.qualified_name(node.func)
        if meant in _QUALIFIED and written != meant:
            sink.warning(
                "NNI207",
                ir.source.span(node.func),
                f"{written}(...) is not read as a parameter; only {meant}(...) is",
                help=f"write `import nni`, and {meant}(...) here",
            )
    return ir
