"""Refuses slots in functions that somebody else compiles, from the user's own file or without Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR, Statement, Tunable
from nnic.syntax.facts import FileFacts
from nnic.syntax.walking import FunctionNode, ScopeNode

_SOURCE = frozenset(
    {
        *("torch.jit.script", "torch.jit.script_method", "torch.jit.script_if_tracing", "torch.jit.export"),
        *("triton.jit", "triton.autotune", "triton.heuristics", "cupyx.jit.rawkernel"),
        *("taichi.kernel", "taichi.func", "taichi.data_oriented", "typeguard.typechecked", "pythran.pythran"),
        *("tensorflow.function", "tensorflow.autograph.to_graph", "tensorflow.compat.v1.autograph.to_graph"),
    }
)
"""Compilers that read the source text of what they are given."""
_NATIVE = frozenset(
    {
        *("numba.jit", "numba.njit", "numba.vectorize", "numba.guvectorize", "numba.cfunc", "numba.stencil"),
        *("numba.generated_jit", "numba.cuda.jit", "numba.experimental.jitclass", "cupy.fuse"),
    }
)
"""Compilers that take no call into Python."""
_WITH_CALLED = ("torch.", "tensorflow.")
"""Those of them that compile what the code calls, too."""
_EXEMPT = frozenset(
    {"torch.jit.ignore", "torch.jit.unused", "tensorflow.autograph.experimental.do_not_convert"}
)
_CONFIGURES = ("config", "named_config")
_WORDS = ("jit", "triton", "tensorflow", "sacred", "numba", "taichi", "cupy", "typeguard", "pythran")


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Who compiles a function.

    ``native`` ones compile what Python runs, the others the text of the file. Of an ``instance`` that is
    handed over, ``__init__`` has run in Python.
    """

    name: str
    native: bool = False
    config: bool = False
    instance: bool = False


def check_source_compiled(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Drop annotations in functions and classes that would not see the trial's value."""
    text = ir.source.text
    if not any(word in text for word in _WORDS):
        return ir
    facts = ir.facts
    handed = _handed_over(facts)
    called = _called_from(facts, handed)

    def is_free(item: Tunable | Statement) -> bool:
        found = _compiler_of(_owners(item), facts, handed, called)
        if found is None:
            return True
        sink.error("NNI118", item.annotation.span, _message(*found), help=_help(found[1]))
        return False

    return replace(
        ir,
        tunables=tuple(t for t in ir.tunables if is_free(t)),
        statements=tuple(s for s in ir.statements if is_free(s)),
    )


def _message(name: str, compiler: _Compiler) -> str:
    if compiler.native:
        return f"{name} is compiled by {compiler.name}, which can't read the trial's value in there"
    return f"{name} is compiled by {compiler.name}, which reads this file and would not see the trial's value"


def _help(compiler: _Compiler) -> str:
    if compiler.config:
        return "write the values into a dict, ex.add_config({...}), and annotate its entries"
    return "pass the value in as an argument"


def _owners(item: Tunable | Statement) -> list[ast.AST]:
    """Tell what holds the annotated place; a function_choice may stand before the function itself."""
    owners = [block.owner for block in item.position.block.chain()]
    if isinstance(item, Tunable):
        owners.insert(0, item.position.statement)
    return owners


def _compiler_of(
    owners: list[ast.AST], facts: FileFacts, handed: dict[str, _Compiler], called: dict[str, _Compiler]
) -> tuple[str, _Compiler] | None:
    functions: list[str] = []
    for owner in owners:
        if not isinstance(owner, ScopeNode):
            continue
        if any(facts.qualified_name(decorator) in _EXEMPT for decorator in owner.decorator_list):
            return None
        for decorator in owner.decorator_list:
            compiler = _compiler(decorator, facts)
            if compiler is not None:
                return owner.name, compiler
        found = handed.get(owner.name)
        if found is not None and not (found.instance and functions[-1:] == ["__init__"]):
            return owner.name, found
        if owner.name in called and isinstance(owner, FunctionNode):
            return owner.name, called[owner.name]
        if isinstance(owner, FunctionNode):
            functions.append(owner.name)
    return None


def _compiler(node: ast.expr, facts: FileFacts) -> _Compiler | None:
    """Return the compiler that a decorator, or the function of a call, is."""
    called = node.func if isinstance(node, ast.Call) else node
    name = facts.qualified_name(called)
    if name is None:
        return _sacred(called, facts)
    if name in ("functools.partial", "partial") and isinstance(node, ast.Call) and node.args:
        return _compiler(node.args[0], facts)
    if name in _NATIVE:
        runs_python = isinstance(node, ast.Call) and _keyword(node, "forceobj") is True
        return None if runs_python else _Compiler(name, native=True)
    if name in _SOURCE:
        plain = isinstance(node, ast.Call) and _keyword(node, "autograph") is False
        return None if plain else _Compiler(name)
    return None


def _sacred(node: ast.expr, facts: FileFacts) -> _Compiler | None:
    """Return sacred for ``@ex.config``, where ``ex`` is one of its experiments or ingredients."""
    if not isinstance(node, ast.Attribute) or node.attr not in _CONFIGURES:
        return None
    if not any(name.partition(".")[0] == "sacred" for name in facts.imported.values()):
        return None
    return _Compiler(f"sacred's {ast.unparse(node)}", config=True)


def _keyword(call: ast.Call, name: str) -> object:
    value = next((k.value for k in call.keywords if k.arg == name), None)
    return value.value if isinstance(value, ast.Constant) else None


def _handed_over(facts: FileFacts) -> dict[str, _Compiler]:
    """Return the functions and classes that are handed to a compiler, as in ``torch.jit.script(f)``; a class
    also as an instance, or as the variable that holds one."""
    found: dict[str, _Compiler] = {}
    made = {
        target.id: assign.value.func.id
        for assign in facts.nodes.of(ast.Assign)
        if isinstance(assign.value, ast.Call) and isinstance(assign.value.func, ast.Name)
        for target in assign.targets
        if isinstance(target, ast.Name)
    }
    classes = {node.name for node in facts.nodes.of(ast.ClassDef)}
    for node in facts.nodes.of(ast.Call):
        compiler = _compiler(node.func, facts) if node.args else None
        if compiler is None:
            continue
        first = node.args[0]
        instance = isinstance(first, ast.Call)
        first = first.func if isinstance(first, ast.Call) else first
        if isinstance(first, ast.Attribute):  # a bound method
            found[first.attr] = compiler
        elif isinstance(first, ast.Name):
            name = made.get(first.id, first.id)
            instance = (instance or name != first.id) and name in classes
            found[name if name in classes else first.id] = replace(compiler, instance=instance)
    return found


def _called_from(facts: FileFacts, handed: dict[str, _Compiler]) -> dict[str, _Compiler]:
    """Return the functions of the file that such code calls by name, and so on: they are compiled with it."""
    functions = {node.name: node for node in _functions(facts)}
    if not functions:
        return {}
    found: dict[str, _Compiler] = {}
    holders: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = [*functions.values()]
    holders += facts.nodes.of(ast.ClassDef)
    todo: list[tuple[ast.AST, _Compiler]] = []
    for holder in holders:
        compilers = [_compiler(decorator, facts) for decorator in holder.decorator_list]
        compiler = next((c for c in compilers if c is not None), handed.get(holder.name))
        if compiler is not None and compiler.name.startswith(_WITH_CALLED):
            todo.append((holder, compiler))
    while todo:
        holder_node, compiler = todo.pop()
        for call in ast.walk(holder_node):
            name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else None
            if name is not None and name in functions and name not in found:
                found[name] = compiler
                todo.append((functions[name], compiler))
    return found


def _functions(facts: FileFacts) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the functions of the module itself."""
    for statement in facts.tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield statement
