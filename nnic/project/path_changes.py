"""What a file does to ``sys.path``, read from its text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nnic.project.computed_paths import NotComputableError, PathValues, assigned_once
from nnic.syntax.walking import walk

_MENTION = re.compile(rb"sys\s*\.\s*path|from\s+sys\s+import|\bsys\s+as\b|addsitedir")
_CALLS = ("insert", "append", "extend", "addsitedir")


@dataclass(frozen=True, slots=True)
class PathChanges:
    """Folders that a file puts on ``sys.path``.

    Parameters
    ----------
    front
        Those before all others, the first one first.
    back
        Those behind them.
    open_lines
        The lines where a folder is put there whose path the text does not tell.
    """

    front: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    open_lines: tuple[int, ...] = ()

    def joined(self, later: PathChanges) -> PathChanges:
        """Return these changes with those of a file that is imported later."""
        return PathChanges(
            tuple(dict.fromkeys((*later.front, *self.front))),
            tuple(dict.fromkeys((*self.back, *later.back))),
            (*self.open_lines, *later.open_lines),
        )


def read_path_changes(tree: ast.Module, data: bytes, file: str, cwd: str) -> PathChanges:
    """Read the changes of the file ``file`` with the bytes ``data``, for a program that runs in ``cwd``.

    They are ``sys.path.insert``, ``append``, ``extend``, ``site.addsitedir``, and assignments to ``sys.path``
    or a slice of it.
    """
    if not _MENTION.search(data):
        return PathChanges()
    aliases = _aliases(tree)
    values = PathValues(file, cwd, assigned_once(tree))
    front: list[str] = []
    back: list[str] = []
    open_lines: list[int] = []
    for at_front, expression in _expressions(tree, aliases):
        try:
            folder = values.path(expression)
        except NotComputableError:
            open_lines.append(expression.lineno)
            continue
        if at_front:
            front.insert(0, folder)
        else:
            back.append(folder)
    return PathChanges(tuple(dict.fromkeys(front)), tuple(dict.fromkeys(back)), tuple(open_lines))


def _expressions(tree: ast.Module, aliases: set[str]) -> Iterator[tuple[bool, ast.expr]]:
    """Return what is put on the path, each with whether that is at the front."""
    for node in walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CALLS:
            yield from _of_call(node, node.func, aliases)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "addsitedir":
            yield from ((False, argument) for argument in node.args[:1])
        elif isinstance(node, ast.AugAssign) and _is_path(node.target, aliases):
            yield from _elements(node.value, False)
        elif isinstance(node, ast.Assign) and any(_is_path(target, aliases) for target in node.targets):
            yield from _of_assignment(node.value, aliases)
        elif isinstance(node, ast.Assign) and _is_slice_of_path(node.targets[0], aliases):
            yield from reversed(list(_elements(node.value, True)))


def _of_call(call: ast.Call, function: ast.Attribute, aliases: set[str]) -> Iterator[tuple[bool, ast.expr]]:
    if function.attr == "addsitedir":
        yield from ((False, argument) for argument in call.args[:1])
    elif not _is_path(function.value, aliases):
        return
    elif function.attr == "insert" and len(call.args) == 2:
        yield True, call.args[1]
    elif function.attr == "append" and len(call.args) == 1:
        yield False, call.args[0]
    elif function.attr == "extend" and len(call.args) == 1:
        yield from _elements(call.args[0], False)


def _of_assignment(value: ast.expr, aliases: set[str]) -> Iterator[tuple[bool, ast.expr]]:
    """Read ``sys.path = [folder] + sys.path``, and the other way round, and ``[folder, *sys.path]``."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        if _is_path(value.right, aliases):
            yield from reversed(list(_elements(value.left, True)))
        elif _is_path(value.left, aliases):
            yield from _elements(value.right, False)
    elif isinstance(value, (ast.List, ast.Tuple)):
        at_front: list[ast.expr] = []
        behind = False
        for element in value.elts:
            if isinstance(element, ast.Starred):
                behind = behind or _is_path(element.value, aliases)
            elif behind:
                yield False, element
            else:
                at_front.append(element)
        yield from ((True, element) for element in reversed(at_front))


def _elements(node: ast.expr, at_front: bool) -> Iterator[tuple[bool, ast.expr]]:
    if isinstance(node, (ast.List, ast.Tuple)):
        yield from ((at_front, element) for element in node.elts)
    else:
        yield at_front, node


def _is_path(node: ast.expr, aliases: set[str]) -> bool:
    """Tell whether an expression is ``sys.path``."""
    if isinstance(node, ast.Attribute):
        return node.attr == "path" and isinstance(node.value, ast.Name) and f"{node.value.id}." in aliases
    return isinstance(node, ast.Name) and node.id in aliases


def _is_slice_of_path(node: ast.expr, aliases: set[str]) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Slice)
        and _is_path(node.value, aliases)
    )


def _aliases(tree: ast.Module) -> set[str]:
    """Return the names of ``sys.path`` in a file, and with a dot behind them those of ``sys``."""
    found = {"sys."}
    for node in walk(tree):
        if isinstance(node, ast.Import):
            found |= {f"{alias.asname}." for alias in node.names if alias.name == "sys" and alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module == "sys":
            found |= {alias.asname or alias.name for alias in node.names if alias.name == "path"}
    return found
