"""Errors of the system, given by strace to one process of a small run, and what comes of them.

A run is first traced without errors. That tells which calls each process makes, and how often. A case is
then one error at one of those calls. After each the run is gone on with, without errors.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from nnic.runtime.errors import UnknownNameError
from nnic.runtime.processes import TRIAL_MARK, find_marked
from nnic.runtime.store.connection import StoreError, database_path
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentState

SCRIPT = """\
import decimal
import os
import time

import nnic

lr = 0.1  # @nni.uniform(0, 1)
folder = os.environ["NNIC_TRIAL_DIR"]
acknowledged = open(os.environ["ACKNOWLEDGED"], "a")
while not os.path.exists(os.environ["GO"]):
    time.sleep(0.01)
for step in range(3):
    nnic.report(lr + step)
    print(folder, "intermediate", lr + step, sep="\\t", file=acknowledged, flush=True)
nnic.report(lr, final=True)
print(folder, "final", lr, sep="\\t", file=acknowledged, flush=True)
"""
LIMIT_S = 90.0
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
_ATTACHED = ("supervisor", "guard", "template")
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


class Run:
    """A small project in a folder of its own, and one run of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.home = folder / ".nnic"
        (folder / "train.py").write_text(SCRIPT)
        self.acknowledged, self.go = folder / "acknowledged", folder / "go"
        variables = {
            "NNIC_HOME": self.home,
            "ACKNOWLEDGED": self.acknowledged,
            "GO": self.go,
            "COLUMNS": "200",
        }
        self.environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
        self.processes: list[subprocess.Popen[str]] = []

    def command(self, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """Start a command of nnic."""
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "nnic", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def run(self, target: str, trace: Path, options: list[str]) -> tuple[int | None, str]:
        """Run with one process under strace; its status, ``None`` when it did not end, and what it said."""
        strace = ("strace", "-qq", "-o", str(trace), *options)
        search = ("run", "--tuner", "random", "--trials", "4", "--name", "run")
        if target not in _ATTACHED:
            self.go.touch()
        if target == "manager":
            process = self.command(*search, "--jobs", "2", "train.py", before=strace)
        elif target == "trial":
            traced = self.folder / "traced"
            traced.write_text(f'#!/bin/sh\nexec {shlex.join(strace)} "$@"\n')
            traced.chmod(0o700)
            process = self.command(*search, "--", str(traced), sys.executable, "train.py")
        else:
            process = self.command(*search, "--jobs", "2", "train.py")
            self._attach(target, process, strace)
        return self.wait(process)

    def wait(self, process: subprocess.Popen[str]) -> tuple[int | None, str]:
        """Wait for the end of a command."""
        try:
            said, _ = process.communicate(timeout=LIMIT_S)
            return process.returncode, said
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, process.communicate()[0]

    def _attach(self, target: str, process: subprocess.Popen[str], strace: tuple[str, ...]) -> None:
        """Trace a process that is there once the first trial runs; the trials then go on."""
        found = None
        while found is None and process.poll() is None:
            found = self._find(target, process.pid)
            time.sleep(0.01)
        if found is not None:
            # With -q it would not say that it is attached.
            command = [part for part in strace if part != "-qq"]
            tracer = subprocess.Popen([*command, "-p", str(found)], stderr=subprocess.PIPE, text=True)
            assert tracer.stderr is not None
            tracer.stderr.readline()
            self.tracer = tracer
        self.go.touch()

    def _find(self, target: str, manager: int) -> int | None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            (guard,) = _children(manager)
            (supervisor,) = _children(guard)
            trials = [pid for pid in _children(supervisor) if b"/trials/" in _environment(pid)]
            templates = [pid for pid in _children(supervisor) if b"/templates/" in _environment(pid)]
            if trials and templates:
                return {"guard": guard, "supervisor": supervisor, "template": templates[0]}[target]
        return None

    def state(self) -> ExperimentState | None:
        """How far the store says that the run is; ``None`` where it is not in the store."""
        try:
            with StoreReader(self.home) as reader:
                return reader.experiment("run").state
        except (StoreError, UnknownNameError):
            return None

    def lost(self) -> list[str]:
        """The reports whose call returned, and which are not in the store."""
        lines = self.acknowledged.read_text().splitlines() if self.acknowledged.exists() else []
        stored = set()
        if lines and database_path(self.home).exists():
            with closing(sqlite3.connect(database_path(self.home))) as connection:
                rows = connection.execute("SELECT trial, attempt, kind, value FROM report").fetchall()
            stored = {(trial, attempt, kind, json.loads(value)) for trial, attempt, kind, value in rows}
        told = []
        for line in lines:
            folder, kind, value = line.split("\t")
            trial, attempt = folder.split("/")[-2:]
            if (int(trial), int(attempt), kind, float(value)) not in stored:
                told.append(f"trial {trial}.{attempt} {kind} {value}")
        return told

    def survivors(self) -> list[int]:
        """What still runs of the trials, after the time that the kernel may take to end it."""
        deadline = time.monotonic() + 10
        while True:
            found = find_marked(TRIAL_MARK, lambda value: value.startswith(str(self.home)))
            if not found or time.monotonic() > deadline:
                return [process.pid for process in found]
            time.sleep(0.05)

    def close(self) -> None:
        """End what may be left, and remove the folder."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        for process in find_marked(TRIAL_MARK, lambda value: value.startswith(str(self.home))):
            with contextlib.suppress(OSError):
                os.kill(process.pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def learn(folder: Path, target: str) -> dict[str, list[int]]:
    """The calls that a process makes in a run: by kind, the numbers of those that can be made to fail."""
    run = Run(folder)
    trace = folder.with_suffix(".trace")
    try:
        status, said = run.run(target, trace, [])
        assert status == 0, said
        numbers: dict[str, int] = {}
        found: dict[str, list[int]] = {}
        begun = target in _ATTACHED
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
        wrong = list(_judge(status, said))
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


def _judge(status: int | None, said: str) -> Iterator[str]:
    if status is None:
        yield f"it did not end within {LIMIT_S:g} s"
    elif status not in (0, 1, 2) and not (status == 130 and "OpenBLAS" in said):  # It raises SIGINT.
        yield f"exit status {status}"
    if "Traceback (most recent" in said or "fault of nnic" in said:
        yield "a traceback of nnic's"
    if status and not said.strip():
        yield "it said nothing"
