"""What ``nnic apply`` wrote and what was there before, so that it can be taken back."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnic.project.writing import FileChange

_FOLDER = "applies"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class AppliedFile:
    """A file that was written, with hashes of what it held before and after."""

    path: Path
    before_sha256: str
    after_sha256: str
    before_file: Path
    after_file: Path

    @property
    def before(self) -> bytes:
        """What the file held before."""
        return self.before_file.read_bytes()

    @property
    def after(self) -> bytes:
        """What was written."""
        return self.after_file.read_bytes()


@dataclass(frozen=True, slots=True)
class Apply:
    """One ``nnic apply``; ``number`` counts those of the project from 1."""

    number: int
    folder: Path
    experiment: str
    trial: int
    files: tuple[AppliedFile, ...]


def record_apply(experiment_folder: Path, trial: int, changes: Sequence[FileChange]) -> Apply:
    """Keep what ``changes`` replaces, on the disk before they are made.

    Parameters
    ----------
    experiment_folder
        ``<home>/experiments/<name>``.
    trial
        Whose values are written.
    changes
        Absolute paths, and their contents before and after.
    """
    parent = experiment_folder / _FOLDER
    parent.mkdir(parents=True, exist_ok=True)
    aside = parent / f".{secrets.token_hex(4)}"
    aside.mkdir()
    try:
        _fill(aside, trial, changes)
        number = max((apply.number for apply in read_applies(experiment_folder.parent)), default=0) + 1
        while True:
            try:
                aside.rename(parent / str(number))
                break
            except OSError:
                if not (parent / str(number)).exists():
                    raise
                number += 1
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return _read(parent / str(number))


def _fill(folder: Path, trial: int, changes: Sequence[FileChange]) -> None:
    files = []
    for index, change in enumerate(changes):
        for when, data in (("before", change.before), ("after", change.after)):
            _write(folder / f"{index}.{when}", data)
        hashes = {
            "before": hashlib.sha256(change.before).hexdigest(),
            "after": hashlib.sha256(change.after).hexdigest(),
        }
        files.append({"path": str(change.path), **hashes})
    journal = {"version": _VERSION, "trial": trial, "files": files}
    _write(folder / "journal.json", json.dumps(journal, indent=2).encode("ascii"))


def _write(path: Path, data: bytes) -> None:
    with open(path, "xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def read_applies(experiments: Path) -> list[Apply]:
    """Return every apply of a project that was not taken back, oldest first.

    Those that a newer version of nnic wrote are left out.

    ``experiments`` is the folder ``<home>/experiments``.
    """
    found = []
    for folder in experiments.glob(f"*/{_FOLDER}/*"):
        if folder.name.isdecimal():
            with contextlib.suppress(OSError, ValueError, KeyError):
                found.append(_read(folder))
    return sorted(found, key=lambda apply: apply.number)


def _read(folder: Path) -> Apply:
    journal = json.loads((folder / "journal.json").read_bytes())
    if journal["version"] != _VERSION:
        raise ValueError(f"{folder} was written by another version of nnic")
    files = tuple(
        AppliedFile(
            Path(entry["path"]),
            entry["before"],
            entry["after"],
            folder / f"{index}.before",
            folder / f"{index}.after",
        )
        for index, entry in enumerate(journal["files"])
    )
    return Apply(int(folder.name), folder, folder.parent.parent.name, journal["trial"], files)


def forget(apply: Apply) -> None:
    """Take an apply out of the journal."""
    gone = apply.folder.with_name(f".{apply.folder.name}.{secrets.token_hex(4)}")
    apply.folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
