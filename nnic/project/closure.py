"""The files of a program: what its entry imports, found and read without running it."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nnic.project.imports import Import, exported_names, read_imports
from nnic.project.modules import INSTALLED_NAMES, Module, ModuleFinder, is_known
from nnic.project.path_changes import PathChanges, read_path_changes
from nnic.project.search_path import Surroundings
from nnic.project.target import Target
from nnic.source import SourceFile, UndecodableError, may_hold_annotations, read_source
from nnic.syntax.facts import FileFacts

_MOST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read; ``path`` is relative to the code directory.

    ``facts`` are those of its text where that may hold annotations and could be decoded; ``problem`` says
    why it could not be read or decoded.
    """

    path: str
    data: bytes
    facts: FileFacts | None = None
    problem: OSError | UndecodableError | None = None


def read_file(code_dir: Path, path: str, shown: str) -> ReadFile | None:
    """Read a file, and decode it where it may hold annotations; return ``None`` when it is gone by now."""
    try:
        data = read_source(code_dir / path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return ReadFile(path, b"", problem=error)
    if not may_hold_annotations(data):
        return ReadFile(path, data)
    try:
        return ReadFile(path, data, FileFacts(SourceFile.decode(data, shown)))
    except UndecodableError as error:
        return ReadFile(path, data, problem=error)


@dataclass(frozen=True, slots=True)
class AbsentImport:
    """An import that leads to no file of the program's.

    Parameters
    ----------
    file
        The absolute path of the file that it stands in.
    line
        Its line there.
    name
        The first part of the module's name.
    installed
        Whether the module is among the installed packages; else it was found nowhere.
    """

    file: str
    line: int
    name: str
    installed: bool


@dataclass(frozen=True, slots=True)
class Closure:
    """What an entry imports.

    Parameters
    ----------
    files
        What was read, by absolute path; the paths of the files are absolute, too.
    absent
        Imports that lead to no file.
    """

    files: dict[str, ReadFile]
    absent: tuple[AbsentImport, ...]


def import_closure(target: Target, surroundings: Surroundings, shown: Callable[[Path], str] = str) -> Closure:
    """Return the files that the entry of ``target`` imports, itself included, wherever they are.

    Files among installed packages are left out.

    Raises
    ------
    FileNotFoundError
        When the entry is gone.
    InterpreterError
        When the interpreter can't be asked.
    """
    assert target.entry is not None
    entry = f"{target.code_dir}/{target.entry}" if target.code_dir != Path("/") else f"/{target.entry}"
    read: dict[str, ReadFile | None] = {}
    changes = PathChanges()
    for _ in range(_MOST_ROUNDS):
        closure = _Reading(target, surroundings, shown, changes, read)
        closure.take(entry)
        if target.module:
            for path in closure.finder.packages_above(entry):
                closure.take(path)
        closure.run()
        # What a file puts on the path may decide about every import, so all are looked up again.
        if closure.changes == changes:
            break
        changes = closure.changes
    if entry not in closure.files:
        raise FileNotFoundError(f"{entry} does not exist")
    return Closure(closure.files, tuple(closure.absent))


class _Reading:
    """One round: every import looked up along one path."""

    def __init__(
        self,
        target: Target,
        surroundings: Surroundings,
        shown: Callable[[Path], str],
        changes: PathChanges,
        read: dict[str, ReadFile | None],
    ) -> None:
        assert target.entry is not None
        self._code_dir = os.fspath(target.code_dir)
        self._cwd = surroundings.cwd
        own: tuple[str, ...] = (os.path.dirname(os.path.join(self._code_dir, target.entry)),)
        if target.module:
            own = (surroundings.cwd, self._code_dir) if target.fixed else (surroundings.cwd,)
        last = (self._code_dir,)
        path = surroundings.search_path(own, target.roots, changes.front, changes.back, last)
        self.finder = ModuleFinder(path)
        self._shown = shown
        self._read = read
        self.files: dict[str, ReadFile] = {}
        self.absent: list[AbsentImport] = []
        self.changes = PathChanges()
        self._pending: list[tuple[str, Import]] = []

    def run(self) -> None:
        """Follow every import."""
        while self._pending:
            path, item = self._pending.pop()
            for target in self._targets(path, item):
                self.take(target)

    def take(self, path: str) -> None:
        """Read a file, once, and note its imports and what it puts on the path."""
        path = self._own_name(path)
        if path in self.files:
            return
        if path not in self._read:
            self._read[path] = read_file(Path("/"), path, self._shown(Path(path)))
        file = self._read[path]
        if file is None:
            return
        self.files[path] = file
        tree = _tree(file, b"import")
        if tree is not None:
            self._pending += [(path, item) for item in read_imports(tree, file.data, path, self._cwd)]
            self.changes = self.changes.joined(read_path_changes(tree, file.data, path, self._cwd))

    def _own_name(self, path: str) -> str:
        """Return a file below the code directory as it is, any other without links."""
        return path if path.startswith(f"{self._code_dir}/") else os.path.realpath(path)

    def _targets(self, path: str, item: Import) -> Iterator[str]:
        """Return the files that an import in the file ``path`` runs."""
        if item.file is not None:
            if self.finder.is_file(item.file) and not self._is_installed(item.file):
                yield item.file
            return
        modules = self._modules(path, item)
        files = [module.file for module in modules if module.file is not None]
        if item.names and modules and modules[-1].folders and len(modules) >= _length(item):
            files += self._submodules(modules[-1], item.names)
        yield from (file for file in files if not self._is_installed(file))

    def _is_installed(self, file: str) -> bool:
        """Tell whether a file lies among installed packages, as the program itself does not."""
        if INSTALLED_NAMES.intersection(self._code_dir.split("/")):
            return not file.startswith(f"{self._code_dir}/")
        return self.finder.is_installed(file)

    def _modules(self, path: str, item: Import) -> list[Module]:
        own = [] if item.module is None else [item.module]
        if item.package is not None:
            parts = item.package.split(".")
            parts = parts[: len(parts) - item.level + 1]
            return self.finder.find(".".join([*parts, *own]))
        if not item.level:
            return self._absolute(path, item, "".join(own))
        folder = os.path.dirname(path)
        for _ in range(item.level - 1):
            folder = os.path.dirname(folder)
        if item.module is not None:
            return self.finder.find_below(item.module, (folder,))
        init = f"{folder}/__init__.py"
        return [Module(init if self.finder.is_file(init) else None, (folder,))]

    def _absolute(self, path: str, item: Import, name: str) -> list[Module]:
        found = self.finder.find(name)
        first = name.partition(".")[0]
        if item.line and first and not is_known(first) and (not found or found[0].installed):
            self.absent.append(AbsentImport(path, item.line, first, bool(found)))
        return found

    def _submodules(self, package: Module, names: tuple[str, ...]) -> Iterator[str]:
        if "*" in names:
            init = None
            if package.file is not None:
                self.take(package.file)
                init = self.files.get(self._own_name(package.file))
            tree = None if init is None else _tree(init, b"__all__")
            names = () if tree is None else exported_names(tree)
        for name in names:
            module = self.finder.find_part(name, package.folders)
            if module is not None and module.file is not None:
                yield module.file


def _length(item: Import) -> int:
    """Tell how many modules an import runs at least."""
    return 1 if item.module is None else item.module.count(".") + 1


def _tree(file: ReadFile, word: bytes) -> ast.Module | None:
    """Return the tree of a file that holds ``word``; none when it can't be parsed, which is reported
    elsewhere."""
    if word not in file.data:
        return None
    try:
        facts = file.facts or FileFacts(SourceFile.decode(file.data, file.path))
        return facts.tree
    except (UndecodableError, SyntaxError):
        return None
