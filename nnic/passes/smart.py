"""Warns of NNI's samplers that code calls in a way that NNI never read."""

from __future__ import annotations

import ast
import re

from nnic.annotations.kinds import SAMPLERS
from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR
from nnic.syntax.nodes import nodes_of
from nnic.syntax.qualified import imported_names, qualified_name

_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+nni\b", re.M)
_QUALIFIED = frozenset(f"nni.{word}" for word in SAMPLERS)


def check_smart_parameters(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look for samplers under other names: only ``nni.<sampler>(...)`` is a smart parameter."""
    if _IMPORT.search(ir.source.text) is None:
        return ir
    imported = imported_names(ir.annotated.tree)
    if not any(name != "nni" and qualified.startswith("nni") for name, qualified in imported.items()):
        return ir
    for node in nodes_of(ir.annotated.tree, ast.Call):
        written = ast.unparse(node.func)
        meant = qualified_name(node.func, imported)
        if meant in _QUALIFIED and written != meant:
            sink.warning(
                "NNI207",
                ir.source.span(node.func),
                f"{written}(...) is not read as a parameter; only {meant}(...) is",
                help=f"write `import nni`, and {meant}(...) here",
            )
    return ir
