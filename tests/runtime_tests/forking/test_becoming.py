"""How a template forks a trial when the system does not let it."""

import subprocess
import sys
from pathlib import Path

import pytest

import nnic

CODE = """
import ctypes
import os

from nnic.runtime.trial.forking import becoming, messages

template, fork, times = os.getpid(), os.fork, []

def fork_at_most():
    # The process in the middle can't fork, or the template itself can't.
    if os.getpid() != template or {fails_at_once}:
        raise BlockingIOError(11, "too many processes")
    return fork()

os.fork = fork_at_most
record = {{"kind": "fork_request", "log": "/nowhere/log", "env": {{}}}}
ctypes.CFUNCTYPE(None)(lambda: None)  # libffi may open a descriptor of its own, once


def descriptors():
    with os.scandir("/proc/self/fd") as entries:
        return sorted(os.readlink(entry.path) for entry in entries)


before = descriptors()
try:
    print(becoming.Child(None, "", ()).fork(messages.ForkRequest(record), None)["error"], flush=True)
except OSError as error:
    print("raised", error, flush=True)
assert descriptors() == before, (before, descriptors())
"""


@pytest.mark.parametrize(("fails_at_once", "said"), [(False, "[Errno 11]"), (True, "raised [Errno 11]")])
def test_where_no_process_can_be_forked_one_template_says_so(fails_at_once, said):
    """The process in the middle must not go on as a second template."""
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(fails_at_once=fails_at_once)],
        cwd=Path(nnic.__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (f"{said} too many processes\n", "")
