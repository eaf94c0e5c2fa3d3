"""Versions of what nnic and its trials run under."""

from __future__ import annotations

import platform
import sqlite3
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from nnic import __version__
from nnic.runtime.doctor.findings import Finding, Level
from nnic.runtime.store.connection import OLDEST_SQLITE

_PACKAGES = ("numpy", "scipy", "torch")
_OLDEST_PYTHON = (3, 11)
_NEWEST_PYTHON = (3, 15)  # of those that the tests have run on


def check_versions(home: Path) -> Iterator[Finding]:
    """Python and SQLite, which must fit, and the packages that decide what tuners and trials do."""
    found = [f"{name} {version}" for name in _PACKAGES if (version := _version(name)) is not None]
    listed = ", ".join([f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", *found])
    yield Finding(Level.OK, "versions", f"nnic {__version__}, {listed} ({sys.executable})")
    yield from _check_python(sys.version_info[:2])
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        text = f"nnic needs SQLite 3.37 or newer, this Python has {sqlite3.sqlite_version}"
        yield Finding(Level.PROBLEM, "versions", text, "install a Python from python.org, uv or conda")
    if _version("torch") is None:
        yield Finding(Level.NOTE, "versions", "torch is not installed in this environment")


def _check_python(version: tuple[int, int]) -> Iterator[Finding]:
    oldest, newest = (".".join(map(str, known)) for known in (_OLDEST_PYTHON, _NEWEST_PYTHON))
    text = f"nnic supports Python {oldest} to {newest}, this is {'.'.join(map(str, version))}"
    if version < _OLDEST_PYTHON:
        yield Finding(Level.PROBLEM, "versions", text, f"create an environment with Python {newest}")
    elif version > _NEWEST_PYTHON:
        yield Finding(Level.NOTE, "versions", text)


def _version(package: str) -> str | None:
    """Of the installed package; it is not imported."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
