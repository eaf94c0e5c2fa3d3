"""The notification socket, on which trials say that their metrics file has grown.

Whatever arrives here only says which file to read, so nothing that a confused trial sends can do more
than have a file read once more. Messages from other users of the machine are refused by the kernel's word
on who sends them.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import selectors
import shutil
import socket
import struct
import tempfile

MAX_MESSAGE_BYTES = 1 << 16
MAX_CONNECTIONS = 512
_MESSAGES_A_TURN = 4096

Attempt = tuple[int, int]


class Channel:
    """Listens in the abstract name space, or in a private folder where there is none.

    ``malformed`` counts the messages that were no part of the protocol. :attr:`address` is what
    trials find in ``NNIC_SOCKET``.
    """

    def __init__(self, abstract: bool = True) -> None:
        self.malformed = 0
        self._folder: str | None = None
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.setblocking(False)
        name = f"nnic-{secrets.token_hex(16)}"
        self.address = f"@{name}"
        try:
            if not abstract:
                raise OSError
            self._listener.bind(f"\0{name}")
        except OSError:
            self._folder = tempfile.mkdtemp(prefix="nnic-")
            self.address = os.path.join(self._folder, "socket")
            self._listener.bind(self.address)
            os.chmod(self.address, 0o600)
        self._listener.listen(128)
        self._connections: dict[int, socket.socket] = {}
        self._speakers: dict[Attempt, set[socket.socket]] = {}
        self._selector = selectors.EpollSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)

    def fileno(self) -> int:
        """Readable when :meth:`receive` has something to do."""
        return self._selector.fileno()

    def receive(self) -> set[Attempt]:
        """The attempts, as (trial, attempt), that messages name; does not wait."""
        named: set[Attempt] = set()
        for key, _ in self._selector.select(0):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fd in self._connections:
                self._drain(self._connections[key.fd], named)
        return named

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError:
            # There are no more descriptors, most likely.
            self._forget_oldest()
            return
        if _peer_uid(connection) != os.getuid():
            self.malformed += 1
            connection.close()
            return
        if len(self._connections) >= MAX_CONNECTIONS:
            self._forget_oldest()
        connection.setblocking(False)
        try:
            self._selector.register(connection, selectors.EVENT_READ)
        except OSError:  # The system has no memory for it. Its trial still writes its file.
            connection.close()
            return
        self._connections[connection.fileno()] = connection

    def _drain(self, connection: socket.socket, named: set[Attempt]) -> None:
        for _ in range(_MESSAGES_A_TURN):
            try:
                data, _, flags, _ = connection.recvmsg(MAX_MESSAGE_BYTES)
            except BlockingIOError:
                return
            except ConnectionResetError:
                # The process has ended with an answer unread; what it sent comes all the same.
                continue
            except OSError:
                data, flags = b"", 0
            if not data:
                self._forget(connection)
                return
            key = None if flags & socket.MSG_TRUNC else _parse(data)
            if key is None:
                self.malformed += 1
            else:
                named.add(key)
                self._speakers.setdefault(key, set()).add(connection)

    def answer(self, key: Attempt, answer: bytes) -> bool:
        """Say something to the processes of an attempt; whether one of them can hear it."""
        heard = False
        for connection in self._speakers.get(key, ()):
            # The process may be gone, or not listen and have a full buffer.
            with contextlib.suppress(OSError):
                connection.send(answer, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
                heard = True
        return heard

    def forget(self, key: Attempt) -> None:
        """The attempt is over."""
        self._speakers.pop(key, None)

    def _forget(self, connection: socket.socket) -> None:
        del self._connections[connection.fileno()]
        self._selector.unregister(connection)
        connection.close()
        for key in [key for key, speakers in self._speakers.items() if connection in speakers]:
            self._speakers[key].discard(connection)

    def _forget_oldest(self) -> None:
        # Its trial still writes its file, which is read when the trial ends.
        if self._connections:
            self._forget(next(iter(self._connections.values())))

    def close(self) -> None:
        """Close everything."""
        for connection in list(self._connections.values()):
            self._forget(connection)
        self._selector.close()
        self._listener.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _peer_uid(connection: socket.socket) -> int:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    uid: int = struct.unpack("3i", credentials)[1]
    return uid


def _parse(data: bytes) -> tuple[int, int] | None:
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    trial, attempt = message.get("trial"), message.get("attempt")
    return (trial, attempt) if type(trial) is int and type(attempt) is int else None
