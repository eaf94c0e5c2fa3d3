"""Whether there is room on the disk, for telling trials that fail from a disk that is full."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

PROBE_BYTES = 1 << 16
_FULL = (errno.ENOSPC, errno.EDQUOT)


class DiskFullError(Exception):
    """Nothing can be written any more; the message says where, and how to go on."""


def find_shortage(directory: Path) -> str | None:
    """Why nothing more can be written below ``directory``, ``None`` when something can.

    Written for trial: a quota is not seen in what is free on the file system.
    """
    path = directory / f"room-{os.getpid()}.probe"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            # A write that finds some room is cut short; the next one says that there is none.
            for _ in range(2):
                os.write(descriptor, bytes(PROBE_BYTES))
        finally:
            os.close(descriptor)
    except OSError as error:
        return describe_shortage(directory, error.errno) if error.errno in _FULL else None
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
    return None


def describe_shortage(directory: Path, number: int = errno.ENOSPC) -> str:
    """What to say of a full disk: what is full, and how to make room."""
    if number == errno.EDQUOT:
        what = f"your quota on the disk of {directory} is used up"
    else:
        what = f"the disk of {directory} is full"
    return f"{what}; free some space (nnic clean shows what can go)"
