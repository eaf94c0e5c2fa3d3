"""Replacing a file of the user's, the one thing that must not go half wrong."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path


class EditedMeanwhileError(Exception):
    """The file is not what it was when the new content was made."""


def replace_file(path: Path, data: bytes, expected: bytes) -> None:
    """Put ``data`` in the place of ``path`` at once, keeping its permissions; a link stays a link.

    Raises
    ------
    EditedMeanwhileError
        When the file no longer holds ``expected``.
    OSError
        When it can't be written; the file is as it was.
    """
    target = Path(os.path.realpath(path))
    if target.read_bytes() != expected:
        raise EditedMeanwhileError(f"{path} was edited in this moment; nothing was written to it")
    mode = stat.S_IMODE(target.stat().st_mode)
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with open(aside, "xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(aside, mode)
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)
