"""The manager's end of the supervisor."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from nnic.runtime import faults
from nnic.runtime.launchers import message_codec, messages
from nnic.runtime.processes import SUPERVISOR_MARK

PATIENCE_S = 20.0  # Sweeping after a trial may take some seconds.
LOOK_S = 2.0
SEND_AGAIN_S = 0.05
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
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(LOOK_S), 0))
        self._socket = ours
        self._events = message_codec.Reader(messages.EVENTS)
        faults.register("guard", self._process.pid)

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    def send(self, command: message_codec.Message) -> None:
        """Send a command; that the supervisor is gone is heard from :meth:`receive`.

        A supervisor that takes nothing in for a long time is killed.
        """
        data = memoryview(message_codec.encode(command))
        deadline = time.monotonic() + PATIENCE_S
        while data:
            try:
                data = data[self._socket.send(data) :]
            except (BrokenPipeError, ConnectionResetError):
                return
            except OSError as error:  # It has taken in nothing for LOOK_S, or the system has no memory.
                self._signal(signal.SIGCONT if time.monotonic() < deadline else signal.SIGKILL)
                if error.errno != errno.EAGAIN:
                    time.sleep(SEND_AGAIN_S)

    def let_go_on(self) -> None:
        """Continue the supervisor and its guard where something has stopped them both."""
        with contextlib.suppress(OSError):
            if os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOHANG) is not None:
                self._signal(signal.SIGCONT)

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

    def collect(self) -> bool:
        """Wait until everything has ended that a supervisor left which is gone; see :meth:`close`."""
        self._socket.close()
        return self._wait()

    def close(self) -> bool:
        """Have everything killed, and wait until it is.

        Returns
        -------
        bool
            Whether the supervisor's guard came to its end. What the trials left is this process' own now
            when it did not.
        """
        self.send(messages.Close())
        self._socket.close()
        return self._wait()

    def _wait(self) -> bool:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self._process.wait(LOOK_S) == 0
            self._signal(signal.SIGCONT)
        self._signal(signal.SIGKILL)
        return self._process.wait() == 0

    def _signal(self, number: int) -> None:
        """Signal the supervisor and its guard, which have a process group of their own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def adopt_orphans(on: bool) -> None:
    """Make this process inherit the descendants of a supervisor that dies, or no longer."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)
