"""Refuses slots in functions that another compiler reads from the user's own file."""

from __future__ import annotations

import ast
from dataclasses import replace

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, Statement, Tunable
from nnic.syntax.facts import FileFacts
from nnic.syntax.walking import ScopeNode

_COMPILERS = {
    "torch.jit.script",
    "torch.jit.script_method",
    "torch.jit.script_if_tracing",
    "triton.jit",
    "triton.autotune",
    "triton.heuristics",
}


def check_source_compiled(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Drop annotations in functions and classes under torch.jit.script or triton.jit."""
    text = ir.source.text
    if "jit" not in text and "triton" not in text:
        return ir
    scripted = _scripted_names(ir.facts)

    def is_free(item: Tunable | Statement) -> bool:
        found = _compiler_of(_owners(item), ir.facts, scripted)
        if found is None:
            return True
        name, compiler = found
        message = (
            f"{name} is compiled by {compiler}, which reads this file and would not see the trial's value"
        )
        sink.error("NNI118", item.annotation.span, message, help="pass the value in as an argument")
        return False

    return replace(
        ir,
        tunables=tuple(t for t in ir.tunables if is_free(t)),
        statements=tuple(s for s in ir.statements if is_free(s)),
    )


def _owners(item: Tunable | Statement) -> list[ast.AST]:
    """Tell what holds the annotated place; a function_choice may stand before the function itself."""
    owners = [block.owner for block in item.position.block.chain()]
    if isinstance(item, Tunable):
        owners.insert(0, item.position.statement)
    return owners


def _compiler_of(owners: list[ast.AST], facts: FileFacts, scripted: dict[str, str]) -> tuple[str, str] | None:
    for owner in owners:
        if not isinstance(owner, ScopeNode):
            continue
        for decorator in owner.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = facts.qualified_name(called)
            if name is not None and name in _COMPILERS:
                return owner.name, name
        if owner.name in scripted:
            return owner.name, scripted[owner.name]
    return None


def _scripted_names(facts: FileFacts) -> dict[str, str]:
    """Functions and classes that are handed to a compiler by name: ``torch.jit.script(f)``."""
    names: dict[str, str] = {}
    for node in facts.nodes.of(ast.Call):
        if node.args:
            compiler = facts.qualified_name(node.func)
            first = node.args[0]
            first = first.func if isinstance(first, ast.Call) else first
            if compiler is not None and compiler in _COMPILERS and isinstance(first, ast.Name):
                names[first.id] = compiler
    return names
