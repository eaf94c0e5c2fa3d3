"""What ``.pth`` files and editable installs add to an interpreter's path, read without running them."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Added:
    """What a folder of installed packages adds.

    Parameters
    ----------
    folders
        Folders that ``.pth`` files name.
    mapped
        Modules by their dotted names, each with its file or folder, without the ending.
    """

    folders: list[str] = field(default_factory=list)
    mapped: dict[str, str] = field(default_factory=dict)


def read_site(site: str) -> Added:
    """Read the ``.pth`` files of a folder of installed packages, as Python does when it starts."""
    added = Added()
    try:
        names = sorted(
            name for name in os.listdir(site) if name.endswith(".pth") and not name.startswith(".")
        )
    except OSError:
        return added
    for name in names:
        for line in _lines(os.path.join(site, name)):
            if line.startswith(("import ", "import\t")):
                _read_import(site, line, added)
            else:
                folder = os.path.join(site, line)
                if os.path.isdir(folder):
                    added.folders.append(os.path.realpath(folder))
    return added


def _lines(path: str) -> Iterator[str]:
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            lines = [line.strip() for line in file.read(1 << 20).splitlines()]
    except OSError:
        return
    yield from (line for line in lines if line and not line.startswith("#"))


def _read_import(site: str, line: str, added: Added) -> None:
    """Read the module that a line of a ``.pth`` file imports, where it is one of an editable install."""
    try:
        statement = ast.parse(line).body[0]
    except (SyntaxError, ValueError, IndexError):
        return
    if not isinstance(statement, ast.Import):
        return
    for alias in statement.names:
        path = os.path.join(site, f"{alias.name.replace('.', '/')}.py")
        if "editable" not in alias.name and "__editable__" not in line:
            continue
        try:
            with open(path, "rb") as file:
                tree = ast.parse(file.read(1 << 22))
        except (OSError, SyntaxError, ValueError):
            continue
        _read_finder(tree, added)


def _read_finder(tree: ast.Module, added: Added) -> None:
    """Read what a finder maps: a table (setuptools), calls of ``map_module`` (hatch, pdm), the tables that
    are given to ``install`` (scikit-build-core), or the plan of a build folder (meson-python)."""
    for statement in tree.body:
        target = (
            statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        )
        value = getattr(statement, "value", None)
        if isinstance(target, ast.Name) and target.id in ("MAPPING", "NAMESPACES") and value is not None:
            _take_table(value, added)
        elif isinstance(statement, ast.Expr) and isinstance(value, ast.Call):
            _take_call(value, added)

    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "MesonpyMetaFinder"
            and node.args[2:]
        ):
            _take_build_folder(_literal(node.args[2]), added)


def _take_build_folder(folder: object, added: Added) -> None:
    """Read where meson says that the installed files of a build folder come from."""
    try:
        with open(f"{folder}/meson-info/intro-install_plan.json", "rb") as file:
            plan = json.load(file)
        installed = [
            (source, str(item["destination"])) for part in plan.values() for source, item in part.items()
        ]
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return
    for source, destination in installed:
        where, _, path = destination.partition("/")
        if where in ("{py_purelib}", "{py_platlib}") and path.endswith(".py"):
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            _take(name, source, added)


def _take_call(call: ast.Call, added: Added) -> None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "map_module" and len(call.args) == 2:
        _take(_literal(call.args[0]), _literal(call.args[1]), added)
    elif name == "add_to_path":
        folders = [_literal(argument) for argument in call.args]
        added.folders += [folder for folder in folders if isinstance(folder, str) and os.path.isdir(folder)]
    elif name == "install" and call.args:
        _take_table(call.args[0], added)


def _take_table(node: ast.expr, added: Added) -> None:
    table = _literal(node)
    if not isinstance(table, dict):
        return
    for name, place in table.items():
        for item in place if isinstance(place, list) else [place]:
            _take(name, item, added)


def _take(name: object, place: object, added: Added) -> None:
    if not isinstance(name, str) or not isinstance(place, str) or not os.path.isabs(place):
        return
    folder, file = os.path.split(place)
    if file == "__init__.py":
        place = folder
    added.mapped.setdefault(name, os.path.realpath(place.removesuffix(".py")))


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
