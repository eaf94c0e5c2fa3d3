"""Finds what a template may import before the script runs, without anybody being able to tell.

They are the imports with which a script begins: not behind a statement that may have set up
something first (``os.environ``, ``sys.path``, ``matplotlib.use``, a start method), and not what
belongs to the program itself, which must run in each trial.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from nnic.runtime.launchers.parsing import parse_file
from nnic.runtime.program import Program

# These are our own, which each trial imports for itself.
_OURS = frozenset({"nnic", "nni"})


class Import(NamedTuple):
    """``import module``, or ``from module import names``, on a line of the script."""

    line: int
    module: str
    names: tuple[str, ...] = ()

    @property
    def top(self) -> str:
        """The module's first name."""
        return self.module.partition(".")[0]


def leading_imports(program: Program, folder: Path) -> tuple[Import, ...]:
    """The imports of the entry that a template of the program in ``folder`` may do ahead.

    An import of the program's own files is left to the trial, and those behind it only come ahead
    when these files set nothing up while they are imported.
    """
    files = _Files(program, folder)
    found: list[Import] = []
    for statement in _before_others(files.parse(files.root / program.entry)):
        for entry in list_imports(statement):
            if entry.top in _OURS or entry.top == "__future__":
                continue
            if not files.has(entry.top):
                found.append(entry)
            elif not files.set_up_nothing(entry):
                return tuple(found)
    return tuple(found)


def _before_others(tree: ast.Module | None) -> Iterator[ast.Import | ast.ImportFrom]:
    for statement in [] if tree is None else tree.body:
        if _is_lazy(statement):
            continue  # imports nothing here
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if isinstance(statement, ast.ImportFrom) and statement.level:
                return
            yield statement
        elif not _is_constant(statement):
            return


def _is_lazy(statement: ast.stmt) -> bool:
    """Whether a statement is an import that Python does where its name is used first (since 3.15)."""
    return bool(getattr(statement, "is_lazy", False))


def list_imports(statement: ast.Import | ast.ImportFrom) -> list[Import]:
    """The imports that a statement does, in order."""
    if isinstance(statement, ast.Import):
        return [Import(statement.lineno, alias.name) for alias in statement.names]
    names = tuple(alias.name for alias in statement.names)
    return [Import(statement.lineno, "." * statement.level + (statement.module or ""), names)]


def _is_constant(statement: ast.stmt) -> bool:
    """A docstring, or an annotation in a string."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


class _Files:
    """The files of the code directory, as trials see them."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.root = Path(program.code_dir)
        self._snapshot = folder / "code"
        script = self.root / program.entry
        # What ``import name`` looks through first is the folder of the script. Others are on Python's path
        # where the program has files in them, or in packages in them.
        others = [self.root / path for path in _roots(program)]
        self._places = list(dict.fromkeys([script.resolve().parent, script.parent, self.root, *others]))
        self._seen: set[Path] = set()

    def has(self, name: str) -> bool:
        """Whether a module or package of this name is found in the code directory."""
        return any(next(place.glob(f"{name}.*"), None) or (place / name).exists() for place in self._places)

    def parse(self, path: Path) -> ast.Module | None:
        """The tree of a file; of its compiled text when it is the program's."""
        served = self._snapshot / path.relative_to(self.root) if path.is_relative_to(self.root) else path
        return parse_file(served if served.exists() else path)

    def set_up_nothing(self, entry: Import) -> bool:
        """Whether the files of an import, and those that they import, only define things."""
        return all(self._defines_only(path) for place in self._places for path in _paths(place, entry))

    def _defines_only(self, path: Path) -> bool:
        if path in self._seen or not path.exists():
            return True
        self._seen.add(path)
        tree = self.parse(path) if path.suffix == ".py" else None
        return tree is not None and all(self._defines(statement, path) for statement in tree.body)

    def _defines(self, statement: ast.stmt, path: Path) -> bool:
        if _is_lazy(statement):
            return True
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            return all(self._is_harmless(entry, path) for entry in list_imports(statement))
        if isinstance(statement, ast.Assign):
            return all(isinstance(target, ast.Name) for target in statement.targets)
        if isinstance(statement, ast.AnnAssign):
            return isinstance(statement.target, ast.Name)
        if isinstance(statement, ast.If):
            return ast.unparse(statement.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Pass)
        return isinstance(statement, definitions) or _is_constant(statement)

    def _is_harmless(self, entry: Import, path: Path) -> bool:
        if not entry.module.startswith("."):
            return not self.has(entry.top) or self.set_up_nothing(entry)
        rest = entry.module.lstrip(".")
        place = path.parents[len(entry.module) - len(rest) - 1]
        return all(self._defines_only(found) for found in _paths(place, Import(0, rest, entry.names)))


def _roots(program: Program) -> list[str]:
    """The folders that hold files of a program and are no packages, relative to the code directory."""
    paths = {file.path for file in program.files}
    folders = {str(above) for path in paths for above in PurePosixPath(path).parents}
    return sorted(folder for folder in folders if f"{folder}/__init__.py" not in paths)


def _paths(place: Path, entry: Import) -> Iterator[Path]:
    """Where the files of an import may lie below ``place``: of its packages, itself, and its names."""
    names = entry.module.split(".") if entry.module else []
    folder = place
    for name in names:
        yield from (found for found in folder.glob(f"{name}.*") if not found.is_dir())
        folder = folder / name
        yield folder / "__init__.py"
    for name in entry.names:
        yield folder / f"{name}.py"
        yield folder / name / "__init__.py"
