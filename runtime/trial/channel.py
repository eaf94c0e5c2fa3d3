"""The way of a message to the manager: a line in ``metrics.jsonl``, and the same line over a socket.

The file is the truth, and the socket only tells that it has grown: whatever happens to the socket, the
message is not lost. Any process and thread of a trial may append; the file's lock orders them, and a
message is known by the offset of its line. A process opens both for itself at its first message: an
inherited descriptor would share its parent's lock.

The manager answers on the same socket where the trial may be stopped for what it reports; ``messages.py``
has both its answers.
"""

import fcntl
import os
import time

from nnic.runtime.trial import json_text, messages, stdlib
from nnic.runtime.trial.assignment import Assignment

_socket = stdlib.load(
    "_socket",
    "socket",
    *("socket", "AF_UNIX", "SOCK_SEQPACKET", "SOCK_CLOEXEC", "SOL_SOCKET"),
    *("SO_RCVTIMEO", "SO_SNDTIMEO", "MSG_DONTWAIT", "MSG_NOSIGNAL"),
)
_struct = stdlib.load("_struct", "struct", "pack")
_RLock = stdlib.load("_thread", "threading", "RLock").RLock

# A message must fit into a socket's buffer; longer lines are read from the file.
LONGEST_MESSAGE_BYTES = 60_000
# How long a manager may leave a full buffer before it is sent to the file instead.
SEND_TIMEOUT_S = 5

_channel: "Channel | None" = None


def append(given: Assignment, record: "dict[str, object]") -> None:
    """Write a message of this trial, with the time, and send it.

    Raises
    ------
    OSError
        When the file can't be written.
    """
    global _channel
    record["time"] = time.time()
    if _channel is None or _channel.pid != os.getpid() or _channel.given is not given:
        if _channel is not None:
            _channel.close()
        _channel = Channel(given)
    _channel.append(record)


def heed(wait_s: float) -> bool:
    """Whether the manager has told this process to stop; for the answer to its last record it waits at
    most ``wait_s``."""
    return _channel is not None and _channel.pid == os.getpid() and _channel.heed(wait_s)


class Channel:
    """One process' end of the channel; its threads share it."""

    def __init__(self, given: Assignment) -> None:
        self.pid = os.getpid()
        self.given = given
        self._path = os.path.join(given.directory, messages.FILE)
        self._lock = _RLock()
        self._busy = False
        self._waiting: list[dict[str, object]] = []
        self._file = -1
        # Only a descriptor is kept: a socket object would warn at the interpreter's end that it is open.
        self._socket = -1
        self._behind = False
        self._sent = self._answered = -1
        self._stop = False
        self._gone = not os.environ.get("NNIC_SOCKET")

    def close(self) -> None:
        """Close this process' copies of the descriptors."""
        for descriptor in (self._file, self._socket):
            if descriptor >= 0:
                os.close(descriptor)

    def append(self, record: "dict[str, object]") -> None:
        """Write a record and send it."""
        with self._lock:
            self._waiting.append(record)
            # Busy in the same thread means that a signal's handler reports while its thread does.
            while self._waiting and not self._busy:
                self._busy = True
                try:
                    self._append_locked(self._waiting.pop(0))
                finally:
                    self._busy = False

    def _append_locked(self, record: "dict[str, object]") -> None:
        try:
            if self._file < 0:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                sequence, line = self._write(record)
                self._send(sequence, line)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        except OSError as error:
            raise OSError(error.errno, f"nnic can't write the report: {error.strerror}", self._path) from None

    def _write(self, record: "dict[str, object]") -> "tuple[int, bytes]":
        end = os.lseek(self._file, 0, os.SEEK_END)
        # What was cut short by a kill or a full disk keeps its line for itself.
        torn = end > 0 and os.pread(self._file, 1, end - 1) != b"\n"
        sequence = end + torn
        line = json_text.dump(self._identity(sequence) | record).encode("ascii")
        rest = b"\n" * torn + line + b"\n"
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            os.ftruncate(self._file, end)
            raise
        return sequence, line

    def _identity(self, sequence: int) -> "dict[str, object]":
        given = self.given
        return {
            "version": messages.VERSION,
            "trial": given.trial,
            "attempt": given.attempt,
            "sequence": sequence,
        }

    def _send(self, sequence: int, line: bytes) -> None:
        """Send the line; where no manager listens any more, leave it at the file."""
        if self._gone:
            return
        if self._behind or len(line) > LONGEST_MESSAGE_BYTES:
            line = json_text.dump(self._identity(sequence) | messages.read_file()).encode("ascii")
        try:
            if self._socket < 0:
                self._socket = _connect(os.environ.get("NNIC_SOCKET", ""))
            _send(self._socket, line, wait=not self._behind)
            self._behind = False
            self._sent = sequence
        except BlockingIOError:
            self._behind = True
        except OSError:
            self._gone = True

    def heed(self, wait_s: float) -> bool:
        """See :func:`heed`."""
        until = time.monotonic() + wait_s
        while not self._stop and not self._gone and self._socket >= 0:
            left = until - time.monotonic() if self._answered < self._sent else 0.0
            try:
                answer = _receive(self._socket, left)
            except BlockingIOError:
                break
            except OSError:
                answer = b""
            sequence = messages.sequence_of(answer)
            if sequence is not None:
                self._answered = sequence
            elif answer == messages.STOP:
                self._stop = True
            else:
                self._gone = True
        return self._stop


def _receive(descriptor: int, wait_s: float) -> bytes:
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, descriptor)
    try:
        if wait_s < 1e-6:
            return connection.recv(64, _socket.MSG_DONTWAIT)  # type: ignore[no-any-return]
        # It is the kernel's timeout: with Python's own the descriptor would never block, in sending neither.
        timeout = _struct.pack("ll", int(wait_s), int(wait_s % 1 * 1e6))
        connection.setsockopt(_socket.SOL_SOCKET, _socket.SO_RCVTIMEO, timeout)
        return connection.recv(64)  # type: ignore[no-any-return]
    finally:
        connection.detach()


def _connect(address: str) -> int:
    # A leading @ is how the abstract name space is written.
    name = "\0" + address[1:] if address.startswith("@") else address
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET | _socket.SOCK_CLOEXEC)
    try:
        # The kernel's timeout holds for connecting too, where Python's own gives up at a full backlog.
        timeout = _struct.pack("ll", SEND_TIMEOUT_S, 0)
        connection.setsockopt(_socket.SOL_SOCKET, _socket.SO_SNDTIMEO, timeout)
        connection.connect(name)
    except BaseException:
        connection.close()
        raise
    return connection.detach()  # type: ignore[no-any-return]


def _send(descriptor: int, line: bytes, wait: bool) -> None:
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, descriptor)
    try:
        # A script may have given SIGPIPE its deadly default back.
        connection.send(line, _socket.MSG_NOSIGNAL | (0 if wait else _socket.MSG_DONTWAIT))
    finally:
        connection.detach()
