"""Python's search for modules, within a code directory and without importing anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Imported from the interpreter itself, or before any script: no file of a program can stand for them.
_NEVER_FILES = frozenset(sys.builtin_module_names) | {
    *("abc", "codecs", "encodings", "genericpath", "io", "os", "posixpath", "site", "stat", "zipimport"),
}


@dataclass(frozen=True, slots=True)
class Module:
    """A module that was found.

    ``file`` is the file that its import runs, ``None`` for a namespace package; ``folders`` are where its
    submodules are looked for, none for a plain module. Paths are relative to the code directory.
    """

    file: str | None
    folders: tuple[str, ...]


class ModuleFinder:
    """Finds modules below a code directory.

    Parameters
    ----------
    code_dir
        The code directory.
    roots
        Folders relative to it, in the order of ``sys.path``; ``""`` is the code directory itself.
    """

    def __init__(self, code_dir: Path, roots: Iterable[str]) -> None:
        self._code_dir = os.fspath(code_dir)
        self._roots = tuple(dict.fromkeys(roots))

    def find(self, name: str) -> list[Module]:
        """Return the modules that importing the dotted ``name`` runs, packages first; shorter than the name
        where the search ends early."""
        first = name.partition(".")[0]
        return [] if first in _NEVER_FILES else self.find_below(name, self._roots)

    def find_below(self, name: str, folders: tuple[str, ...]) -> list[Module]:
        """As :meth:`find`, in ``folders`` instead of the roots."""
        found: list[Module] = []
        for part in name.split("."):
            module = self.find_part(part, folders)
            if module is None:
                break
            found.append(module)
            folders = module.folders
        return found

    def find_part(self, name: str, folders: tuple[str, ...]) -> Module | None:
        """Return the module ``name`` (without dots): a package before a file before parts of a namespace."""
        portions = []
        for folder in folders:
            path = join(folder, name)
            if self.is_file(f"{path}/__init__.py"):
                return Module(f"{path}/__init__.py", (path,))
            if self.is_file(f"{path}.py"):
                return Module(f"{path}.py", ())
            if name and os.path.isdir(os.path.join(self._code_dir, path)):
                portions.append(path)
        return Module(None, tuple(portions)) if portions else None

    def packages_above(self, path: str) -> Iterator[str]:
        """Return the ``__init__.py`` of the folders that a file is in, up to the first that has none."""
        folder = folder_of(path)
        while folder and self.is_file(f"{folder}/__init__.py"):
            yield f"{folder}/__init__.py"
            folder = folder_of(folder)

    def is_file(self, path: str) -> bool:
        """Tell whether there is a file at ``path``."""
        return os.path.isfile(os.path.join(self._code_dir, path))


def folder_of(path: str) -> str:
    """Return the folder that ``path`` is in."""
    return path.rpartition("/")[0]


def join(folder: str, name: str) -> str:
    """Return ``name`` in ``folder``, where ``""`` is the code directory."""
    return f"{folder}/{name}" if folder else name
