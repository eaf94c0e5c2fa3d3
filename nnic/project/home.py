"""Where a project keeps its experiments."""

from __future__ import annotations

import os
from pathlib import Path

MARKERS = (".nnic", ".git", "pyproject.toml")


def home_for(start: Path) -> Path:
    """Return the folder of everything that belongs to the project around ``start``.

    ``NNIC_HOME`` where it is set; else ``.nnic`` in the nearest folder above ``start`` (a script or
    a folder) that has ``.nnic``, ``.git`` or ``pyproject.toml``; else beside ``start``. The folder
    need not exist.
    """
    chosen = os.environ.get("NNIC_HOME")
    if chosen:
        return Path(chosen).absolute()
    start = start.absolute()
    folder = start if start.is_dir() else start.parent
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in MARKERS):
            return candidate / ".nnic"
    return folder / ".nnic"
