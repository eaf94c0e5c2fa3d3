"""Tuners of a user's own that are wrong: each is named with its place, and nothing is left running."""

import signal
import subprocess

import pytest

TUNER = """\
from nnic.tuners import Batch, BatchStatus, Decision, Suggestion
class Mine:
    owns_stopping = False
    def __init__(self, problem):
        self.key = problem.space.parameters[0].key
        {init}
    def suggest(self, n):
        {suggest}
    def observe(self, event):
        {observe}
    def save(self):
        return b""
    def load(self, state):
        pass
"""
SCRIPT = "lr = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(lr)\n"
GOOD = "return Batch((Suggestion({self.key: 0.5}),), BatchStatus.READY)"


def write(project, init="pass", suggest=GOOD, observe="return Decision.CONTINUE"):
    project.write("one.py", SCRIPT)
    project.write("mine.py", TUNER.format(init=init, suggest=suggest, observe=observe))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class Mine(:\n", "mine.py:1"),
        ("import numpyy\n", "mine.py:1"),
        ("class Mine:\n    def suggest(self): 1\n    observe = save = load = suggest\n", "no arguments"),
        ("import sys\nsys.exit(3)\n", "mine.py:2"),
    ],
)
def test_a_file_that_cannot_be_loaded(project, text, said):
    project.write("one.py", SCRIPT)
    project.write("mine.py", text)
    result = project.nnic("run", "one.py", "--trials", "3", "--tuner", "mine.py:Mine", status=2)
    assert said in result.stderr
    assert "tuner 'mine.py:Mine' cannot be created" in result.stderr


def test_one_that_raises_when_it_is_made(project):
    write(project, init="raise KeyError('boom')")
    result = project.nnic("run", "one.py", "--trials", "3", "--tuner", "mine.py:Mine", status=2)
    assert "KeyError: 'boom'" in result.stderr
    assert "mine.py:6" in result.stderr


def test_one_that_ends_the_process(project):
    write(project, suggest="raise SystemExit(5)")
    result = project.nnic("run", "one.py", "--trials", "3", "--tuner", "mine.py:Mine", status=1)
    assert "tuner 'mine.py:Mine' raised SystemExit: 5" in result.stderr
    assert "mine.py:8" in result.stderr
    assert "nnic resume one-" in result.stderr


def test_what_it_prints_does_not_spoil_the_result(project):
    write(project, suggest=f"print('thinking'); {GOOD}")
    project.write("one.py", SCRIPT)
    best = project.json("run", "one.py", "--trials", "3", "--tuner", "mine.py:Mine")
    assert best["metric"] == 0.5


def test_one_that_is_gone_when_the_run_goes_on(project):
    write(project)
    project.nnic("run", "one.py", "--trials", "2", "--tuner", "mine.py:Mine", "-q")
    (project.root / "mine.py").unlink()
    result = project.nnic("resume", "--trials", "4", status=1)
    assert "there is no file 'mine.py'" in result.stderr


def test_a_run_that_ends_early_says_why(project):
    write(project, suggest="return Batch((), BatchStatus.EXHAUSTED, 'seen everything')")
    result = project.nnic("run", "one.py", "--trials", "9", "--tuner", "mine.py:Mine")
    assert "seen everything" in result.stderr


def test_one_that_never_returns_is_interrupted(project):
    write(project, suggest="import time; print('stuck', flush=True); time.sleep(600)")
    project.write("one.py", SCRIPT)
    manager = subprocess.Popen(
        project.command("run", "one.py", "--trials", "3", "--tuner", "mine.py:Mine"),
        cwd=project.root,
        env=project.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    while "stuck" not in manager.stderr.readline():
        pass
    for _ in range(40):
        manager.send_signal(signal.SIGINT)
        try:
            manager.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
        break
    assert "Traceback" not in manager.communicate(timeout=30)[1]
    assert manager.returncode == 130
    (entry,) = project.json("status")
    assert entry["state"] == "interrupted"
