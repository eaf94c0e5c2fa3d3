"""Where the interpreter that will run a program looks for its modules."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from nnic.project.editable_installs import read_site
from nnic.project.interpreters import interpreter_at
from nnic.project.modules import Installed, SearchPath, is_installed_folder


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides, besides the program's own files, where its modules are looked for.

    Parameters
    ----------
    python
        The interpreter that runs the program.
    cwd
        Its working directory, without links.
    python_path
        The environment variable ``PYTHONPATH``.
    """

    python: str
    cwd: str
    python_path: str = ""

    @classmethod
    def here(cls, python: str | None = None, cwd: Path | None = None) -> Surroundings:
        """Return those of a program that is started here, by default with the interpreter of this process."""
        folder = os.path.realpath(Path.cwd() if cwd is None else cwd)
        return cls(python or sys.executable, folder, os.environ.get("PYTHONPATH", ""))

    def search_path(
        self,
        own: Iterable[str],
        roots: Iterable[str],
        front: Iterable[str] = (),
        back: tuple[str, ...] = (),
        last: Iterable[str] = (),
    ) -> SearchPath:
        """Return where modules are looked for.

        Parameters
        ----------
        own
            The folder of the script, or the working directory for a module.
        roots
            Folders that the project's settings name.
        front, back
            Folders that the program itself puts at the beginning and at the end.
        last
            Folders for what is found nowhere else.
        """
        given = [os.path.realpath(os.path.join(self.cwd, item)) for item in self._given()]
        before = (*front, *own, *given, *roots)
        return SearchPath(before, partial(_installed, self.python, back), tuple(last))

    def _given(self) -> list[str]:
        # An empty entry is the working directory.
        return self.python_path.split(os.pathsep) if self.python_path else []


@cache
def _installed(python: str, back: tuple[str, ...]) -> Installed:
    """Return what is behind the standard library of an interpreter."""
    folders: list[str] = []
    mapped: dict[str, str] = {}
    interpreter = interpreter_at(python)
    sites = [os.path.realpath(site) for site in interpreter.sites if os.path.isdir(site)]
    for site in sites:
        added = read_site(site)
        folders += [site, *added.folders]
        mapped = {**added.mapped, **mapped}
    folders += back
    installed = {folder for folder in folders if folder in sites or is_installed_folder(folder)}
    library = [os.path.realpath(folder) for folder in interpreter.library]
    return Installed(tuple(dict.fromkeys(folders)), frozenset((*installed, *library)), mapped)
