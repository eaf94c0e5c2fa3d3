"""One manager an experiment: a lock that the kernel releases when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from pathlib import Path
from types import TracebackType

from nnic.runtime.config import experiment_directory
from nnic.runtime.processes import ProcessId, identify


class ExperimentBusyError(Exception):
    """Another process runs the experiment; ``holder`` is it, if it has said so."""

    def __init__(self, name: str, holder: ProcessId | None) -> None:
        self.holder = holder
        who = "another process" if holder is None else f"process {holder.pid}"
        super().__init__(f"experiment {name} is being run by {who}; `nnic stop {name}` ends it")


class ExperimentLock:
    """Holds ``<experiment>/lock`` exclusively; its text says who holds it.

    Raises
    ------
    ExperimentBusyError
        When another process holds it.
    """

    def __init__(self, home: Path, name: str) -> None:
        path = _path(home, name)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise ExperimentBusyError(name, find_manager(home, name)) from None
        process = identify(os.getpid())
        assert process is not None
        text = json.dumps({"boot": process.boot, "pid": process.pid, "start_time": process.start_time})
        os.ftruncate(self._descriptor, 0)
        with contextlib.suppress(OSError):  # a full disk keeps nobody from making room on it
            os.pwrite(self._descriptor, text.encode("ascii"), 0)

    def __enter__(self) -> ExperimentLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def find_manager(home: Path, name: str) -> ProcessId | None:
    """The living process that runs an experiment, told apart by boot, pid and start time."""
    try:
        data = json.loads(_path(home, name).read_text(encoding="ascii"))
        process = ProcessId(data["boot"], data["pid"], data["start_time"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return process if process.alive else None


def _path(home: Path, name: str) -> Path:
    return experiment_directory(home, name) / "lock"
