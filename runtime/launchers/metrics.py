"""What a trial reports: the lines of ``metrics.jsonl``.

The file is the truth and the socket its bell: a message says which file to read. So a metric
counts once whatever is sent twice, and nothing that was written before a kill is lost. A line's
sequence number is its byte offset.
"""

from __future__ import annotations

import errno
import math
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnic.runtime import encoding
from nnic.tuners.space import Value

MAX_LINE_BYTES = 16 << 20
MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Result:
    """An intermediate (``final`` false) or final result."""

    sequence: int
    final: bool
    value: float
    metrics: dict[str, float] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class Invalid:
    """A report whose metric was not a number."""

    sequence: int
    message: str


@dataclass(frozen=True, slots=True)
class Crash:
    """The uncaught exception of the main process; ``frames`` are (path, line, function)."""

    sequence: int
    type: str
    message: str
    frames: tuple[tuple[str, int, str], ...] = ()
    path: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Reads:
    """The parameters that trial 0 asked for, the values of its own that only running it tells, and the
    annotated files that it imported although they are no part of the program."""

    sequence: int
    keys: tuple[str, ...]
    observed: Mapping[str, Value] = field(default_factory=dict)
    uncompiled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopping:
    """The script ends because it was told to."""

    sequence: int


@dataclass(frozen=True, slots=True)
class Parted:
    """The script first asked for what is the trial's own after ``seconds``, ``at`` a place."""

    sequence: int
    seconds: float
    at: str


Metric = Result | Invalid | Crash | Reads | Stopping | Parted


def parse_metric(line: bytes, trial: int, attempt: int, sequence: int) -> Metric:
    """Read a line that stands at byte ``sequence`` of the file of an attempt.

    Raises
    ------
    ValueError
        When the line is no part of the protocol, or is about another attempt.
    """
    data = encoding.loads(line.decode("utf-8"))
    if not isinstance(data, dict):
        raise ValueError("not an object")
    if not (_is_int(data.get("trial"), trial) and _is_int(data.get("attempt"), attempt)):
        raise ValueError("about another attempt")
    kind = data.get("kind")
    if kind in ("intermediate", "final"):
        return _parse_result(data, sequence, kind == "final")
    if kind == "invalid":
        return Invalid(sequence, _text(data.get("message")))
    if kind == "failed":
        return _parse_crash(data, sequence)
    if kind == "stopping":
        return Stopping(sequence)
    if kind == "parted":
        return Parted(sequence, _number(data.get("seconds")) or 0.0, _text(data.get("at")))
    if kind == "reads":
        keys = tuple(key for key in _list(data.get("keys")) if isinstance(key, str))
        observed = data.get("observed")
        uncompiled = tuple(_text(path) for path in _list(data.get("uncompiled")))
        return Reads(sequence, keys, _values(observed) if isinstance(observed, dict) else {}, uncompiled)
    raise ValueError(f"unknown kind {kind!r}")


def _values(data: dict[str, Any]) -> dict[str, Value]:
    return {str(k): v for k, v in data.items() if v is None or isinstance(v, (bool, int, float, str))}


def _parse_result(data: dict[str, Any], sequence: int, final: bool) -> Result:
    value = _number(data.get("value"))
    if value is None:
        raise ValueError("the value is not a number")
    metrics = data.get("metrics")
    extra = data.get("extra")
    numbers = {str(k): _number(v) for k, v in metrics.items()} if isinstance(metrics, dict) else {}
    return Result(
        sequence,
        final,
        value,
        {key: number for key, number in numbers.items() if number is not None},
        extra if isinstance(extra, dict) else {},
        _number(data.get("time")) or 0.0,
    )


def _parse_crash(data: dict[str, Any], sequence: int) -> Crash:
    frames = []
    for frame in _list(data.get("frames")):
        if isinstance(frame, list) and len(frame) == 3 and isinstance(frame[1], int):
            frames.append((_text(frame[0]), frame[1], _text(frame[2])))
    line = data.get("line")
    return Crash(
        sequence,
        _text(data.get("type")) or "Exception",
        _text(data.get("message")),
        tuple(frames),
        _text(data.get("path")),
        line if isinstance(line, int) else None,
    )


def _number(value: object) -> float | None:
    if not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _is_int(value: object, expected: int) -> bool:
    return type(value) is int and value == expected


def _text(value: object) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _open(path: Path) -> int:
    """Open a regular file; a script may have put anything there, and a pipe would be waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "not a regular file", str(path))


class MetricsFile:
    """Reads the metrics of an attempt as they are appended.

    ``malformed`` counts the lines that were no part of the protocol.
    """

    def __init__(self, path: Path, trial: int, attempt: int) -> None:
        self._path = path
        self._trial = trial
        self._attempt = attempt
        self._descriptor: int | None = None
        self._offset = 0
        self._skipping = False
        self.malformed = 0

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
        if self._skipping:  # the rest of a line that was too long
            self._skipping = not newline
            return
        if not line:
            return
        try:
            found.append(parse_metric(line, self._trial, self._attempt, sequence))
        except (ValueError, RecursionError):
            self.malformed += 1
