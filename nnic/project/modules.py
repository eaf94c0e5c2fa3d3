"""Python's search for modules along a path, without importing anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

# Imported from the interpreter itself, or before any script: no file of a program can stand for them.
_NEVER_FILES = frozenset(sys.builtin_module_names) | {
    *("abc", "codecs", "encodings", "genericpath", "io", "os", "posixpath", "site", "stat", "zipimport"),
}
# What nnic serves by itself in a trial.
_OURS = frozenset({"nnic", "nni"})
_ENDINGS = (".py", ".pyc", ".so", ".pyd")
INSTALLED_NAMES = frozenset({"site-packages", "dist-packages"})
_STANDARD_LIBRARY = sys.stdlib_module_names


@dataclass(frozen=True, slots=True)
class Module:
    """A module that was found.

    Parameters
    ----------
    file
        The absolute path of the file that its import runs; ``None`` for a namespace package, and for what is
        installed.
    folders
        Where its submodules are looked for; none for a plain module.
    installed
        Whether it is the standard library's, or lies among installed packages: then it is no part of a
        program.
    """

    file: str | None
    folders: tuple[str, ...] = ()
    installed: bool = False


@dataclass(frozen=True, slots=True)
class Installed:
    """What an interpreter searches behind its standard library.

    Parameters
    ----------
    folders
        Absolute paths in the order of ``sys.path``.
    sites
        Those of them that hold installed packages.
    mapped
        What editable installs map: the dotted name of a module to its file or folder, without the ending.
    """

    folders: tuple[str, ...] = ()
    sites: frozenset[str] = frozenset()
    mapped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchPath:
    """Where an interpreter looks for the modules of a program.

    Parameters
    ----------
    before
        Absolute paths of the folders before the standard library, in the order of ``sys.path``.
    installed
        Returns what comes behind it; called when that is needed.
    last
        Folders that are searched when nothing else has the module.
    """

    before: tuple[str, ...]
    installed: Callable[[], Installed] = Installed
    last: tuple[str, ...] = ()


class ModuleFinder:
    """Finds modules along a search path."""

    def __init__(self, path: SearchPath) -> None:
        self._before = tuple(dict.fromkeys(path.before))
        self._last = tuple(dict.fromkeys(path.last))
        self._read_installed = path.installed

    @cached_property
    def _installed(self) -> Installed:
        return self._read_installed()

    def is_installed(self, file: str) -> bool:
        """Tell whether a file lies among installed packages."""
        if any(part in INSTALLED_NAMES for part in file.split(os.sep)):
            return True
        return any(file.startswith(site + os.sep) for site in self._installed.sites)

    def find(self, name: str) -> list[Module]:
        """Return the modules that importing the dotted ``name`` runs, packages first; shorter than the name
        where the search ends early."""
        first, _, rest = name.partition(".")
        if first in _NEVER_FILES:
            return []
        module = self._find_first(first)
        if module is None or module.installed or not rest:
            return [] if module is None else [module]
        return [module, *self._find_rest(rest, first, module.folders)]

    def find_below(self, name: str, folders: tuple[str, ...]) -> list[Module]:
        """As :meth:`find`, in ``folders`` alone."""
        return self._find_rest(name, "", folders)

    def _find_rest(self, name: str, parent: str, folders: tuple[str, ...]) -> list[Module]:
        found: list[Module] = []
        for part in name.split("."):
            parent = f"{parent}.{part}"
            module = self.find_part(part, folders) or self._find_mapped(parent)
            if module is None:
                break
            found.append(module)
            folders = module.folders
        return found

    def _find_first(self, name: str) -> Module | None:
        """Return the module of a name without dots, as Python does when it is imported absolutely."""
        portions: list[str] = []
        found = self._search(name, self._before, portions)
        if found is None and name in _STANDARD_LIBRARY:
            return Module(None, installed=True)
        if found is None and name not in _OURS:
            folders = self._installed.folders
            found = self._search(name, folders, portions) or self._find_mapped(name)
        if found is None and not portions:
            found = self._search(name, self._last, portions)
        if found is not None and (found.file is not None or found.installed):
            return found
        if found is not None:
            portions += found.folders
        return Module(None, tuple(dict.fromkeys(portions))) if portions or found is not None else None

    def _search(self, name: str, folders: Sequence[str], portions: list[str]) -> Module | None:
        """Search ``folders``, and add those that are parts of a namespace package to ``portions``."""
        behind = folders is not self._before and folders is not self._last
        for folder in folders:
            if is_installed_folder(folder) or (behind and folder in self._installed.sites):
                if name in _names_in(folder):
                    found = _find_installed(folder, name)
                    if found.installed or found.file is not None:
                        return found
                    portions += found.folders
                continue
            found_part = self.find_part(name, (folder,))
            if found_part is not None and found_part.file is not None:
                return found_part
            if found_part is not None:
                portions += found_part.folders
        return None

    def _find_mapped(self, name: str) -> Module | None:
        place = self._installed.mapped.get(name)
        if place is not None:
            if self.is_file(f"{place}/__init__.py"):
                return Module(f"{place}/__init__.py", (place,))
            for file in (f"{place}.py", place):
                if file.endswith(".py") and self.is_file(file):
                    return Module(file)
            return Module(None, (place,)) if os.path.isdir(place) else None
        inside = f"{name}."
        return Module(None) if any(other.startswith(inside) for other in self._installed.mapped) else None

    def find_part(self, name: str, folders: tuple[str, ...]) -> Module | None:
        """Return the module ``name`` (without dots): a package before a file before parts of a namespace."""
        portions = []
        for folder in folders:
            path = os.path.join(folder, name)
            if self.is_file(f"{path}/__init__.py"):
                return Module(f"{path}/__init__.py", (path,))
            if self.is_file(f"{path}.py"):
                return Module(f"{path}.py")
            if name and os.path.isdir(path):
                portions.append(path)
        return Module(None, tuple(portions)) if portions else None

    def packages_above(self, path: str) -> Iterator[str]:
        """Return the ``__init__.py`` of the folders that a file is in, up to the first that has none."""
        folder = os.path.dirname(path)
        while self.is_file(f"{folder}/__init__.py") and folder != os.path.dirname(folder):
            yield f"{folder}/__init__.py"
            folder = os.path.dirname(folder)

    def is_file(self, path: str) -> bool:
        """Tell whether there is a file at ``path``."""
        return os.path.isfile(path)


def is_known(name: str) -> bool:
    """Tell whether a module of this name is the standard library's, or one that a trial always has."""
    return name in _STANDARD_LIBRARY or name in _NEVER_FILES or name in _OURS


def is_installed_folder(folder: str) -> bool:
    """Tell whether a folder is by its name one of installed packages."""
    return os.path.basename(folder) in INSTALLED_NAMES


@cache
def _names_in(folder: str) -> frozenset[str]:
    """Return the names that a folder of installed packages may be imported by."""
    try:
        entries = os.listdir(folder)
    except OSError:
        return frozenset()
    return frozenset(
        entry.partition(".")[0] for entry in entries if "." not in entry or entry.endswith(_ENDINGS)
    )


def _find_installed(folder: str, name: str) -> Module:
    """Return what ``name`` is in a folder of installed packages; a link out of it is what it leads to."""
    for path in (os.path.join(folder, name), os.path.join(folder, f"{name}.py")):
        if os.path.islink(path) and not os.path.realpath(path).startswith(os.path.realpath(folder) + os.sep):
            real = os.path.realpath(path)
            if real.endswith(".py"):
                return Module(real)
            if os.path.isfile(f"{real}/__init__.py"):
                return Module(f"{real}/__init__.py", (real,))
    path = os.path.join(folder, name)
    if (
        os.path.isdir(path)
        and not os.path.exists(f"{path}/__init__.py")
        and name + ".py" not in os.listdir(folder)
    ):
        return Module(None, (path,))
    return Module(None, installed=True)
