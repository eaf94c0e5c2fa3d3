"""Which names a file binds, and which of them are constants."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass


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


def collect_bindings(tree: ast.Module) -> Bindings:
    """Walk a whole file once."""
    counts: Counter[str] = Counter()
    star_import = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                counts[node.id] += 1
        elif isinstance(node, ast.arg):
            counts[node.arg] += 1
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            counts[node.name] += 1
        elif isinstance(node, ast.alias):
            star_import |= node.name == "*"
            counts[(node.asname or node.name).partition(".")[0]] += 1
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            counts.update(node.names)
        else:
            # except ... as name, case name, case *name, case {**name}, type parameters
            for attribute in ("name", "rest"):
                name = getattr(node, attribute, None)
                if isinstance(name, str):
                    counts[name] += 1
    return Bindings(counts, _constants(tree, counts), star_import)


def names_at_top(tree: ast.Module) -> tuple[set[str], bool]:
    """Names that statements of the module itself bind, and whether a star import is among them.

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
