"""nnic discard, nnic stop --trial --keep, and a trial that goes on from its checkpoint."""

import subprocess
import time

import pytest

BOGUS = """\
lr = 0.1  # @nni.choice(0.1, 0.2, 0.3, 5.0)
# @nni.report_final_result(99.0 if lr > 1 else lr)
"""

EPOCHS = """\
import json, os, time
lr = 0.25  # @nni.uniform(0, 1)
folder = "state"  # @nni.checkpoint()
os.makedirs(folder, exist_ok=True)
path = os.path.join(folder, "epoch.json")
begin = json.load(open(path)) if os.path.exists(path) else 0
for epoch in range(begin, 6):
    # @nni.report_intermediate_result(epoch)
    with open(path + ".part", "w") as file:
        json.dump(epoch + 1, file)
    os.replace(path + ".part", path)
    while epoch == 2 and not os.path.exists("go"):
        time.sleep(0.01)
# @nni.report_final_result(100)
"""


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def bogus(project):
    project.write("train.py", BOGUS)
    project.nnic("run", "train.py", "--tuner", "grid", "--trials", "4", "-q")
    return project


def test_a_discarded_trial_is_in_no_report_and_comes_back(bogus):
    best = bogus.json("best")
    assert best["metric"] == 99.0
    number = str(best["trial"])
    said = bogus.nnic("discard", number).stdout
    assert f"trial {number} is discarded" in said
    assert bogus.json("best")["metric"] == pytest.approx(0.3)
    shown = bogus.json("trials")[best["trial"]]
    assert (shown["status"], shown["metric"], shown["error"]["kind"]) == ("discarded", None, "discarded")
    assert "discarded" in bogus.nnic("trials").stdout
    table = bogus.nnic("export").stdout
    assert f"\n{number},discarded,," in table
    assert '"value": 99.0' not in bogus.nnic("export", "--format", "nni").stdout
    assert "+lr = 0.3" in bogus.nnic("apply", "--dry-run").stdout
    assert "no trial of" in bogus.nnic("retry", status=1).stderr
    bogus.nnic("run", "train.py", "--warm-start", shown_experiment(bogus), "--trials", "1", "-q")
    assert bogus.json("best")["metric"] == pytest.approx(0.3)
    name = shown_experiment(bogus)
    assert "counted again" in bogus.nnic("discard", name, number, "--undo").stdout
    assert bogus.json("best", name)["metric"] == 99.0


def shown_experiment(project):
    return project.json("status")[0]["experiment"]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["discard"], 2, "no trial; write the number of each"),
        (["discard", "9"], 1, "has no trial 9"),
        (["discard", "--undo", "1"], 1, "trial 1 is not discarded"),
        (["discard", "one"], 3, "no experiment is called 'one'"),
        (["stop", "--keep"], 2, "--keep is for single trials"),
        (["stop", "--trial", "1"], 1, "has ended already: it succeeded with 0."),
        (["stop", "--trial", "1", "--keep"], 1, "has ended already: it succeeded with 0."),
        (["stop", "--trial", "77"], 1, "has no trial 77"),
    ],
)
def test_what_makes_no_sense_is_said(bogus, words, status, told):
    if words == ["discard", "one"]:
        words = ["discard", "one", "1"]
    assert told in bogus.nnic(*words, status=status).stderr


def start(project, *arguments):
    return subprocess.Popen(
        project.command("run", "train.py", *arguments),
        cwd=project.root,
        env=project.environment,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def reports(project):
    try:
        return project.json("trials")[0]["intermediate"]
    except (AssertionError, IndexError):
        return []


def test_a_trial_is_ended_with_the_last_value_as_its_result(project):
    project.write("train.py", EPOCHS)
    running = start(project, "--trials", "1")
    try:
        until(lambda: len(reports(project)) == 3)
        said = project.nnic("stop", "--trial", "0", "--keep").stdout
        assert "trial 0 is to end with the last reported value as result" in said
        assert running.wait(60) == 0
    finally:
        running.kill()
        running.wait()
    (trial,) = project.json("trials")
    assert (trial["status"], trial["metric"], trial["intermediate"]) == ("succeeded", 2, [0, 1, 2])


def test_a_resumed_trial_keeps_the_reports_before_its_checkpoint(project):
    project.write("train.py", EPOCHS)
    running = start(project, "--trials", "1")
    try:
        until(lambda: len(reports(project)) == 3)
        project.nnic("stop", "--now")
        running.wait(60)
    finally:
        running.kill()
        running.wait()
    project.write("go", "")
    project.nnic("resume", "-q")
    (trial,) = project.json("trials")
    assert (trial["attempt"], trial["intermediate"], trial["metric"]) == (1, [0, 1, 2, 3, 4, 5], 100)
