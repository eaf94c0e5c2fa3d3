"""What a template and the fork server tell each other: a function a kind, whose arguments are the fields.

The other end is ``launchers/messages.py``, which has a class a kind; a test holds that each kind is read
as it was written.

What must never be broken here:

- One message is one line, written with one call: the pipe of a fork has two writers, and what they write
  must not mix.
- Nothing is imported that the user's script would not find imported in a process of its own: the template
  becomes the trial. That is why there are neither dataclasses nor the json module.
- A connection that ends, or fails in any way, is the supervisor's death. The template then leaves at once,
  without the exit callbacks of the user's modules.
"""

import os

from nnic.runtime.trial import assignment, json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    Record = dict[str, object]

VERSION = 1
# The kinds of the template's own pipe, which it reads itself.
FORKED = "forked"
REFUSED = "fork_refused"
RUNNING = "running"

_FIELDS = ("log", "env")


def doing(what: str) -> "Record":
    """The template is busy with ``what``; said before each step, so that one that hangs can be named."""
    return {"kind": "doing", "what": what}


def ready(file: str = "", line: int = 0, drawn: "tuple[str, ...]" = ()) -> "Record":
    """The template serves.

    Parameters
    ----------
    file, line
        The fork point, for a template that ran the script up to it; ``""`` where it is in none of the
        program's files.
    drawn
        The modules whose random numbers the script used on the way, without a seed.
    """
    return {"kind": "ready", "file": file, "line": line, "drawn": list(drawn)}


def unfit(problem: str) -> "Record":
    """No trial can be forked from the template, which ends."""
    return {"kind": "unfit", "problem": problem}


def forked(pid: int) -> "Record":
    """The trial of the request runs."""
    return {"kind": FORKED, "pid": pid}


def refused(error: str) -> "Record":
    """The trial of the request could not be forked."""
    return {"kind": REFUSED, "error": error}


def running() -> "Record":
    """The forked process is the trial now; told to the template alone."""
    return {"kind": RUNNING}


class ForkRequest:
    """A trial is to be forked, with the output ``log`` and the variables ``env``.

    Raises
    ------
    ValueError
        When the record is another message, or lacks a field.
    """

    log: str
    env: "dict[str, str]"

    def __init__(self, record: "Record") -> None:
        if record.get("kind") != "fork_request":
            raise ValueError(f"the fork server sent a message of the unknown kind {record.get('kind')!r}")
        assignment.set_fields(self, record, _FIELDS, "a request to fork a trial")


def write(descriptor: int, record: "Record") -> None:
    """Write a message."""
    line = json_text.dump({"version": VERSION, **record})
    os.write(descriptor, line.encode("ascii") + b"\n")


def read(line: bytes) -> "Record":
    """Read a message.

    Raises
    ------
    ValueError
        When it is none, or of another version.
    """
    record = json_text.parse(line.decode("ascii"))
    if not isinstance(record, dict) or record.get("version") != VERSION:
        raise ValueError(f"a message is not of version {VERSION}: {line[:60]!r}")
    return record


class Connection:
    """The template's end of its socket to the fork server."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self.descriptor = descriptor
        self._rest = b""

    def receive(self) -> ForkRequest:
        """The next request; the process ends when there will be none.

        Raises
        ------
        ValueError
            When it is no request.
        """
        while b"\n" not in self._rest:
            try:
                data = os.read(self.descriptor, 1 << 16)
            except OSError:
                data = b""
            if not data:
                os._exit(0)
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return ForkRequest(read(line))

    def tell(self, record: "Record") -> None:
        """Send a message; the process ends when nobody hears it."""
        try:
            write(self.descriptor, record)
        except OSError:
            os._exit(0)

    def give_up(self, problem: str) -> None:
        """Say why no trial can be forked from this process, and end it."""
        self.tell(unfit(problem))
        os._exit(0)

    def close(self) -> None:
        """Close it; the forked trial does."""
        os.close(self.descriptor)
