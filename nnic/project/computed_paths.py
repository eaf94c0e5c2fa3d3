"""The value of an expression over paths, as far as its text tells it: ``Path(__file__).parent / "src"``."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from nnic.syntax.walking import walk


class NotComputableError(Exception):
    """The text of an expression does not tell its value."""


class PathValues:
    """Computes expressions of one file.

    Parameters
    ----------
    file
        The file's absolute path: its ``__file__``.
    cwd
        The working directory of the program.
    names
        What the file assigns to its names, once each.
    """

    def __init__(self, file: str, cwd: str, names: Mapping[str, ast.expr]) -> None:
        self._file = file
        self._cwd = cwd
        self._names = names
        self._entered: set[str] = set()

    def path(self, node: ast.expr) -> str:
        """Return the absolute path of the file or folder that an expression means.

        Raises
        ------
        NotComputableError
            When its text does not tell.
        """
        return os.path.normpath(os.path.join(self._cwd, os.fspath(self._text_or_path(node))))

    def _text_or_path(self, node: ast.expr) -> str | Path:
        value = self.value(node)
        if isinstance(value, (str, Path)):
            return value
        raise NotComputableError

    def value(self, node: ast.expr) -> object:
        """Return the value of an expression: a text, a path or a number.

        Raises
        ------
        NotComputableError
            When its text does not tell.
        """
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._piece(part) for part in node.values)
        if isinstance(node, ast.Subscript):
            return self._item(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            number = self.value(node.operand)
            if isinstance(number, int):
                return -number
        raise NotComputableError

    def _name(self, name: str) -> object:
        if name == "__file__":
            return self._file
        node = self._names.get(name)
        if node is None or name in self._entered:
            raise NotComputableError
        self._entered.add(name)
        try:
            return self.value(node)
        finally:
            self._entered.discard(name)

    def _piece(self, node: ast.expr) -> str:
        if isinstance(node, ast.FormattedValue):
            if node.conversion != -1 or node.format_spec is not None:
                raise NotComputableError
            return str(self.value(node.value))
        return str(self.value(node))

    def _attribute(self, node: ast.Attribute) -> object:
        constant = {"sep": os.sep, "pardir": os.pardir, "curdir": os.curdir}.get(node.attr)
        if constant is not None:
            return constant
        value = self.value(node.value)
        if isinstance(value, Path) and node.attr in ("parent", "name", "stem", "parents"):
            return getattr(value, node.attr)
        raise NotComputableError

    def _item(self, node: ast.Subscript) -> object:
        if (
            ast.unparse(node.value) == "sys.path"
            and isinstance(node.slice, ast.Constant)
            and node.slice.value == 0
        ):
            return os.path.dirname(self._file)
        value, index = self.value(node.value), self.value(node.slice)
        try:
            return value[index]  # type: ignore[index]
        except (TypeError, IndexError, KeyError):
            raise NotComputableError from None

    def _operation(self, node: ast.BinOp) -> object:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Div) and isinstance(left, Path) and isinstance(right, (str, Path)):
            return left / right
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return left + right
        raise NotComputableError

    def _call(self, node: ast.Call) -> object:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node.func, ast.Attribute) and name in _METHODS:
            try:
                owner = self.value(node.func.value)
            except NotComputableError:
                owner = None
            if isinstance(owner, Path):
                return _METHODS[name](Path(self._cwd, owner), *self._arguments(node))
        if name in ("getcwd", "cwd"):
            return self._cwd if name == "getcwd" else Path(self._cwd)
        if name == "home":
            return Path.home()
        function = _FUNCTIONS.get(name)
        if function is None:
            raise NotComputableError
        arguments = self._arguments(node)
        if name in ("abspath", "realpath") and arguments:
            arguments[0] = os.path.join(self._cwd, os.fspath(arguments[0]))
        try:
            return function(*arguments)
        except (TypeError, ValueError, OSError):
            raise NotComputableError from None

    def _arguments(self, node: ast.Call) -> list[str | Path]:
        found: list[str | Path] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred) and isinstance(argument.value, (ast.List, ast.Tuple)):
                found += [self._text_or_path(item) for item in argument.value.elts]
            else:
                found.append(self._text_or_path(argument))
        return found


_METHODS: dict[str, Callable[..., object]] = {
    "resolve": lambda path, *_: Path(path).resolve(),
    "absolute": lambda path: Path(path),
    "expanduser": lambda path: Path(path).expanduser(),
    "joinpath": lambda path, *rest: Path(path, *rest),
    "as_posix": lambda path: Path(path).as_posix(),
    "with_name": lambda path, name: Path(path).with_name(name),
    "__str__": lambda path: str(path),
}
_FUNCTIONS: dict[str, Callable[..., object]] = {
    "Path": Path,
    "PurePath": Path,
    "PosixPath": Path,
    "str": str,
    "fspath": os.fspath,
    "dirname": os.path.dirname,
    "join": os.path.join,
    "abspath": os.path.abspath,
    "realpath": os.path.realpath,
    "normpath": os.path.normpath,
    "expanduser": os.path.expanduser,
}


def assigned_once(tree: ast.Module) -> dict[str, ast.expr]:
    """Return what names are assigned that are assigned once in a file, and are no parameters."""
    found: dict[str, ast.expr] = {}
    twice: set[str] = set()
    for node in walk(tree):
        if isinstance(node, ast.arg):
            twice.add(node.arg)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.NamedExpr)):
            continue
        for target in targets:
            if not isinstance(target, ast.Name):
                continue
            if target.id in found or not isinstance(value, ast.expr) or isinstance(node, ast.AugAssign):
                twice.add(target.id)
            else:
                found[target.id] = value
    return {name: value for name, value in found.items() if name not in twice}
