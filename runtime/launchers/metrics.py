"""What a trial tells the manager: a frozen dataclass a kind, read from the lines of ``metrics.jsonl``.

The lines are written by ``trial/messages.py``. A script may write anything there, so a line is taken for
what can be read of it: what is no message of this attempt is counted and left out. A line that is one, but
of a kind or version that is unknown here, is left out too, and a person is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nnic.runtime import encoding
from nnic.runtime.trial import messages
from nnic.tuners.space import Value

MAX_TEXT = 10_000
MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Result:
    """An intermediate (``final`` false) or final result."""

    sequence: int
    final: bool
    value: float
    metrics: Mapping[str, float] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)
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
class Reread:
    """Somebody compiled annotated text by itself in trial 0: lines of a file of the program; where it is none
    of them, ``first`` and ``last`` are 0, and ``path`` is the file or ``""``."""

    who: str
    path: str
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Reads:
    """The parameters that trial 0 asked for, the values of its own that only running it tells, the annotated
    files that it loaded although they are no part of the program, and who compiled annotated text.

    ``ended`` tells that the main process says it at its end: nothing more is read.
    """

    sequence: int
    keys: tuple[str, ...]
    observed: Mapping[str, Value] = field(default_factory=dict)
    uncompiled: tuple[str, ...] = ()
    reread: tuple[Reread, ...] = ()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Stopping:
    """The script ends because it was told to: at once, or ``by_itself`` when it has finished what it does."""

    sequence: int
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class ForkPoint:
    """The script first asked for what is the trial's own after ``seconds``, ``at`` a place."""

    sequence: int
    seconds: float
    at: str


@dataclass(frozen=True, slots=True)
class LeftFile:
    """The script read a file ``at`` a place that was there before it: an earlier trial had ``left`` it, or
    this one has ``written`` it since."""

    sequence: int
    path: str
    at: str
    left: bool
    written: bool


@dataclass(frozen=True, slots=True)
class ScriptEnded:
    """The script has ended, and its process waits for ``holders``, threads and processes."""

    sequence: int
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a trial found under the names of parameters at its first report, by their keys."""

    sequence: int
    values: Mapping[str, Value] = field(default_factory=dict)


Metric = Seen | Result | Invalid | Crash | Reads | Stopping | ForkPoint | LeftFile | ScriptEnded


class UnknownMessageError(ValueError):
    """A line is a message of this attempt, but of a kind or version that is unknown here."""


def parse_metric(line: bytes, trial: int, attempt: int, sequence: int) -> Metric:
    """Read a line that stands at byte ``sequence`` of the file of an attempt.

    Raises
    ------
    UnknownMessageError
        When the line is a message of this attempt's of an unknown kind or version.
    ValueError
        When the line is no message, or is about another attempt.
    """
    data = encoding.loads(line.decode("utf-8"))
    if not isinstance(data, dict):
        raise ValueError("not an object")
    if not (_is_int(data.get("trial"), trial) and _is_int(data.get("attempt"), attempt)):
        raise ValueError("it belongs to another attempt")
    kind, version = data.get("kind"), data.get("version", 1)
    if not isinstance(kind, str):
        raise ValueError("it has no kind")
    if not _is_int(version, messages.VERSION):
        raise UnknownMessageError(f"of version {version!r}, not {messages.VERSION}"[:MAX_NAME])
    if kind not in _PARSERS:
        raise UnknownMessageError(f"of the unknown kind {kind!r}"[:MAX_NAME])
    return _PARSERS[kind](data, sequence)


def _values(data: dict[str, Any]) -> dict[str, Value]:
    return {str(k): v for k, v in data.items() if v is None or isinstance(v, (bool, int, float, str))}


def _parse_result(data: dict[str, Any], sequence: int) -> Result:
    value = _number(data.get("value"))
    if value is None:
        raise ValueError("the value is not a number")
    metrics = data.get("metrics")
    extra = data.get("extra")
    numbers = {str(k): _number(v) for k, v in metrics.items()} if isinstance(metrics, dict) else {}
    return Result(
        sequence,
        data["kind"] == messages.FINAL,
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


def _parse_reads(data: dict[str, Any], sequence: int) -> Reads:
    keys = tuple(key for key in _list(data.get("keys")) if isinstance(key, str))
    observed = data.get("observed")
    uncompiled = tuple(_text(path) for path in _list(data.get("uncompiled")))
    reread = tuple(_parse_reread(entry) for entry in _list(data.get("reread")) if isinstance(entry, list))
    values = _values(observed) if isinstance(observed, dict) else {}
    return Reads(sequence, keys, values, uncompiled, reread, data.get("ended") is True)


def _parse_reread(entry: list[Any]) -> Reread:
    who, path, first, last = (*entry, *[None] * 4)[:4]
    lines = [line if isinstance(line, int) else 0 for line in (first, last)]
    return Reread(_text(who), _text(path), lines[0], lines[1])


def _parse_invalid(data: dict[str, Any], sequence: int) -> Invalid:
    return Invalid(sequence, _text(data.get("message")))


def _parse_fork_point(data: dict[str, Any], sequence: int) -> ForkPoint:
    return ForkPoint(sequence, _number(data.get("seconds")) or 0.0, _text(data.get("at")))


def _parse_script_ended(data: dict[str, Any], sequence: int) -> ScriptEnded:
    return ScriptEnded(sequence, tuple(_text(holder) for holder in _list(data.get("holders"))))


def _parse_seen(data: dict[str, Any], sequence: int) -> Seen:
    values = data.get("values")
    return Seen(sequence, _values(values) if isinstance(values, dict) else {})


def _parse_left_file(data: dict[str, Any], sequence: int) -> LeftFile:
    path, at = _text(data.get("path")), _text(data.get("at"))
    return LeftFile(sequence, path, at, data.get("left") is True, data.get("written") is True)


def _parse_stopping(data: dict[str, Any], sequence: int) -> Stopping:
    return Stopping(sequence, data.get("by_itself") is True)


_PARSERS: dict[str, Callable[[dict[str, Any], int], Metric]] = {
    messages.INTERMEDIATE: _parse_result,
    messages.FINAL: _parse_result,
    messages.INVALID: _parse_invalid,
    messages.FAILED: _parse_crash,
    messages.READS: _parse_reads,
    messages.STOPPING: _parse_stopping,
    messages.FORK_POINT: _parse_fork_point,
    messages.SEEN: _parse_seen,
    messages.LEFT_FILE: _parse_left_file,
    messages.SCRIPT_ENDED: _parse_script_ended,
    "parted": _parse_fork_point,  # Earlier releases wrote this name.
}


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
