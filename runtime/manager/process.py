"""Runs an experiment in a process of its own: ``python -m nnic.runtime.manager.process HOME NAME``.

What it is to run comes on its standard input; nothing to go on with an experiment.
The process that started it reads one line from its standard output, ``ready``, as soon as the
experiment is in the store; an end without it means that nothing was started.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from nnic.runtime.config import RunConfig, experiment_directory
from nnic.runtime.errors import ExplainedError
from nnic.runtime.loop.observer import Observer, StoppableRun
from nnic.tuners.space import SearchSpace

READY = b"ready\n"
_LOG = "manager.log"


class ManagerError(ExplainedError, RuntimeError):
    """The process could not start the experiment; the message is what it said."""


def start_manager(home: Path, name: str, config: RunConfig | None = None) -> subprocess.Popen[bytes]:
    """Start a process that runs the new experiment ``config``, or goes on with an earlier one.

    It belongs to a session of its own: it goes on when the caller ends.

    Raises
    ------
    ManagerError
        When it ended before the experiment was under way.
    """
    folder = experiment_directory(home, name)
    with open(folder / _LOG, "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "nnic.runtime.manager.process", str(home.absolute()), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError), process.stdin as stream:  # A file could be anybody's.
        stream.write(b"" if config is None else json.dumps(config.to_json()).encode("utf-8"))
    with process.stdout as stream:
        ready = stream.readline() == READY
    if not ready:
        process.wait()
        raise ManagerError(manager_log(home, name) or f"the process ended with status {process.returncode}")
    return process


def manager_log(home: Path, name: str) -> str:
    """What the process of an experiment wrote to its standard error; the last line is what ended it."""
    file = experiment_directory(home, name) / _LOG
    return file.read_text(encoding="utf-8", errors="replace").strip() if file.exists() else ""


class _Ready(Observer):
    def run_started(self, config: RunConfig, space: SearchSpace, run: StoppableRun, resumed: bool) -> None:
        """Tell the starting process, and hold its pipe no longer."""
        os.write(1, READY)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def main(home: Path, name: str) -> int:
    """Run or resume, and return the exit status."""
    from nnic.runtime.manager.resume import resume_experiment
    from nnic.runtime.manager.run import run_experiment

    request = sys.stdin.buffer.read()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        if request:
            run_experiment(RunConfig.from_json(home, name, json.loads(request)), _Ready())
        else:
            resume_experiment(home, name, _Ready())
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
