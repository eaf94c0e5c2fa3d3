"""Refuses a home that another user made or can change: what lies there is run, and written back."""

from __future__ import annotations

import os
import pwd
import stat
from contextlib import suppress
from pathlib import Path

from nnic.runtime.filesystem import is_ours, keeps_modes
from nnic.runtime.store.schema import StoreError
from nnic.runtime.store.seals import is_sealed, seal


def check_home(home: Path) -> None:
    """Refuse to write to a home that is not this user's alone. One that does not exist is nobody's yet.

    Raises
    ------
    StoreError
        When it, or what is in it, belongs to another user, or everybody may write to it, and this user has
        not accepted that.
    """
    faults = find_faults(home)
    if faults and not is_sealed(home, _accepted(home, faults)):
        raise StoreError(
            f"{faults[0]}, so nnic does not write to it.\n"
            "  Set NNIC_HOME to a folder of your own, or accept this one: nnic doctor --trust"
        )


def accept_home(home: Path) -> None:
    """Accept for this user what :func:`find_faults` finds now."""
    faults = find_faults(home)
    if faults:
        seal(home, _accepted(home, faults))


def find_faults(home: Path) -> list[str]:
    """Return by whom else a home, its database and its folder of experiments could be changed."""
    database = home / "nnic.db"
    faults = []
    for path in dict.fromkeys((home, Path(os.path.realpath(home)), home / "experiments", database)):
        with suppress(FileNotFoundError):
            found = os.lstat(path)
            if not is_ours(found):
                faults.append(f"{path} belongs to another user ({_name(found.st_uid)})")
            elif _is_open(path, found):
                faults.append(f"everybody may write to {path}")
    if database.is_symlink():
        faults.append(f"{database} is a link to {os.path.realpath(database)}")
    return faults


def _accepted(home: Path, faults: list[str]) -> bytes:
    return "\n".join(["home", os.path.realpath(home), *faults]).encode("utf-8", "surrogateescape")


def _is_open(path: Path, found: os.stat_result) -> bool:
    """With the sticky bit nobody else may replace a file; links, and some disks, have no modes at all."""
    shared = found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX
    return bool(shared) and not stat.S_ISLNK(found.st_mode) and keeps_modes(path)


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
