"""The imports that a file may run, read from its tree."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from nnic.project.computed_paths import NotComputableError, PathValues, assigned_once
from nnic.syntax.tree import child_lists
from nnic.syntax.walking import FunctionNode, walk

_DYNAMIC = ("import_module", "__import__")
# The argument that is the path of a Python file.
_BY_PATH = {
    "spec_from_file_location": (1, "location"),
    "SourceFileLoader": (1, "path"),
    "load_source": (1, "pathname"),
    "run_path": (0, "path_name"),
}


@dataclass(frozen=True, slots=True)
class Import:
    """``import module`` or ``from module import names``.

    ``module`` is ``None`` in ``from . import names``. ``level`` counts the leading dots; they start from
    ``package`` where one is named, else from the package of the file. ``line`` is where it
    stands, 0 for a call. ``file`` is the absolute path of a file that is loaded by its path, not by a name.
    """

    module: str | None
    names: tuple[str, ...] = ()
    level: int = 0
    package: str | None = None
    line: int = 0
    file: str | None = None


def read_imports(tree: ast.Module, data: bytes, file: str, cwd: str) -> Iterator[Import]:
    """Return the imports of the file ``file`` with the bytes ``data``, but for those that only type checkers
    see.

    Besides statements these are ``import_module("a.b")`` and ``__import__("a.b")`` with constants, and files
    that are loaded by a path which the text tells, for a program that runs in ``cwd``.
    """
    loaders = set(_DYNAMIC)
    for item, aliases in _statement_imports(tree):
        yield item
        loaders |= aliases
    if any(word.encode() in data for word in _DYNAMIC):
        yield from _dynamic_imports(tree, loaders)
    if any(word.encode() in data for word in _BY_PATH):
        yield from _loaded_files(tree, PathValues(file, cwd, assigned_once(tree)))


def exported_names(tree: ast.Module) -> tuple[str, ...]:
    """Return the names in ``__all__`` as far as it is constant: ``from package import *`` imports those that
    are submodules."""
    names: list[str] = []
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            targets: list[ast.expr] = statement.targets
        elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
            targets = [statement.target]
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            elements = getattr(statement.value, "elts", ())
            names += [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return tuple(names)


def _statement_imports(tree: ast.Module) -> Iterator[tuple[Import, set[str]]]:
    """Return every import statement that may run, and the names that it gives to ``import_module``."""
    checking = _names_for_type_checking(tree)

    def run(statement: ast.AST) -> list[ast.AST]:
        known = _known_truth(statement.test, checking) if isinstance(statement, ast.If) else None
        lists = [part for _, part in child_lists(statement)]
        if isinstance(statement, ast.If) and known is not None:
            lists = [statement.body if known else statement.orelse]
        return [inner for part in lists for inner in part]

    for statement in walk(*tree.body, into=run):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield Import(alias.name, line=statement.lineno), set()
        elif isinstance(statement, ast.ImportFrom):
            names = tuple(alias.name for alias in statement.names)
            aliases = {alias.asname for alias in statement.names if alias.name == "import_module"}
            item = Import(statement.module, names, statement.level, line=statement.lineno)
            yield item, {a for a in aliases if a}


def _names_for_type_checking(tree: ast.Module) -> set[str]:
    names = {"TYPE_CHECKING"}
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom):
            names |= {a.asname for a in statement.names if a.name == "TYPE_CHECKING" and a.asname}
    return names


def _known_truth(test: ast.expr, checking: set[str]) -> bool | None:
    """Tell what a condition is when the program runs, or ``None`` where its text doesn't tell."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Name):
        return False if test.id in checking else None
    if isinstance(test, ast.Attribute):
        return False if test.attr == "TYPE_CHECKING" else None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        known = _known_truth(test.operand, checking)
        return None if known is None else not known
    if isinstance(test, ast.BoolOp):
        deciding = isinstance(test.op, ast.Or)
        parts = [_known_truth(value, checking) for value in test.values]
        if deciding in parts:
            return deciding
        return None if None in parts else not deciding
    return None


def _dynamic_imports(tree: ast.Module, loaders: set[str]) -> Iterator[Import]:
    for node in walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        if name == "__import__":
            yield from _plain_import(node)
        elif name in loaders:
            yield from _import_module(node)


def _loaded_files(tree: ast.Module, values: PathValues) -> Iterator[Import]:
    """Read ``spec_from_file_location("plug", Path(__file__).with_name("plug.py"))`` and its like.

    A call of the file's own function counts too, where that loads the file whose path it is given.
    """
    loaders = {**dict(_functions_by_path(tree)), **_BY_PATH}
    for node in walk(tree):
        path = _argument(node, *loaders[_called(node)]) if _called(node) in loaders else None
        if path is None:
            continue
        with contextlib.suppress(NotComputableError):
            file = values.path(path)
            if file.endswith(".py"):
                yield Import(None, file=file)


def _functions_by_path(tree: ast.Module) -> Iterator[tuple[str, tuple[int, str]]]:
    """Return the functions that load the file whose path they are given, and which argument that is."""
    for function in walk(tree):
        if not isinstance(function, FunctionNode):
            continue
        names = [parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)]
        if names[:1] in (["self"], ["cls"]):
            names = names[1:]
        for node in walk(function):
            path = _argument(node, *_BY_PATH[_called(node)]) if _called(node) in _BY_PATH else None
            if isinstance(path, ast.Call) and _called(path) in ("str", "Path") and path.args:
                path = path.args[0]
            if isinstance(path, ast.Name) and path.id in names:
                yield function.name, (names.index(path.id), path.id)


def _called(node: ast.AST) -> str:
    """Return the last part of the name of what a call calls; nothing for any other node."""
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _import_module(call: ast.Call) -> Iterator[Import]:
    """Read ``import_module("a.b")`` and ``import_module("..b", package="p.a")``."""
    module = _constant(_argument(call, 0, "name"))
    if not isinstance(module, str):
        return
    name = module.lstrip(".")
    level = len(module) - len(name)
    package = _argument(call, 1, "package")
    named = _constant(package)
    # A package that is no constant is as a rule the file's own: __package__, __name__, __spec__.parent.
    if not level or package is not None:
        base = named if level and isinstance(named, str) else None
        yield Import(name or None, level=level, package=base or None)


def _plain_import(call: ast.Call) -> Iterator[Import]:
    """Read ``__import__("a.b", fromlist=["c"], level=1)``."""
    module = _constant(_argument(call, 0, "name"))
    level = _constant(_argument(call, 4, "level")) or 0
    if isinstance(module, str) and isinstance(level, int):
        elements = getattr(_argument(call, 3, "fromlist"), "elts", ())
        names = tuple(value for e in elements if isinstance(value := _constant(e), str))
        yield Import(module, names, level)


def _argument(call: ast.AST, index: int, name: str) -> ast.expr | None:
    assert isinstance(call, ast.Call)
    if index < len(call.args):
        return call.args[index]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None
