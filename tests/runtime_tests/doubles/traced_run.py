"""A small run of which one process is traced by strace, and what the store knows of it afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
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
# These exist once the run has begun; strace is attached to them.
ATTACHED = ("supervisor", "guard", "template")


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
        self.tracers: list[subprocess.Popen[str]] = []

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
        if target not in ATTACHED:
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
            self.tracers.append(tracer)
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
        for tracer in self.tracers:
            tracer.kill()
            tracer.communicate()
        for process in find_marked(TRIAL_MARK, lambda value: value.startswith(str(self.home))):
            with contextlib.suppress(OSError):
                os.kill(process.pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()
