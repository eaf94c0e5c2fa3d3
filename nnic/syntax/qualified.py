"""What a dotted name of a file stands for, as its imports tell."""

from __future__ import annotations

import ast

from nnic.syntax.nodes import Nodes


def imported_names(nodes: Nodes) -> dict[str, str]:
    """Return the qualified name behind every name that an import of a file binds, in whatever scope."""
    names: dict[str, str] = {}
    for plain in nodes.of(ast.Import):
        for alias in plain.names:
            top = alias.name.partition(".")[0]
            names[alias.asname or top] = alias.name if alias.asname else top
    for node in nodes.of(ast.ImportFrom):
        if node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def qualified_name(node: ast.expr, imported: dict[str, str]) -> str | None:
    """Return the qualified name of ``a.b.c`` where ``a`` is imported, or ``None`` for anything else."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in imported:
        return None
    return ".".join([imported[node.id], *reversed(attributes)])
