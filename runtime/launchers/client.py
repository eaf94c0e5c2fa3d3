"""The manager's end of the supervisor."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
import sys
from pathlib import Path

from nnic.runtime import faults
from nnic.runtime.launchers import message_codec, messages
from nnic.runtime.processes import SUPERVISOR_MARK

_PR_SET_CHILD_SUBREAPER = 36
_SCRIPT = Path(__file__).with_name("supervisor.py")


class SupervisorClient:
    """A running supervisor.

    Parameters
    ----------
    directory
        The experiment's; marks the process, and takes its ``supervisor.log``.
    """

    def __init__(self, directory: Path) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs, open(directory / "supervisor.log", "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_SCRIPT), str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                env={**os.environ, SUPERVISOR_MARK: str(directory)},
                start_new_session=True,
            )
        self._socket = ours
        self._events = message_codec.Reader(messages.EVENTS)
        faults.register("supervisor", self._process.pid)

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    def send(self, command: message_codec.Message) -> None:
        """Send a command; that the supervisor is gone is heard from :meth:`receive`."""
        with contextlib.suppress(OSError):
            self._socket.sendall(message_codec.encode(command))

    def receive(self) -> list[message_codec.Message] | None:
        """The events that are there, ``None`` when the supervisor is gone.

        Raises
        ------
        MessageError
            When it has sent what is no event.
        """
        events: list[message_codec.Message] = []
        while True:
            try:
                data = self._socket.recv(1 << 16, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return events
            except OSError:
                data = b""
            if not data:
                # What it said before it went counts; the next call tells that it is gone.
                return events or None
            events.extend(self._events.feed(data))

    def collect(self) -> None:
        """Collect the process of a supervisor that is gone."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Have everything killed, and wait until it is."""
        self.send(messages.Close())
        self._socket.close()
        self._process.wait()


def adopt_orphans(on: bool) -> None:
    """Make this process inherit the descendants of a supervisor that dies, or no longer."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)
