"""What ``nnic apply`` wrote and what was there before, so that it can be taken back.

A journal that came with an archive or a repository could name any file, so each is sealed when it is written.
"""

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
from nnic.runtime.errors import ExplainedError
from nnic.runtime.reading import read_own
from nnic.runtime.store.seals import is_older_than_key, is_sealed, seal

_FOLDER = "applies"
_VERSION = 1
_MOST_BYTES = 1 << 26


class JournalError(ExplainedError):
    """What an apply kept of a file is damaged."""


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
        return _kept(self.before_file, self.before_sha256)

    @property
    def after(self) -> bytes:
        """What was written."""
        return _kept(self.after_file, self.after_sha256)


def _kept(file: Path, sha256: str) -> bytes:
    try:
        data = read_own(file, _MOST_BYTES)
    except OSError as error:
        raise JournalError(f"can't read {file}: {error.strerror or error}") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise JournalError(f"{file} is damaged, so the text from before is lost")
    return data


@dataclass(frozen=True, slots=True)
class Apply:
    """One ``nnic apply``.

    Parameters
    ----------
    number
        Counts those of the project from 1.
    root
        The project that its files lie in; ``None`` where an earlier version of nnic wrote the journal.
    sealed
        Whether this user's nnic wrote the journal.
    accepted
        Whether this user accepted it, which came from elsewhere.
    """

    number: int
    folder: Path
    experiment: str
    trial: int
    files: tuple[AppliedFile, ...]
    root: Path | None
    sealed: bool
    accepted: bool

    @property
    def is_old(self) -> bool:
        """Whether the journal is older than the key that would have sealed it."""
        return is_older_than_key(self.folder.iterdir())


def record_apply(experiment_folder: Path, root: Path, trial: int, changes: Sequence[FileChange]) -> Apply:
    """Keep what ``changes`` replaces, on the disk before they are made.

    Parameters
    ----------
    experiment_folder
        ``<home>/experiments/<name>``.
    root
        The project that all files lie in.
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
        _fill(aside, root, trial, changes)
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


def _fill(folder: Path, root: Path, trial: int, changes: Sequence[FileChange]) -> None:
    files = []
    for index, change in enumerate(changes):
        for when, data in (("before", change.before), ("after", change.after)):
            _write(folder / f"{index}.{when}", data)
        hashes = {
            "before": hashlib.sha256(change.before).hexdigest(),
            "after": hashlib.sha256(change.after).hexdigest(),
        }
        files.append({"path": str(change.path), **hashes})
    journal = {"version": _VERSION, "trial": trial, "root": str(root), "files": files}
    data = json.dumps(journal, indent=2).encode("ascii")
    _write(folder / "journal.json", data)
    seal(folder, _content(data))


def accept_applies(experiments: Path) -> None:
    """Seal every apply of a project, because this user trusts where it is from."""
    for apply in read_applies(experiments):
        seal(apply.folder, _content(read_own(apply.folder / "journal.json", _MOST_BYTES), b"accepted"))


def _content(journal: bytes, kind: bytes = b"apply") -> bytes:
    return kind + b"\n" + journal


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
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
                found.append(_read(folder))
    return sorted(found, key=lambda apply: apply.number)


def _read(folder: Path) -> Apply:
    data = read_own(folder / "journal.json", _MOST_BYTES)
    journal = json.loads(data)
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
    root = Path(journal["root"]) if "root" in journal else None
    sealed, accepted = (is_sealed(folder, _content(data, kind)) for kind in (b"apply", b"accepted"))
    name, number = folder.parent.parent.name, int(folder.name)
    return Apply(number, folder, name, journal["trial"], files, root, sealed, accepted)


def forget(apply: Apply) -> None:
    """Take an apply out of the journal."""
    gone = apply.folder.with_name(f".{apply.folder.name}.{secrets.token_hex(4)}")
    apply.folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
