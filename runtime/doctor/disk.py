"""Where a project's files lie, and how much room there is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from nnic.runtime.devices.wording import in_gib
from nnic.runtime.disk_space import find_shortage
from nnic.runtime.doctor.findings import Finding, Level
from nnic.runtime.filesystem import filesystem
from nnic.runtime.store.connection import StoreError, check_filesystem

LITTLE_BYTES = 1 << 30


def check_disk(home: Path) -> Iterator[Finding]:
    """The file system of ``home``, what is free on it, and whether it can be written."""
    try:
        check_filesystem(home)
    except StoreError as error:
        text, _, way = str(error).partition("; ")
        yield Finding(Level.PROBLEM, "disk", text, way)
        return
    folder = _nearest(home)
    stat = os.statvfs(folder)
    free = stat.f_bavail * stat.f_frsize
    text = f"{in_gib(free)} free on the disk of {home} ({filesystem(home) or 'unknown file system'})"
    shortage = find_shortage(folder) if folder == home else None
    if shortage is not None:
        what, _, way = shortage.partition("; ")
        yield Finding(Level.PROBLEM, "disk", what, way)
    elif not os.access(folder, os.W_OK | os.X_OK):
        text = f"{folder} cannot be written, so no run can start here"
        yield Finding(Level.PROBLEM, "disk", text, "set NNIC_HOME to a folder of your own")
    elif free < LITTLE_BYTES:
        yield Finding(Level.PROBLEM, "disk", f"only {text}", "free some space: nnic clean")
    else:
        yield Finding(Level.OK, "disk", text)


def _nearest(path: Path) -> Path:
    """``path``, or the nearest folder above it that is there."""
    return next((folder for folder in (path, *path.parents) if folder.is_dir()), Path("/"))
