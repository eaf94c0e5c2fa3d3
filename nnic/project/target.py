"""What a command is asked to compile: the code directory, and what of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nnic.project.code_directory import find_code_dir
from nnic.project.modules import ModuleFinder


@dataclass(frozen=True, slots=True)
class Target:
    """A script, a module or a folder of code.

    Parameters
    ----------
    code_dir
        The code directory, without links.
    entry
        The path of the file that Python is started with, relative to it; ``None`` for a folder.
    folder
        The folder of code, relative to it; ``""`` is the code directory itself.
    roots
        Further folders of Python's path, relative to the code directory.
    """

    code_dir: Path
    entry: str | None
    folder: str
    roots: tuple[str, ...]


def find_target(
    path: Path | None, module: str | None, code_dir: Path | str | None, roots: Iterable[Path] = ()
) -> Target:
    """Find what ``path``, or ``-m module``, means.

    Parameters
    ----------
    path
        A script or a folder; ``None`` for a module.
    module
        A dotted name, where there is no path.
    code_dir
        By default what :func:`find_code_dir` says, the working directory for a module, and the folder
        around that and all roots.
    roots
        Further folders of Python's path.

    Raises
    ------
    FileNotFoundError
        When there is no such file, folder or module.
    ValueError
        When it, or a root, lies outside of the code directory.
    """
    if path is not None and not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    places = [root.resolve() for root in roots if root.is_dir()]
    if code_dir is not None:
        top = Path(code_dir).resolve()
    else:
        top = find_code_dir(path) if path is not None else Path.cwd().resolve()
    above = top if code_dir is not None else Path(os.path.commonpath([top, *places]))
    inner = tuple(_within(place, above, "the root") for place in places)
    if path is None:
        assert module is not None
        own = "" if above == top else top.relative_to(above).as_posix()
        return Target(above, _entry_of(module, above, [own, *inner]), "", inner)
    if path.is_dir():
        return Target(above, None, _within(path.resolve(), above, "the folder"), inner)
    return Target(above, _entry(path, above), "", inner)


def _within(place: Path, code_dir: Path, what: str) -> str:
    if not place.is_relative_to(code_dir):
        raise ValueError(f"{what} {place} lies outside of the code directory {code_dir}")
    return "" if place == code_dir else place.relative_to(code_dir).as_posix()


def _entry(path: Path, code_dir: Path) -> str:
    # A link within its folder keeps its name; Python imports from where any other one leads.
    absolute = path.parent.resolve() / path.name
    real = path.resolve()
    if real.parent != absolute.parent and real.is_relative_to(code_dir):
        absolute = real
    if not absolute.is_relative_to(code_dir):
        raise ValueError(f"{path} lies outside of the code directory {code_dir}")
    return absolute.relative_to(code_dir).as_posix()


def _entry_of(module: str, code_dir: Path, roots: list[str]) -> str:
    """Return the file that ``-m module`` runs."""
    finder = ModuleFinder(code_dir, roots)
    found = finder.find(module) if all(module.split(".")) else []
    if len(found) == module.count(".") + 1:
        last = found[-1]
        if not last.folders and last.file is not None:
            return last.file
        main = finder.find_part("__main__", last.folders)
        if main is not None and main.file is not None:
            return main.file
        raise FileNotFoundError(f"{module} is a package without __main__.py below {code_dir}")
    raise FileNotFoundError(f"there is no module {module} below {code_dir}")
