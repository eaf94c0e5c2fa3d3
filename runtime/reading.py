"""Reading files in whose place something else may have come to lie, and JSON of any depth.

A pipe would be waited for, a device never ends, and a file may be larger than the memory.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any

MOST_BYTES = 256 << 20


def open_regular(path: str | Path, more_flags: int = 0) -> int:
    """Open a file for reading, without waiting, and return its descriptor.

    Parameters
    ----------
    more_flags
        Such as ``os.O_NOFOLLOW``.

    Raises
    ------
    OSError
        When it can't be opened, or is a folder, a pipe, a socket or a device.
    """
    if "\0" in str(path):
        raise OSError(errno.EINVAL, "a path has no NUL characters", str(path))
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | more_flags)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "it is not a regular file", str(path))


def read_regular(path: str | Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return what a file holds.

    Raises
    ------
    OSError
        When it can't be read, is a folder, a pipe, a socket or a device, or holds more than ``most_bytes``.
    """
    with open(open_regular(path), "rb") as stream:
        return _read(stream.read(most_bytes + 1), path, most_bytes)


def read_own(path: str | Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return what a file of nnic's own holds, which is no link: one was put there by somebody else.

    Raises
    ------
    OSError
        As for :func:`read_regular`, or when it is a link.
    """
    with open(open_regular(path, os.O_NOFOLLOW), "rb") as stream:
        return _read(stream.read(most_bytes + 1), path, most_bytes)


def parse_json(data: str | bytes) -> Any:
    """Return what a JSON text says.

    Raises
    ------
    ValueError
        When it is no JSON, or nested too deeply to be read.
    """
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _read(data: bytes, path: str | Path, most_bytes: int) -> bytes:
    if len(data) > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes >> 20} MiB", str(path))
    return data
