"""Which names a file binds, and which of them are constants."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass

from nnic.syntax.nodes import Nodes

# What else binds a name: def, class, except ... as name, case name, case *name, case {**name}, type
# parameters; and the attribute that holds it.
_NAMING: tuple[tuple[type[ast.AST], str], ...] = tuple(
    (getattr(ast, kind), "rest" if kind == "MatchMapping" else "name")
    for kind in (
        *("FunctionDef", "AsyncFunctionDef", "ClassDef", "ExceptHandler", "MatchAs", "MatchStar"),
        *("MatchMapping", "TypeVar", "TypeVarTuple", "ParamSpec"),
    )
    if hasattr(ast, kind)
)


@dataclass(frozen=True, slots=True)
class Bindings:
    """All names that are bound in a file.

    ``counts`` counts the bindings of a name in any scope. ``constants`` holds the values of names
    that are bound once, by an assignment at module level. ``star_import`` tells that names may
    come from elsewhere.
    """

    counts: Counter[str]
    constants: dict[str, ast.expr]
    star_import: bool


def collect_bindings(tree: ast.Module, nodes: Nodes) -> Bindings:
    """Look at all names of a file; ``nodes`` are those of ``tree``."""
    counts: Counter[str] = Counter()
    for name in nodes.of(ast.Name):
        if not isinstance(name.ctx, ast.Load):
            counts[name.id] += 1
    counts.update(argument.arg for argument in nodes.of(ast.arg))
    aliases = nodes.of(ast.alias)
    counts.update((alias.asname or alias.name).partition(".")[0] for alias in aliases)
    counts.update(name for node in nodes.of(ast.Global) for name in node.names)
    counts.update(name for node in nodes.of(ast.Nonlocal) for name in node.names)
    for kind, attribute in _NAMING:
        named = (getattr(node, attribute) for node in nodes.of(kind))
        counts.update(name for name in named if name is not None)
    star_import = any(alias.name == "*" for alias in aliases)
    return Bindings(counts, _constants(tree, counts), star_import)


def names_at_top(tree: ast.Module) -> tuple[set[str], bool]:
    """Return the names that statements of the module itself bind, and whether a star import is among them.

    Most names that options use are imported or defined there, and this reads a small part of the tree.
    """
    names: set[str] = set()
    star_import = False
    for statement in tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            for alias in statement.names:
                star_import |= alias.name == "*"
                names.add((alias.asname or alias.name).partition(".")[0])
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return names, star_import


def _constants(tree: ast.Module, counts: Counter[str]) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target: ast.expr = statement.targets[0]
            value: ast.expr | None = statement.value
        elif isinstance(statement, ast.AnnAssign):
            target, value = statement.target, statement.value
        else:
            continue
        if isinstance(target, ast.Name) and value is not None and counts[target.id] == 1:
            found[target.id] = value
    return found
