"""Errors of the system, given by strace to one process of a small run, and what comes of them.

A run is first traced without errors. That tells which calls each process makes, and how often. A case is
then one error at one of those calls. After each the run is gone on with, without errors.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from traced_run import ATTACHED, LIMIT_S, Run

from nnic.runtime.store.records import ExperimentState

# What each kind of call is made to fail with. What is not here fails for no reason that a disk, a limit or
# a lack of memory would be.
ERRORS = {
    **dict.fromkeys(("open", "openat", "creat"), ("EIO", "EMFILE", "ENFILE", "EACCES", "ENOSPC", "ENOMEM")),
    **dict.fromkeys(("read", "pread64", "readv"), ("EIO", "EINTR", "ENOMEM")),
    **dict.fromkeys(("write", "pwrite64", "writev"), ("ENOSPC", "EIO", "EINTR")),
    **dict.fromkeys(("fsync", "fdatasync"), ("EIO", "ENOSPC")),
    **dict.fromkeys(
        ("mkdir", "rename", "unlink", "rmdir", "ftruncate", "fallocate"), ("EIO", "ENOSPC", "EACCES")
    ),
    **dict.fromkeys(
        ("stat", "newfstatat", "lstat", "fstat", "access", "getdents64"), ("EIO", "EACCES", "ENOMEM")
    ),
    **dict.fromkeys(("lseek", "ioctl", "chmod", "fchown", "readlink", "getcwd", "chdir"), ("EIO", "EACCES")),
    **dict.fromkeys(("flock", "fcntl"), ("EIO", "EINTR", "ENOLCK")),
    **dict.fromkeys(("mmap", "mprotect"), ("ENOMEM",)),
    **dict.fromkeys(("clone", "clone3", "fork", "vfork"), ("EAGAIN", "ENOMEM")),
    **dict.fromkeys(
        ("pipe2", "dup", "dup2", "dup3", "epoll_create1", "pidfd_open"), ("EMFILE", "ENFILE", "ENOMEM")
    ),
    **dict.fromkeys(("socket", "socketpair", "accept4"), ("EMFILE", "ENFILE", "ENOMEM")),
    **dict.fromkeys(("bind", "listen", "connect", "setsockopt"), ("ENOMEM", "EACCES")),
    **dict.fromkeys(("sendto", "sendmsg"), ("EAGAIN", "ENOMEM", "EINTR")),
    **dict.fromkeys(("recvfrom", "recvmsg"), ("EAGAIN", "ENOMEM", "EINTR")),
    **dict.fromkeys(("poll", "epoll_wait", "select", "pselect6"), ("EINTR", "ENOMEM")),
    "epoll_ctl": ("ENOMEM", "ENOSPC"),
    **dict.fromkeys(("wait4", "waitid"), ("EINTR",)),
    **dict.fromkeys(("kill", "pidfd_send_signal"), ("EPERM",)),
    **dict.fromkeys(("setsid", "prctl", "execve"), ("EACCES", "ENOMEM")),
}
TARGETS = ("manager", "supervisor", "guard", "template", "trial")
# Where the part of a trace begins that is about the run: before it Python starts, and loads nnic.
_BEGINS = {"manager": '/lock"', "trial": '/trial.json"'}
_CALL = re.compile(r"(\w+)\(")
# Loading a module; for them the interpreter speaks, not nnic.
_CODE = re.compile(r"\.(?:pyc?|so[.\d]*|pth)\"|__pycache__|site-packages|/lib/python")


def unavailable() -> str:
    """Why no error can be injected here; ``""`` where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (apt install strace, or dnf install strace)"
    tried = subprocess.run(
        ["strace", "-qq", "-o", os.devnull, "-e", "inject=getpid:error=EIO", "true"],
        capture_output=True,
        text=True,
    )
    return "" if tried.returncode == 0 else f"strace can't trace a process here: {tried.stderr.strip()}"


@dataclass(frozen=True)
class Case:
    """One error: at the ``when``-th call of its kind."""

    target: str
    call: str
    error: str
    when: int

    def __str__(self) -> str:
        return f"{self.target} {self.call}:{self.error}:{self.when}"

    @property
    def options(self) -> list[str]:
        return ["-e", f"trace={self.call}", "-e", f"inject={self.call}:error={self.error}:when={self.when}"]


@dataclass(frozen=True)
class Outcome:
    """What came of a case: how the command ended, and what is wrong with that."""

    case: Case
    end: str
    wrong: tuple[str, ...]
    said: str


def learn(folder: Path, target: str) -> dict[str, list[int]]:
    """The calls that a process makes in a run: by kind, the numbers of those that can be made to fail."""
    run = Run(folder)
    trace = folder.with_suffix(".trace")
    try:
        status, said = run.run(target, trace, [])
        assert status == 0, said
        numbers: dict[str, int] = {}
        found: dict[str, list[int]] = {}
        begun = target in ATTACHED
        for line in trace.read_text(errors="replace").splitlines():
            match = _CALL.match(line)
            if match is None:
                continue
            call = match[1]
            numbers[call] = numbers.get(call, 0) + 1
            begun = begun or _BEGINS[target] in line
            if begun and call in ERRORS and not _CODE.search(line):
                found.setdefault(call, []).append(numbers[call])
        return found
    finally:
        run.close()


def choose(target: str, calls: dict[str, list[int]], times: int) -> Iterator[Case]:
    """Cases for each kind of call: its errors in turn, at calls from the first to the last."""
    for call, numbers in sorted(calls.items()):
        for index in range(times):
            error = ERRORS[call][index % len(ERRORS[call])]
            yield Case(target, call, error, numbers[index * (len(numbers) - 1) // max(1, times - 1)])


def attempt(folder: Path, case: Case) -> Outcome:
    """Run with the error, then go on without it."""
    run = Run(folder)
    try:
        status, said = run.run(case.target, folder.with_suffix(".trace"), case.options)
        wrong = list(_judge(case, status, said))
        end = "no end" if status is None else f"exit {status}"
        state = run.state()
        if state is None:
            end += ", not begun"
        elif state is not ExperimentState.DONE:
            (folder / "traced").write_text('#!/bin/sh\nexec "$@"\n')
            resumed, then = run.wait(run.command("resume", "run"))
            end += ", resumed"
            if resumed != 0 or run.state() is not ExperimentState.DONE:
                wrong.append(f"resume exited with {resumed}: {then}")
        wrong += [f"lost: {report}" for report in run.lost()]
        wrong += [f"process {pid} is left" for pid in run.survivors()]
        return Outcome(case, end, tuple(wrong), said)
    finally:
        run.close()


def _judge(case: Case, status: int | None, said: str) -> Iterator[str]:
    if status == -signal.SIGSEGV and case.error == "ENOMEM":
        return  # Python 3.11 itself breaks when it loads a module and has no memory.
    if status is None:
        yield f"it did not end within {LIMIT_S:g} s"
    elif status not in (0, 1, 2) and not (status == 130 and "OpenBLAS" in said):  # It raises SIGINT.
        yield f"exit status {status}"
    if "Traceback (most recent" in said or "fault of nnic" in said:
        yield "a traceback of nnic's"
    if status and not said.strip():
        yield "it said nothing"
