"""Tells whether an expression would change the function that it is put into."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from nnic.syntax.tree import Position
from nnic.syntax.walking import FunctionNode, ScopeNode, children, walk, within_scope

_INNER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def nature_problem(node: ast.expr, position: Position, places: tuple[ast.expr, ...]) -> str | None:
    """Tell why ``node`` can't stand at ``position``, or ``None`` where it can.

    Legal are ``yield`` where the function is a generator already, ``await`` where it is async, and
    ``:=`` only to a name that is bound in the same scope already.
    """
    parts = list(walk(node, into=_evaluated_here))
    yields = any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in parts)
    awaits = any(isinstance(p, ast.Await) or (isinstance(p, ast.comprehension) and p.is_async) for p in parts)
    walruses = [part.target.id for part in parts if isinstance(part, ast.NamedExpr)]
    if not yields and not awaits and not walruses:
        return None
    scope = _scope(position)
    if any(_is_within(place, position) for place in places):
        return "yield, await and := can't go into a lambda or comprehension"
    if yields and not _is_generator(scope):
        return "an option with yield would turn its function into a generator"
    if awaits and not isinstance(scope, ast.AsyncFunctionDef):
        return "an option with await is legal in an async function only"
    bound = _bound_names(scope) if walruses else set()
    for name in walruses:
        if name not in bound:
            return f"an option that binds {name} would make it local to its function"
    return None


def becomes_local(name: str, position: Position, tree: ast.Module) -> bool:
    """Tell whether binding ``name`` at ``position`` would hide a name of the module from its function."""
    scope = _scope(position)
    if not isinstance(scope, FunctionNode) or name in _bound_names(scope):
        return False
    declared = any(isinstance(n, (ast.Global, ast.Nonlocal)) and name in n.names for n in _own_nodes(scope))
    return not declared and name in _bound_names(tree)


def _scope(position: Position) -> ast.AST:
    chain = list(position.block.chain())
    return next((b.owner for b in chain if isinstance(b.owner, ScopeNode)), chain[-1].owner)


def _evaluated_here(node: ast.AST) -> list[ast.AST]:
    """Tell what of ``node`` runs in its own scope, the last part first; of a lambda only its defaults."""
    if isinstance(node, ast.Lambda):
        defaults = [*node.args.defaults, *node.args.kw_defaults]
        return [default for default in reversed(defaults) if default is not None]
    return children(node)[::-1]


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Return the nodes of a function, class or module that are not in an inner scope."""
    return walk(*getattr(scope, "body", ()), into=within_scope)


@lru_cache(maxsize=4)
def _is_generator(scope: ast.AST) -> bool:
    if not isinstance(scope, FunctionNode):
        return False
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in _own_nodes(scope))


@lru_cache(maxsize=4)
def _bound_names(scope: ast.AST) -> set[str]:
    names = {n.id for n in _own_nodes(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    if isinstance(scope, FunctionNode):
        arguments = scope.args
        names |= {a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]}
    return names


def _is_within(place: ast.expr, position: Position) -> bool:
    """Tell whether ``place`` lies in a lambda, comprehension or inner function of its statement."""
    statement = position.statement
    inner = (*_INNER, *ScopeNode)
    return any(
        isinstance(node, inner) and node is not place and any(part is place for part in walk(node))
        for node in walk(statement)
    )
