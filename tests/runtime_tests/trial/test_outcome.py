"""What the main process tells at its end: why it failed, and what it read."""

import pytest

LR = {"train/lr/loguniform": 0.5}


def failures(project) -> list[dict]:
    return [record for record in project.records() if record["kind"] == "failed"]


@pytest.mark.parametrize("start", [["train.py"], ["-m", "train"]])
def test_uncaught_exception(project, start):
    project.add("train.py", "import json\ndef load():\n    json.loads('{')\n\nload()\n")
    done = project.run(*start, parameters=LR)
    assert done.returncode == 1
    (record,) = failures(project)
    assert record["type"] == "JSONDecodeError"
    assert record["message"] == done.stderr.splitlines()[-1].partition(": ")[2]
    path = str(project.code / "train.py")
    assert [path, 5, "<module>"] in record["frames"]
    assert (record["path"], record["line"]) == (path, 3)
    assert record["frames"][-1][0].endswith("decoder.py")
    assert (record["trial"], record["attempt"]) == (3, 0)


def test_exception_with_the_users_own_hook(project):
    hook = "import sys\nsys.excepthook = lambda *error: print('mine', error[1])\n"
    project.add("train.py", hook + "raise ValueError('bad')\n")
    done = project.run("train.py", parameters=LR)
    assert (done.returncode, done.stdout, done.stderr) == (1, "mine bad\n", "")
    assert failures(project)[0]["message"] == "bad"


def test_syntax_error_in_a_module(project):
    project.add("train.py", "import other\n")
    project.add_source("other.py", "x = 1\ndef f(:\n")
    done = project.run("train.py", parameters=LR)
    (record,) = failures(project)
    assert (record["type"], record["path"], record["line"]) == (
        "SyntaxError",
        str(project.code / "other.py"),
        2,
    )
    assert "other.py" in done.stderr


NO_FAILURES = {
    "exit": "raise SystemExit(3)",
    "caught": "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass",
    "thread": "import threading\nt = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()",
    "child": "import multiprocessing\np = multiprocessing.get_context('fork').Process(target=lambda: 1 / 0)\n"
    "p.start(); p.join()",
    "forked": "import os\nif os.fork() == 0:\n    1 / 0\nos.wait()",
    "subprocess": "import subprocess, sys\nsubprocess.run([sys.executable, '-c', '1/0'])",
}


@pytest.mark.parametrize("end", NO_FAILURES)
def test_other_ends_are_no_failures(project, end):
    project.add("train.py", "«import»pass\n" + NO_FAILURES[end] + "\n«final 1»\n")
    project.run("train.py", parameters=LR)
    assert failures(project) == []


def test_unprintable_exception(project):
    text = "class Bad(Exception):\n    def __str__(self): raise RuntimeError\nraise Bad\n"
    project.add("train.py", text)
    project.run("train.py", parameters=LR)
    assert failures(project)[0]["message"] == "(its text can't be shown)"


def test_reads_of_trial_zero(project, manager):
    text = """
«import»import atexit
lr = «train/lr/loguniform = 0.1»
if lr > 1:
    kind = «train/kind/choice ? 1 | 2 = 3»
width = «train/width/choice ? 1 | 2 = 3»
@atexit.register
def late():
    «final lr»
    return «train/late/choice = 1»
"""
    project.add("train.py", text)
    assert project.run("train.py", NNIC_SOCKET=manager.address).stderr == ""
    final, reads = project.records()
    assert final["kind"] == "final"
    assert (reads["kind"], reads["observed"]) == ("reads", {})
    assert reads["keys"] == ["train/late/choice", "train/lr/loguniform", "train/width/choice"]
    assert manager.receive() == [final, reads]


def test_reads_of_other_trials_are_not_told(project):
    project.add("train.py", "«import»lr = «train/lr/loguniform = 0.1»\n")
    project.run("train.py", parameters=LR)
    assert project.records() == []


def test_reads_of_children_are_told_by_themselves(project):
    text = """
«import»import os
a = «train/a/choice = 1»
if os.fork() == 0:
    b = «train/b/choice = 1», «train/a/choice = 1»
    os._exit(0)
os.wait()
"""
    project.add("train.py", text)
    project.run("train.py")
    assert [record["keys"] for record in project.records()] == [["train/b/choice"], ["train/a/choice"]]


def test_after_exec_the_process_is_still_the_main_one(project):
    text = """
import os, sys
if len(sys.argv) == 1:
    os.execv(sys.executable, [sys.executable, "train.py", "again"])
1 / 0
"""
    project.add("train.py", text)
    assert project.run("train.py").returncode == 1
    assert [record["kind"] for record in project.records()] == ["failed", "reads"]


def test_a_missing_directory_at_the_end_changes_nothing(project):
    project.add(
        "train.py", "import os, shutil\nshutil.rmtree(os.environ['NNIC_TRIAL_DIR'])\nraise SystemExit(4)\n"
    )
    done = project.run("train.py")
    assert (done.returncode, done.stderr) == (4, "")
