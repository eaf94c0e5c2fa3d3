"""A metric that looks like a loss is not maximized unasked."""

import os
import pty
import select
import subprocess
import time

import pytest

NAMED = """\
lr = 0.1  # @nni.uniform(0, 1)
val_loss = (lr - 0.3) ** 2
# @nni.report_final_result(val_loss)
"""
FALLING = """\
lr = 0.1  # @nni.uniform(0, 1)
x = 2.0
for _ in range(6):
    x *= 0.7
    # @nni.report_intermediate_result(x)
# @nni.report_final_result(x + (lr - 0.3) ** 2)
"""


def on_terminal(project, *arguments, answer):
    """Run a command in a terminal, answer its question, and return its status and what it printed."""
    ours, theirs = pty.openpty()
    environment = {**project.environment, "TERM": "dumb", "COLUMNS": "80"}
    process = subprocess.Popen(
        project.command(*arguments),
        cwd=project.root,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    text, asked, deadline = "", False, time.monotonic() + 90
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                text += os.read(ours, 4096).decode()
            except OSError:
                break
        elif process.poll() is not None:
            break
        if "better?" in text and not asked:
            asked = True
            os.write(ours, answer.encode() + b"\n")
    os.close(ours)
    process.kill()
    return process.wait(), text


def test_a_name_asks_in_a_pipe_by_failing(project):
    project.write("train.py", NAMED)
    told = project.nnic("run", "train.py", status=2).stderr
    assert "val_loss is reported (train.py:3), and by its name a smaller one is better" in told
    assert "Add --minimize, or --maximize" in told
    assert not (project.root / ".nnic").exists()


@pytest.mark.parametrize(("answer", "best"), [("y", "minimize"), ("n", "maximize"), ("", "minimize")])
def test_a_name_asks_on_a_terminal(project, answer, best):
    project.write("train.py", NAMED)
    status, text = on_terminal(project, "run", "train.py", "--trials", "2", answer=answer)
    assert "val_loss is reported (train.py:3). Is a smaller one better?" in " ".join(text.split())
    assert status == 0, text
    assert f" {best} " in project.nnic("status", shown(project)).stdout or best in text


def shown(project):
    return project.json("status")[0]["experiment"]


def test_a_falling_metric_ends_the_run_after_trial_0_and_a_resume_says_the_direction(project):
    project.write("train.py", FALLING)
    told = project.nnic("run", "train.py", "--trials", "4", "--tuner", "random", status=2).stderr
    name = shown(project)
    assert "the metric of trial #0 fell while it trained, from 1.4 to 0.2353" in told
    assert f"nnic resume {name} --minimize" in told
    assert f"nnic resume {name} --maximize" in told
    project.nnic("resume", "-q", status=2)  # nothing was said
    project.nnic("resume", "--minimize", "-q")
    trials = project.json("trials")
    assert len(trials) == 4
    assert project.json("best")["metric"] == min(trial["metric"] for trial in trials)
    project.nnic("resume", "--maximize", "--trials", "6", "-q")
    trials = project.json("trials")
    assert len(trials) == 6
    assert project.json("best")["metric"] == max(trial["metric"] for trial in trials)


def test_a_falling_metric_asks_on_a_terminal(project):
    project.write("train.py", FALLING)
    status, text = on_terminal(project, "run", "train.py", "--trials", "3", "--tuner", "random", answer="y")
    assert status == 0, text
    assert len(project.json("trials")) == 3


def test_a_warm_start_takes_the_direction_over_and_says_ways_where_it_is_another(project):
    project.write("train.py", NAMED)
    project.nnic("run", "train.py", "--minimize", "--trials", "2", "-q")
    name = shown(project)
    told = project.nnic("run", "train.py", "--warm-start", name, "--trials", "1", "-q").stderr
    assert f"the run minimizes its metric, as {name} did" in told
    told = project.nnic("run", "train.py", "--warm-start", name, "--maximize", status=1).stderr
    assert f"nnic resume {name} --maximize" in told
    assert "--import earlier.csv in place of --warm-start" in told


def test_from_python_an_error_says_the_words(project):
    project.write("train.py", NAMED)
    code = "import nnic; nnic.Experiment('train.py', trials=1).run()"
    found = subprocess.run(
        [*project.command()[:1], "-c", code],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
    )
    assert "DirectionError" in found.stderr
    assert "maximize=False or True from Python" in found.stderr
