"""Lets an experiment have one manager, by a lock that the kernel releases when its holder dies."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from nnic.runtime.config import experiment_directory
from nnic.runtime.errors import ExplainedError
from nnic.runtime.filesystem import is_ours
from nnic.runtime.processes import ProcessId, identify
from nnic.runtime.reading import read_own
from nnic.runtime.store.schema import MIGRATIONS

PATIENCE_S = 1.0
_MOST_BYTES = 1 << 16


_held: set[int] = set()


def _let_go() -> None:
    """A process that was forked from the holder (by a tuner, for its work) is not the holder: what it
    keeps open would keep the experiment locked when the holder is killed."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go)


class ExperimentBusyError(ExplainedError):
    """Another process runs the experiment; ``holder`` is it, if it has said so."""

    def __init__(self, name: str, holder: ProcessId | None) -> None:
        self.holder = holder
        who = "another process" if holder is None else f"process {holder.pid}"
        super().__init__(f"experiment {name} is being run by {who}; to end it: nnic stop {name}")


class ExperimentLock:
    """Holds ``<experiment>/lock`` exclusively; its text says who holds it.

    Raises
    ------
    ExperimentBusyError
        When another process holds it.
    """

    def __init__(self, home: Path, name: str) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC  # What a link leads to stays as it is.
        self._descriptor = os.open(_path(home, name), flags, 0o600)
        try:
            self._take(home, name)
        except BaseException:
            os.close(self._descriptor)
            raise
        process = identify(os.getpid())
        if process is None:
            os.close(self._descriptor)
            raise OSError(errno.EIO, os.strerror(errno.EIO), f"/proc/{os.getpid()}/stat")
        self._pid = process.pid
        _held.add(self._descriptor)
        text = json.dumps({**asdict(process), "store": len(MIGRATIONS)})
        os.ftruncate(self._descriptor, 0)
        with contextlib.suppress(OSError):  # A full disk must keep nobody from making room on it.
            os.pwrite(self._descriptor, text.encode("ascii"), 0)

    def _take(self, home: Path, name: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            # One that has just taken it says so in a moment, and one that ends has said so already.
            holder = find_manager(home, name)
            if holder is not None or time.monotonic() > deadline:
                raise ExperimentBusyError(name, holder)
            time.sleep(0.01)

    def __enter__(self) -> ExperimentLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.getpid() == self._pid:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            _held.discard(self._descriptor)


def find_manager(home: Path, name: str) -> ProcessId | None:
    """Return the living process that runs an experiment, told apart by boot, pid and start time."""
    found = _read(home, name)
    return None if found is None else found[0]


def find_older_manager(home: Path, name: str) -> ProcessId | None:
    """Return the manager of an experiment if its nnic does not know the latest version of the store."""
    found = _read(home, name)
    return None if found is None or found[1] >= len(MIGRATIONS) else found[0]


def _read(home: Path, name: str) -> tuple[ProcessId, int] | None:
    """Return the holder, if it lives, and the version of the store that it knows."""
    try:
        path = _path(home, name)
        if not is_ours(os.lstat(path)):  # Another user's could name any process of ours.
            return None
        data = json.loads(read_own(path, _MOST_BYTES))
        process = ProcessId(data["boot"], data["pid"], data["start_time"])
        version = int(data.get("store", 0))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (process, version) if process.alive else None


def _path(home: Path, name: str) -> Path:
    return experiment_directory(home, name) / "lock"
