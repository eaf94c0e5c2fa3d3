"""Replacing files of the user's, the one thing that must not go half wrong."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nnic.runtime.errors import ExplainedError


class EditedMeanwhileError(ExplainedError):
    """The file is not what it was when the new content was made."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """``after`` takes the place of ``before`` in the file at ``path``."""

    path: Path
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A change whose new content lies beside its file; ``old`` is the file that was there."""

    change: FileChange
    target: Path
    aside: Path
    old: Path


def replace_file(path: Path, data: bytes, expected: bytes) -> None:
    """Put ``data`` in the place of ``path`` as :func:`replace_files` does."""
    replace_files([FileChange(path, expected, data)])


def replace_files(changes: Iterable[FileChange]) -> None:
    """Put every new content in its place, or none of them.

    Permissions and owners stay, a link stays a link. All contents are on the disk before the first
    file is replaced; when one can't be, those before it are put back.

    Raises
    ------
    EditedMeanwhileError
        When a file no longer holds what it held before.
    OSError
        When one can't be written; its ``filename`` is the path of the change.
    """
    prepared: list[_Prepared] = []
    try:
        for change in changes:
            with _named(change.path):
                prepared.append(_prepare(change))
        _swap(prepared)
    finally:
        for item in prepared:
            for leftover in (item.aside, item.old):
                with contextlib.suppress(OSError):
                    leftover.unlink(missing_ok=True)
    for folder in {item.target.parent for item in prepared}:
        _sync_folder(folder)


def put_file(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of ``path``, which need not exist; what was there stays until it is written.

    Permissions stay, a link stays a link, and a device or a pipe is written to.

    Raises
    ------
    OSError
        When it can't be written; its ``filename`` is ``path``.
    """
    with _named(path):
        if path.is_file():
            replace_file(path, data, path.read_bytes())
        elif path.exists():
            path.write_bytes(data)
        else:
            target = Path(os.path.realpath(path))
            _put_new(target, data)
            _sync_folder(target.parent)


def _put_new(target: Path, data: bytes) -> None:
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with open(aside, "xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Have an error of the system name the user's file, not ours beside it."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def _prepare(change: FileChange) -> _Prepared:
    target = Path(os.path.realpath(change.path))
    _check_unedited(change, target)
    if not os.access(target, os.W_OK):
        # Renaming asks for no right to the file itself; who took it away meant it.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    token = secrets.token_hex(4)
    item = _Prepared(
        change,
        target,
        aside=target.with_name(f".{target.name}.{token}"),
        old=target.with_name(f".{target.name}.{token}.old"),
    )
    try:
        _write_aside(item)
    except BaseException:
        item.aside.unlink(missing_ok=True)
        raise
    return item


def _write_aside(item: _Prepared) -> None:
    was = item.target.stat()
    with open(item.aside, "xb") as stream:
        stream.write(item.change.after)
        stream.flush()
        os.fsync(stream.fileno())
    with contextlib.suppress(OSError):
        os.chown(item.aside, was.st_uid, was.st_gid)
    os.chmod(item.aside, stat.S_IMODE(was.st_mode))


def _swap(prepared: list[_Prepared]) -> None:
    done: list[_Prepared] = []
    try:
        for item in prepared:
            with _named(item.change.path):
                _check_unedited(item.change, item.target)
                _keep_old(item)
                done.append(item)
                os.replace(item.aside, item.target)
    except BaseException:
        for item in reversed(done):
            os.replace(item.old, item.target)
        raise


def _keep_old(item: _Prepared) -> None:
    try:
        os.link(item.target, item.old)
    except OSError:  # a file system without hard links
        item.old.write_bytes(item.change.before)
        os.chmod(item.old, stat.S_IMODE(item.target.stat().st_mode))


def _check_unedited(change: FileChange, target: Path) -> None:
    if target.read_bytes() != change.before:
        raise EditedMeanwhileError(f"{change.path} was edited while its new text was made")


def _sync_folder(folder: Path) -> None:
    """Have the new names on the disk; where that can't be asked for, they come there later."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
