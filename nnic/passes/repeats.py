"""Warns of final results in a loop, of which the last one alone counts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nnic.findings.diagnostics import Related, Sink
from nnic.ir import Carrier, ModuleIR
from nnic.lowering.samplers import is_nni_call
from nnic.span import Span
from nnic.syntax.tree import Block
from nnic.syntax.walking import walk

_FINAL = "report_final_result"
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CONDITIONS = (ast.If, ast.ExceptHandler, ast.match_case)
_LEAVES = (ast.Raise, ast.Break)
_HELP = (
    "collect the values, and report once after the loop: "
    "# @nni.report_final_result(sum(scores) / len(scores)); "
    "in the loop: # @nni.report_intermediate_result(score)"
)


def check_repeated_results(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look at the loops around each final result, and at loops that call the function that holds it."""
    for block, after, span in _finals(ir):
        loop = _loop_around(ir, block, after)
        if loop is not None:
            sink.warning(
                "NNI218",
                span,
                "this is repeated by a loop, and only the last final result of a trial counts",
                help=_HELP,
                related=(Related(ir.source.path, loop.lineno, loop.col_offset + 1, "the loop"),),
            )
    return ir


def _finals(ir: ModuleIR) -> Iterator[tuple[Block, int, Span]]:
    """Yield the block of each final result, the index of the statement behind it, and its place."""
    for statement in ir.statements:
        if statement.verb == _FINAL:
            behind = statement.annotation.carrier is not Carrier.OWN_LINE
            position = statement.position
            yield position.block, position.index + behind, statement.annotation.span
    if _FINAL not in ir.source.text or "nni." not in ir.source.text:
        return
    for block in ir.facts.blocks:
        for index, node in enumerate(block.statements):
            call = node.value if isinstance(node, ast.Expr) else None
            if isinstance(call, ast.Call) and is_nni_call(call, frozenset({_FINAL})):
                yield block, index + 1, ir.source.span(call)


def _loop_around(ir: ModuleIR, block: Block, after: int) -> ast.stmt | ast.expr | None:
    """The loop that repeats what stands before ``block.statements[after]``; ``None`` without one."""
    inner: Block | None = block
    returns = False
    while inner is not None:
        owner, later = inner.owner, inner.statements[after:]
        if _leaves(later) or isinstance(owner, _CONDITIONS):
            return None
        returns = returns or any(isinstance(statement, ast.Return) for statement in later)
        if isinstance(owner, _LOOPS):
            return owner if inner.statements is owner.body and not returns else None
        if isinstance(owner, _FUNCTIONS):
            return _loop_calling(ir, owner.name)
        after, inner = inner.parent_index + 1, inner.parent
    return None


def _loop_calling(ir: ModuleIR, name: str) -> ast.stmt | ast.expr | None:
    """The first loop that calls the function ``name`` each time."""
    nodes = ir.facts.nodes
    loops: list[ast.For | ast.AsyncFor | ast.While]
    loops = [*nodes.of(ast.For), *nodes.of(ast.AsyncFor), *nodes.of(ast.While)]
    for loop in loops:
        for index, statement in enumerate(loop.body):
            later = loop.body[index + 1 :]
            plain = isinstance(statement, (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign))
            ends = _leaves(later) or any(isinstance(after, ast.Return) for after in later)
            if plain and _calls(statement, name) and not ends:
                return loop
    made: list[ast.ListComp | ast.SetComp | ast.GeneratorExp]
    made = [*nodes.of(ast.ListComp), *nodes.of(ast.SetComp), *nodes.of(ast.GeneratorExp)]
    for node in made:
        if _calls(node.elt, name):
            return node
    return None


def _calls(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name for n in walk(node)
    )


def _leaves(statements: Sequence[ast.stmt]) -> bool:
    return any(isinstance(statement, _LEAVES) or _exits(statement) for statement in statements)


def _exits(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    function = call.func if isinstance(call, ast.Call) else None
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("exit", "_exit", "quit")
