"""What a file's own text says of NNI's oddities, read without nnic."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from itertools import pairwise

_FUNCTION = "@nni.function_choice"


def strings(text: str) -> list[str]:
    """The texts of all string statements."""
    found = []
    for node in ast.walk(_parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            value = node.value.value
            if isinstance(value, str):
                found.append(value)
    return found


def annotated(text: str) -> bool:
    """Whether NNI finds an annotation, and so reprints the file."""
    return any(value.startswith("@nni.") for value in strings(text))


def imports_nni(text: str) -> bool:
    """Whether the file binds the name ``nni`` to the module."""
    return any(
        (alias.asname or alias.name.partition(".")[0]) == "nni"
        for node in ast.walk(_parse(text))
        if isinstance(node, ast.Import)
        for alias in node.names
    )


def matches(text: str) -> Iterator[tuple[str, int, int]]:
    """Per ``function_choice``: its name, how many calls NNI's rule replaces, and how many there are.

    NNI does not look into calls that it doesn't replace.
    """
    for node in ast.walk(_parse(text)):
        for _, block in ast.iter_fields(node):
            if isinstance(block, list) and all(isinstance(part, ast.stmt) for part in block):
                for first, second in pairwise(block):
                    yield from _match(first, second)


def _match(first: ast.stmt, second: ast.stmt) -> Iterator[tuple[str, int, int]]:
    value = first.value if isinstance(first, ast.Expr) else None
    if not isinstance(value, ast.Constant) or not str(value.value).strip().startswith(_FUNCTION):
        return
    call = _parse(str(value.value).strip()[1:]).body[0].value  # type: ignore[attr-defined]
    options = {ast.dump(argument) for argument in call.args}
    name = next(ast.unparse(k.value) for k in call.keywords if k.arg == "name")
    yield name, _count(second, options, False), _count(second, options, True)


def _count(node: ast.AST, options: set[str], within_calls: bool) -> int:
    if isinstance(node, ast.Call):
        if ast.dump(node) in options:
            return 1
        if not within_calls:
            return 0
    return sum(_count(child, options, within_calls) for child in ast.iter_child_nodes(node))


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)
