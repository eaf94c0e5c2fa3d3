"""The files of a program: what its entry imports, found and read without running it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nnic.project.imports import Import, exported_names, read_imports
from nnic.project.modules import Module, ModuleFinder, folder_of
from nnic.source import SourceFile, UndecodableError, may_hold_annotations
from nnic.syntax.facts import FileFacts


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
        data = (code_dir / path).read_bytes()
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


def program_files(
    code_dir: Path,
    entry: str,
    *,
    roots: Iterable[str] = (),
    as_module: bool = False,
    shown: Callable[[Path], str] = str,
) -> list[ReadFile]:
    """Return the files below ``code_dir`` that ``entry`` imports, itself first, the others sorted.

    Parameters
    ----------
    code_dir
        The code directory.
    entry
        The path of the file that Python is started with, relative to it.
    roots
        Further folders that are on Python's path, relative to it.
    as_module
        Whether ``-m`` starts it: its packages are imported before it, and its own folder is not on
        the path.
    shown
        What people are shown for a path.

    Raises
    ------
    FileNotFoundError
        When the entry is gone.
    """
    own_folder = [] if as_module else [folder_of(entry)]
    finder = ModuleFinder(code_dir, [*own_folder, "", *roots])
    closure = _Closure(code_dir, finder, shown)
    closure.take(entry)
    if as_module:
        for path in finder.packages_above(entry):
            closure.take(path)
    files = closure.run()
    if entry not in files:
        raise FileNotFoundError(f"{code_dir / entry} does not exist")
    return [files[path] for path in (entry, *sorted(files.keys() - {entry})) if path in files]


class _Closure:
    def __init__(self, code_dir: Path, finder: ModuleFinder, shown: Callable[[Path], str]) -> None:
        self._code_dir = code_dir
        self._finder = finder
        self._shown = shown
        self._files: dict[str, ReadFile] = {}
        self._pending: list[tuple[str, Import]] = []

    def run(self) -> dict[str, ReadFile]:
        """Follow every import."""
        while self._pending:
            path, item = self._pending.pop()
            for target in self._targets(path, item):
                self.take(target)
        return self._files

    def take(self, path: str) -> None:
        """Read a file, once, and note its imports."""
        if path in self._files:
            return
        place = self._code_dir / path
        file = read_file(self._code_dir, path, self._shown(place))
        if file is None:
            return
        self._files[path] = file
        tree = _tree(file, b"import")
        if tree is not None:
            self._pending += [(path, item) for item in read_imports(tree, file.data)]

    def _targets(self, path: str, item: Import) -> Iterator[str]:
        """Return the files that an import in the file ``path`` runs."""
        modules = self._modules(path, item)
        yield from (module.file for module in modules if module.file is not None)
        if item.names and modules and modules[-1].folders and len(modules) >= _length(item):
            yield from self._submodules(modules[-1], item.names)

    def _modules(self, path: str, item: Import) -> list[Module]:
        own = [] if item.module is None else [item.module]
        if item.package is not None:
            parts = item.package.split(".")
            parts = parts[: len(parts) - item.level + 1]
            return self._finder.find(".".join([*parts, *own]))
        if not item.level:
            return self._finder.find("".join(own))
        folder = folder_of(path)
        for _ in range(item.level - 1):
            folder = folder_of(folder)
        if item.module is not None:
            return self._finder.find_below(item.module, (folder,))
        init = f"{folder}/__init__.py" if folder else "__init__.py"
        return [Module(init if self._finder.is_file(init) else None, (folder,))]

    def _submodules(self, package: Module, names: tuple[str, ...]) -> Iterator[str]:
        if "*" in names:
            init = None
            if package.file is not None:
                self.take(package.file)
                init = self._files.get(package.file)
            tree = None if init is None else _tree(init, b"__all__")
            names = () if tree is None else exported_names(tree)
        for name in names:
            module = self._finder.find_part(name, package.folders)
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
