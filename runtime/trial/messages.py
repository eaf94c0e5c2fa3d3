"""What a trial and its manager tell each other: a function a kind, whose arguments are the fields.

A trial's messages are lines of :data:`FILE`, and go over a socket too. They are read back into the
dataclasses of ``launchers/metrics.py``; a test holds that each kind is read as it was written. This side
imports nothing, since every process that reports pays for it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Record = dict[str, object]
    Frame = list[str | int]

FILE = "metrics.jsonl"
# The version of every line. Lines without one were written by releases that wrote none, and are of version 1.
VERSION = 1

INTERMEDIATE = "intermediate"
FINAL = "final"
INVALID = "invalid"
FAILED = "failed"
READS = "reads"
FORK_POINT = "fork_point"
STOPPING = "stopping"
LEFT_FILE = "left_file"
SCRIPT_ENDED = "script_ended"
SEEN = "seen"
# Sent over the socket alone: the file has grown by more than a message can hold, or than was sent.
READ_FILE = "file"

# The manager's answer that ends a trial; any other is the sequence of a report that it has taken in.
STOP = b"stop"


def result(
    kind: str, value: float, metrics: "Mapping[str, float]", extra: "Mapping[str, object]"
) -> "Record":
    """A metric; ``kind`` says whether it is an intermediate or the final one.

    Parameters
    ----------
    value
        The number that counts.
    metrics
        Further numbers by name.
    extra
        JSON values by name.
    """
    record: Record = {"kind": kind, "value": value, "metrics": metrics}
    if extra:
        record["extra"] = extra
    return record


def invalid(of: str, message: str) -> "Record":
    """A report of the kind ``of`` was given what is no metric, as ``message`` says."""
    return {"kind": INVALID, "of": of, "message": message}


def failed(type: str, message: str, frames: "list[Frame]", path: str, line: "str | int") -> "Record":
    """The main process ended with an uncaught exception.

    Parameters
    ----------
    frames
        Its traceback, outermost first, as file, line and function.
    path, line
        The place in the user's own code that a person should look at.
    """
    return {
        "kind": FAILED,
        "type": type,
        "message": message,
        "frames": frames,
        "path": path,
        "line": line,
    }


def reads(
    keys: "list[str]",
    observed: "Mapping[str, object]",
    uncompiled: "list[str]",
    reread: "list[list[str | int]]",
    ended: bool,
) -> "Record":
    """What trial 0 read.

    Parameters
    ----------
    keys
        The parameters that it asked for.
    observed
        The script's own values by key, as far as they became known.
    uncompiled
        Files with annotations that it loaded and that are no part of the program.
    reread
        Who compiled annotated text by itself, the file of the text and its lines.
    ended
        Whether nothing more will be read: the main process ends.
    """
    record: Record = {"kind": READS, "keys": keys, "observed": observed, "uncompiled": uncompiled}
    return {**record, "reread": reread, "ended": ended}


def fork_point(seconds: float, at: str) -> "Record":
    """The script first asked for what is the trial's own, after ``seconds``, as at ``train.py:31``."""
    return {"kind": FORK_POINT, "seconds": seconds, "at": at}


def stopping(by_itself: bool = False) -> "Record":
    """The script ends because it was told to: at once, or ``by_itself`` when it has finished what it does."""
    return {"kind": STOPPING, "by_itself": True} if by_itself else {"kind": STOPPING}


def script_ended(holders: "list[str]") -> "Record":
    """The script has ended, and its process waits for these of its threads and processes."""
    return {"kind": SCRIPT_ENDED, "holders": holders}


def left_file(path: str, at: str, left: bool, written: bool) -> "Record":
    """The script read a file that was there before it, as at ``train.py:7``.

    Parameters
    ----------
    left
        Whether an earlier trial of the run wrote it.
    written
        Whether this trial wrote it after that.
    """
    return {"kind": LEFT_FILE, "path": path, "at": at, "left": left, "written": written}


def seen(values: "Mapping[str, object]") -> "Record":
    """What was there under the names of parameters at the first report, by their keys."""
    return {"kind": SEEN, "values": values}


def read_file() -> "Record":
    """The file holds what was not sent."""
    return {"kind": READ_FILE}


def taken_in(sequence: int) -> bytes:
    """The manager's answer to a report that does not end its trial."""
    return b"%d" % sequence


def sequence_of(answer: bytes) -> "int | None":
    """Which report an answer is about; None for one that is none of these."""
    return int(answer) if answer.isdigit() else None
