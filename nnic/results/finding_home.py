"""Finds the store that a command means which is called in some folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from nnic.project.last_runs import homes_here
from nnic.results.stored import open_store
from nnic.runtime.store.connection import database_path
from nnic.runtime.store.reader import UnknownExperimentError

_MOST_ENTRIES = 200


def find_home(name: str | None = None) -> Path:
    """Return the ``NNIC_HOME`` that holds the experiment ``name``, or with ``None`` the latest one.

    Where no place has an experiment of this name, it is the first place that has any.

    Raises
    ------
    UnknownExperimentError
        When there are no experiments; says where they were looked for.
    StoreError, DamagedStoreError
        When a store can't be used.
    """
    looked = homes_here()
    found = [home for home in looked if database_path(home).exists()]
    if not found:
        raise UnknownExperimentError(_nothing(looked))
    if name is not None and len(found) > 1:
        for home in found:
            with open_store(home) as reader:
                if reader.has_experiment(name):
                    return home
    return found[0]


def _nothing(looked: list[Path]) -> str:
    text = f"there are no experiments in {' or '.join(map(str, looked))}"
    near = list(islice(_stores_below(Path.cwd()), 3))
    if near:
        listed = ", ".join(os.path.relpath(folder) for folder in near)
        return f"{text}.\n  There are some in {listed}: call nnic there. Start a new one: nnic run SCRIPT"
    return f"{text}.\n  Start one: nnic run SCRIPT. In another folder: call nnic there, or set NNIC_HOME"


def _stores_below(here: Path) -> Iterator[Path]:
    """Return folders at most two below ``here`` whose project has experiments."""
    folders = list(_folders_in(here))
    for folder in [*folders, *(inner for outer in folders for inner in _folders_in(outer))]:
        if database_path(folder / ".nnic").exists():
            yield folder


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in islice(entries, _MOST_ENTRIES) if not entry.name.startswith(".")]
            return sorted(Path(entry.path) for entry in found if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
