"""The output of trials: bounded while it is written, and read afterwards.

A trial writes its ``output.log`` itself, through no pipe that could hold it up or break. Of a file
that grows beyond its bound the middle goes: its blocks are given back to the file system (a hole),
so how it began and what came last stay, at the offsets that they had, and a ``tail -f`` goes on.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_KEEP_SIZE, _PUNCH_HOLE = 1, 2  # The flags are from linux/falloc.h.
_READ_BYTES = 1 << 20


class OutputBound:
    """Keeps the ``output.log`` of an attempt within ``max_bytes``: a quarter for how it began, and
    at least half for what came last."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._left_out = 0

    def enforce(self) -> bool:
        """Give back what is too much; ``False`` where the file system cannot, and it stays."""
        try:
            size = os.stat(self._path).st_size
        except OSError:
            return True
        if size - self._left_out <= self._max_bytes:
            return True
        try:
            self._cut(size)
        except OSError as error:
            return error.errno not in (errno.EOPNOTSUPP, errno.ENOSYS)
        return True

    def _cut(self, size: int) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        try:
            # Only whole blocks are given back.
            block = os.fstat(descriptor).st_blksize
            begin = -(-self._max_bytes // 4 // block) * block
            end = (size - self._max_bytes // 2) // block * block
            if begin < end:
                _punch_hole(descriptor, begin, end - begin)
                self._left_out = end - begin
        finally:
            os.close(descriptor)


def _punch_hole(descriptor: int, begin: int, count: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = ctypes.c_int64(begin), ctypes.c_int64(count)
    if libc.fallocate64(descriptor, _KEEP_SIZE | _PUNCH_HOLE, *arguments):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """So many bytes of an output are not there any more."""

    count: int


def read_output(path: Path, start: int = 0) -> Iterator[bytes | LeftOut]:
    """The output of an attempt in pieces, with what was left out between them, from a position on.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    with open(path, "rb", buffering=0) as stream:
        descriptor = stream.fileno()
        position, size = start, os.fstat(descriptor).st_size
        while position < size:
            begin = _seek(descriptor, position, os.SEEK_DATA, size)
            if begin > position:
                yield LeftOut(begin - position)
            position = _seek(descriptor, begin, os.SEEK_HOLE, size)
            for offset in range(begin, position, _READ_BYTES):
                yield os.pread(descriptor, min(_READ_BYTES, position - offset), offset)


def _seek(descriptor: int, position: int, what: int, size: int) -> int:
    try:
        return min(size, os.lseek(descriptor, position, what))
    except OSError:
        return size  # There is none behind it.
