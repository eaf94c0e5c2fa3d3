"""Where the source of a package lies in a project whose interpreter does not import it from there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

_MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg")
_USUAL = ("", "src", "lib", "python", "source")


def source_places(package: str, start: Path) -> Iterator[Path]:
    """Return the folders of the project around ``start`` that hold a module or package of this name."""
    for project in _projects(start):
        for name in _USUAL:
            folder = project / name
            place = folder / package
            namespace = bool(name) and next(place.glob("*.py"), None) is not None
            if namespace or (place / "__init__.py").is_file() or (folder / f"{package}.py").is_file():
                yield folder


def installable_folder(place: Path) -> Path | None:
    """Return the folder at or above ``place`` that ``pip install -e`` takes, ``None`` where there is none."""
    for folder in (place, *place.parents):
        if any((folder / name).is_file() for name in ("pyproject.toml", "setup.py")):
            return folder
        if (folder / ".git").exists():
            return None
    return None


def way_to_import(place: Path, shown: Callable[[Path], str]) -> str:
    """Return what a person may do so that Python imports from the folder ``place``; ``shown`` returns a path
    as it is typed."""
    folder = installable_folder(place)
    first = "" if folder is None else f"pip install -e {shown(folder)}, or "
    return f"{first}PYTHONPATH={shown(place)}"


def relative_to(here: str) -> Callable[[Path], str]:
    """Return a function that returns a folder as it is typed in the folder ``here``."""

    def shown(folder: Path) -> str:
        relative = os.path.relpath(folder, here)
        return os.fspath(folder) if relative.startswith("..") else relative

    return shown


def _projects(start: Path) -> Iterator[Path]:
    """Return ``start``, and the folders above it up to the project's root."""
    yield start
    above = [start, *start.parents]
    marked = [folder for folder in above if any((folder / marker).exists() for marker in _MARKERS)]
    for folder in above[1:]:
        if not marked or not folder.is_relative_to(marked[0]):
            # Without a marker a script's folder lies as a rule directly in its project.
            if not marked and folder == start.parent:
                yield folder
            return
        yield folder
