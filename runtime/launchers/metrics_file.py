"""Reads the ``metrics.jsonl`` of an attempt, line by line, as it grows.

The file is the truth, and the socket only tells which file to read. So a metric counts once whatever is
sent twice, and nothing that was written before a kill is lost. A line's sequence number is its byte offset.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from nnic.runtime.launchers.metrics import Metric, UnknownMessageError, parse_metric

MAX_LINE_BYTES = 16 << 20


def _open(path: Path) -> int:
    """Open a regular file; a script may have put anything there, and a pipe would be waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "not a regular file", str(path))


class MetricsFile:
    """Reads the metrics of an attempt as they are appended.

    ``malformed`` counts the lines that were left out, ``unknown`` says of the first message of this attempt
    among them what it is.
    """

    def __init__(self, path: Path, trial: int, attempt: int) -> None:
        self._path = path
        self._trial = trial
        self._attempt = attempt
        self._descriptor: int | None = None
        self._offset = 0
        self._skipping = False
        self.malformed = 0
        self.unknown = ""

    def read(self, ended: bool = False, limit_bytes: int = 8 << 20) -> list[Metric]:
        """Return what is new, about ``limit_bytes`` at most.

        A last line without its end is left for later, unless the attempt has ``ended``.
        """
        found: list[Metric] = []
        stop = self._offset + limit_bytes
        while ended or self._offset < stop:
            data = self._read_block()
            end = data.rfind(b"\n") + 1
            if not end:
                if len(data) > MAX_LINE_BYTES or (ended and data):
                    self._take(data, found)
                    self._skipping = len(data) > MAX_LINE_BYTES
                    continue
                break
            for line in data[: end - 1].split(b"\n"):
                self._take(line, found, 1)
        return found

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _read_block(self) -> bytes:
        if self._descriptor is None:
            try:
                self._descriptor = _open(self._path)
            except OSError:
                return b""
        size = 1 << 16
        while True:
            data = os.pread(self._descriptor, size, self._offset)
            if len(data) < size or b"\n" in data or size > MAX_LINE_BYTES:
                return data
            size *= 4

    def _take(self, line: bytes, found: list[Metric], newline: int = 0) -> None:
        sequence = self._offset
        self._offset += len(line) + newline
        if self._skipping:  # This is the rest of a line that was too long.
            self._skipping = not newline
            return
        if not line:
            return
        try:
            found.append(parse_metric(line, self._trial, self._attempt, sequence))
        except UnknownMessageError as error:
            self.malformed += 1
            self.unknown = self.unknown or str(error)
        except (ValueError, RecursionError):
            self.malformed += 1
