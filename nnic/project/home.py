"""Where a project keeps its experiments."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from nnic.runtime.filesystem import is_ours

_OWN = ".nnic"
_ROOTS = (".git", "pyproject.toml")


def home_for(start: Path) -> Path:
    """Return the folder of everything that belongs to the project around ``start``.

    ``NNIC_HOME`` where it is set; else ``.nnic`` in the nearest folder at or above ``start`` (a script or a
    folder) that has ``.nnic``, ``.git`` or ``pyproject.toml``; else beside ``start``. The folder need not
    exist.
    """
    return _chosen() or default_home(start)


def default_home(start: Path) -> Path:
    """Return what :func:`home_for` does where ``NNIC_HOME`` is not set."""
    folder = _folder(start)
    return _project_around(folder) or folder / _OWN


def home_of_run(target: Path) -> Path:
    """Return where a run of ``target`` keeps its experiment: in the project around it; without one, in
    the project around the working directory, or there."""
    return _chosen() or _project_around(_folder(target)) or default_home(Path.cwd())


def project_root(folder: Path) -> Path:
    """Return the folder of the project around ``folder``: the nearest at or above it that has ``.git`` or
    ``pyproject.toml``; else ``folder``."""
    for candidate in (folder, *folder.parents):
        if _is_root(candidate, folder):
            return candidate
    return folder


def named_beforehand(home: Path, start: Path) -> bool:
    """Tell whether a home lies further up than somebody who works at ``start`` may expect: in a folder above
    that is not marked as the root of a project."""
    folder = _folder(start)
    return (
        _chosen() is None
        and home.parent != folder
        and home.parent in folder.parents
        and not _is_root(home.parent, folder)
    )


def _chosen() -> Path | None:
    chosen = os.environ.get("NNIC_HOME")
    return Path(chosen).absolute() if chosen else None


def _folder(start: Path) -> Path:
    start = Path(os.path.realpath(start)) if ".." in start.parts else start.absolute()
    return start if start.is_dir() else start.parent


def _project_around(folder: Path) -> Path | None:
    for candidate in (folder, *folder.parents):
        if _is_usable(candidate / _OWN):
            return candidate / _OWN
        if _is_root(candidate, folder):
            return candidate / _OWN
    return None


def _is_usable(home: Path) -> bool:
    """Tell whether there is such a folder, and not one of another user."""
    try:
        ours = is_ours(os.lstat(home)) and is_ours(os.stat(home))
    except OSError:
        return False
    return ours and home.is_dir() and os.access(home, os.R_OK | os.X_OK)


def _is_root(candidate: Path, folder: Path) -> bool:
    """Tell whether a folder is the root of the project around ``folder``."""
    marked = any((candidate / marker).exists() for marker in _ROOTS)
    return marked and (candidate == folder or not _is_shared(candidate))


def _is_shared(folder: Path) -> bool:
    """Tell whether a folder holds much besides a project: the root, a home folder, a folder for everybody.

    One with a repository of its own, as people keep of their settings, is no project of what lies below.
    """
    if folder.parent == folder or folder == Path(os.path.expanduser("~")):
        return True
    try:
        return bool(folder.stat().st_mode & stat.S_ISVTX)
    except OSError:
        return False
