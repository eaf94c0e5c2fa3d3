"""Processes told apart beyond doubt, and found by the marks in their environment.

A pid alone is no identity: it is reused. With the boot and the start time it is one. Linux only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from nnic.runtime.errors import ExplainedError

TRIAL_MARK = "NNIC_TRIAL_DIR"
SUPERVISOR_MARK = "NNIC_SUPERVISOR"
_LOOK_AGAIN = 10
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


class StaysError(ExplainedError):
    """A process that was killed does not end."""


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A process: ``start_time`` in clock ticks since the boot ``boot``."""

    boot: str
    pid: int
    start_time: int

    @property
    def alive(self) -> bool:
        """Whether exactly this process still runs (a zombie does not)."""
        if self.boot != boot_id():
            return False
        stat = read_stat(self.pid)
        return stat is not None and stat.start_time == self.start_time and stat.state not in "ZX"


@dataclass(frozen=True, slots=True)
class Stat:
    """What ``/proc/<pid>/stat`` tells."""

    state: str
    parent: int
    start_time: int


def boot_id() -> str:
    """The identity of the machine's current boot."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
            return stream.read().strip()
    except OSError:
        return ""


def read_stat(pid: int) -> Stat | None:
    """State, parent and start time of a process, ``None`` when there is none.

    Raises
    ------
    OSError
        When the machine has no descriptor or memory left: a process that runs is never taken for gone.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            # The second field is the command in parentheses, which may hold anything.
            fields = stream.read().rpartition(b")")[2].split()
    except OSError as error:
        if error.errno in _EXHAUSTED:
            raise
        return None
    if len(fields) < 20:
        return None
    return Stat(fields[0].decode("ascii"), int(fields[1]), int(fields[19]))


def identify(pid: int) -> ProcessId | None:
    """The identity of the process that has ``pid`` now."""
    stat = read_stat(pid)
    return None if stat is None else ProcessId(boot_id(), pid, stat.start_time)


def mark_of(pid: int, name: str) -> str | None:
    """Value of the environment variable ``name`` in a process that is ours to read."""
    prefix = os.fsencode(name) + b"="
    for entry in _environment(pid).split(b"\0"):
        if entry.startswith(prefix):
            return os.fsdecode(entry[len(prefix) :])
    return None


def _environment(pid: int) -> bytes:
    """Looked at again when it is empty, as it is while a program is being loaded: what escapes a sweep then
    would stay. Zombies and threads of the kernel have no program either, and no environment."""
    for _ in range(_LOOK_AGAIN):
        try:
            with open(f"/proc/{pid}/environ", "rb") as stream:
                environment = stream.read()
            if environment:
                return environment
            os.readlink(f"/proc/{pid}/exe")
        except OSError as error:
            if error.errno in _EXHAUSTED:
                raise
            break
        time.sleep(0.001)
    return b""


def all_pids() -> Iterator[int]:
    """Every process of the machine but this one."""
    own = os.getpid()
    for name in os.listdir("/proc"):
        if name.isdecimal() and int(name) != own:
            yield int(name)


def find_marked(name: str, matches: Callable[[str], bool]) -> list[ProcessId]:
    """The running processes whose environment variable ``name`` has a value that ``matches``."""
    found = []
    for pid in all_pids():
        process = identify(pid)
        value = mark_of(pid, name)
        # Looked at before and after the mark, so that the mark belongs to the process that was identified.
        if value is not None and matches(value) and process is not None and process.alive:
            found.append(process)
    return found


def send(process: ProcessId, number: int) -> bool:
    """Send a signal to ``process`` if it still runs; whether it was sent."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:
        return False
    try:
        # The descriptor means one process whatever becomes of its pid: looked at after it is held.
        if not process.alive:
            return False
        signal.pidfd_send_signal(descriptor, number)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def kill_marked(name: str, matches: Callable[[str], bool], timeout_s: float = 10.0) -> int:
    """Kill every marked process, and those that it starts meanwhile, until none is left.

    Children of this process are reaped. Returns how many were killed.

    Raises
    ------
    StaysError
        When one does not die.
    """
    deadline = time.monotonic() + timeout_s
    killed: set[ProcessId] = set()
    while True:
        found = find_marked(name, matches)
        for process in found:
            send(process, signal.SIGKILL)
        killed.update(found)
        for process in killed:
            reap(process.pid)
        if not found:
            return len(killed)
        if time.monotonic() > deadline:
            raise StaysError(
                f"process {found[0].pid} does not end although it was killed; it may wait for a disk. "
                "Try again when it has ended"
            )
        time.sleep(0.005)


def children() -> set[int]:
    """The processes whose parent is this one."""
    own = os.getpid()
    return {pid for pid in all_pids() if (stat := read_stat(pid)) is not None and stat.parent == own}


def kill_adopted(spared: Collection[int], timeout_s: float = 10.0) -> None:
    """Kill the children that this process has inherited, and those that come after them.

    What it started itself has its session, or is ``spared``; what a trial left never has, marked
    or not. One that belongs to another user (sudo) is left after ``timeout_s``.
    """
    session, deadline = os.getsid(0), time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        adopted = []
        for pid in children() - set(spared):
            with contextlib.suppress(OSError):
                if os.getsid(pid) != session:
                    adopted.append(pid)
                    os.kill(pid, signal.SIGKILL)
        for pid in adopted:
            reap(pid)
        if not adopted:
            return
        time.sleep(0.005)


def reap(pid: int) -> None:
    """Collect ``pid`` if it is an ended child of this process."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
