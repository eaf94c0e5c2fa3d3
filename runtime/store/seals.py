"""Seals what this user's nnic has written, so that it is told from what an archive or another user brought.

A seal is a line in the file ``seals`` of a folder: the HMAC of a content under a key that only this user has.
A folder may have several, one for each content that it has had and for each user who accepted it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nnic.runtime.reading import read_own

_NAME = "seals"
_KEY = "key"
_KEY_BYTES = 32
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Key:
    """The key of this user, and when it was made in Unix time."""

    secret: bytes
    made: float


def seal(folder: Path, content: bytes) -> bool:
    """Write a seal of ``content`` to ``folder``; ``False`` where no key can be kept."""
    key = find_key(make=True)
    if key is None:
        return False
    line = _line(key, content)
    if line not in _lines(folder):
        _remove_strange(folder / _NAME)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with open(os.open(folder / _NAME, flags, 0o600), "ab") as stream:
            stream.write(line + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
    return True


def _remove_strange(path: Path) -> None:
    """Remove a link or a pipe, which nnic has not made; what it leads to stays as it is."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(os.lstat(path).st_mode):
            path.unlink()


def is_sealed(folder: Path, content: bytes) -> bool:
    """Tell whether this user's nnic has sealed ``content`` in ``folder``."""
    key = find_key()
    if key is None:
        return False
    wanted = _line(key, content)
    return any(hmac.compare_digest(line, wanted) for line in _lines(folder))


def _line(key: Key, content: bytes) -> bytes:
    return hmac.new(key.secret, content, hashlib.sha256).hexdigest().encode("ascii")


def _lines(folder: Path) -> list[bytes]:
    try:
        return read_own(folder / _NAME, _MOST_BYTES).split(b"\n")
    except OSError:
        return []


def key_folder() -> Path:
    """Return where the key of this user lies; relative when they have no home folder."""
    from platformdirs import user_state_dir

    return Path(user_state_dir("nnic", appauthor=False))


def find_key(make: bool = False) -> Key | None:
    """Return this user's key, which lies with the state of their programs; with ``make`` it is made.

    ``None`` where there is none: without a home folder, or with one that can't be written.
    """
    folder = key_folder()
    if not folder.is_absolute():
        return None
    found = _read_key(folder / _KEY)
    if found is None and make and _may_make(folder):
        with suppress(OSError):
            _make_key(folder)
        found = _read_key(folder / _KEY)
    return found


def is_older_than_key(files: Iterable[Path]) -> bool:
    """Tell whether files were written to this disk before this user had a key: else they would be sealed.

    Nobody but the system sets the time that is looked at.

    Raises
    ------
    OSError
        When one can't be looked at.
    """
    key = find_key()
    return key is None or all(os.lstat(file).st_ctime < key.made for file in files)


def _read_key(path: Path) -> Key | None:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            found = os.fstat(stream.fileno())
            secret = stream.read(_KEY_BYTES)
            own = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
            if not own or len(secret) < _KEY_BYTES:
                return None
            if found.st_mode & 0o077:
                os.fchmod(stream.fileno(), 0o600)
            return Key(secret, found.st_mtime)
    except OSError:
        return None


def _may_make(folder: Path) -> bool:
    """Under ``sudo`` the home folder may be another user's, who could not write to a folder of root's."""
    there = next(above for above in (folder, *folder.parents) if above.exists())
    return there.stat().st_uid == os.geteuid()


def _make_key(folder: Path) -> None:
    """Make a key that is whole whenever it is there; of two processes that do, both take the first one's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = folder / f"{_KEY}.{secrets.token_hex(4)}"
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(_KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        if _read_key(folder / _KEY) is None:
            (folder / _KEY).unlink(missing_ok=True)  # It is damaged, and of no use any more.
        with suppress(FileExistsError):
            os.link(aside, folder / _KEY)
    finally:
        aside.unlink(missing_ok=True)
