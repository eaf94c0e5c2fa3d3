"""The files of a program: what its entry imports, found without running it."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnic.source import SourceFile, UndecodableError
from nnic.syntax.tree import child_lists

_DYNAMIC = re.compile(rb"\bimport_module\b|\b__import__\b")


@dataclass(frozen=True, slots=True)
class Import:
    """``import module`` or ``from module import names``; ``level`` counts the leading dots."""

    module: str
    names: tuple[str, ...] = ()
    level: int = 0


def program_files(code_dir: Path, entry: str, *, as_module: bool = False) -> list[str]:
    """Files below ``code_dir`` that ``entry`` imports, itself first, the others sorted.

    As Python does, a script looks beside itself first and then in ``code_dir``.
    """
    roots = [""] if as_module else list(dict.fromkeys([_folder(entry), ""]))
    found = {entry}
    pending = [entry]
    pending += [path for path in _packages_above(code_dir, entry) if as_module and path not in found]
    found.update(pending)
    while pending:
        path = pending.pop()
        for target in _imported_files(code_dir, path, roots):
            if target not in found:
                found.add(target)
                pending.append(target)
    return [entry, *sorted(found - {entry})]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _packages_above(code_dir: Path, path: str) -> list[str]:
    found = []
    folder = _folder(path)
    while folder:
        candidate = f"{folder}/__init__.py"
        if (code_dir / candidate).is_file():
            found.append(candidate)
        folder = _folder(folder)
    return found


def _imported_files(code_dir: Path, path: str, roots: list[str]) -> Iterator[str]:
    for item in read_imports(code_dir / path):
        if item.level:
            base = _folder(path)
            for _ in range(item.level - 1):
                base = _folder(base)
            bases = [base]
        else:
            bases = roots
        for base in bases:
            found = list(_resolve(code_dir, base, item))
            yield from found
            if found:
                break


def _resolve(code_dir: Path, base: str, item: Import) -> Iterator[str]:
    """The files that an import below the folder ``base`` runs."""
    folder = base
    parts = [part for part in item.module.split(".") if part]
    if item.level and not parts:
        yield from _existing(code_dir, _join(folder, "__init__.py"))
    for index, part in enumerate(parts):
        package = _join(folder, part)
        if (code_dir / package / "__init__.py").is_file():
            yield f"{package}/__init__.py"
        elif (code_dir / f"{package}.py").is_file():
            yield f"{package}.py"
            return
        elif not (code_dir / package).is_dir() or (index == len(parts) - 1 and not item.names):
            return
        folder = package
    for name in item.names:
        package = _join(folder, name)
        yield from _existing(code_dir, f"{package}/__init__.py")
        if not (code_dir / package / "__init__.py").is_file():
            yield from _existing(code_dir, f"{package}.py")


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _existing(code_dir: Path, path: str) -> Iterator[str]:
    if (code_dir / path).is_file():
        yield path


def read_imports(file: Path) -> list[Import]:
    """The imports of a file; none when it can't be read or parsed, which is reported elsewhere."""
    try:
        data = file.read_bytes()
        if b"import" not in data:
            return []
        source = SourceFile.decode(data, str(file))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source.text)
    except (OSError, UndecodableError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = list(_statement_imports(tree))
    if _DYNAMIC.search(data):
        found += _dynamic_imports(tree)
    return found


def _statement_imports(tree: ast.Module) -> Iterator[Import]:
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        statement = pending.pop()
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield Import(alias.name)
        elif isinstance(statement, ast.ImportFrom):
            names = tuple(alias.name for alias in statement.names)
            yield Import(statement.module or "", names, statement.level)
        elif isinstance(statement, ast.If) and _is_type_checking(statement.test):
            pending += statement.orelse
        else:
            for _, statements in child_lists(statement):
                pending += statements


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _dynamic_imports(tree: ast.Module) -> Iterator[Import]:
    """``import_module("a.b")`` and ``__import__("a.b")`` with a constant name."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        constant = first.value if isinstance(first, ast.Constant) else None
        if name in ("import_module", "__import__") and isinstance(constant, str):
            module = constant.lstrip(".")
            yield Import(module, level=len(constant) - len(module))
