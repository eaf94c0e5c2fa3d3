"""Control of a run from another terminal: update, enqueue, retry, import, stop --trial."""

import subprocess
import time

import pytest

SCRIPT = """\
import os, time
lr = 0.1  # @nni.uniform(0, 1)
opt = "sgd"  # @nni.choice("sgd", "adam")
while not os.path.exists("go"):
    time.sleep(0.01)
if opt == "adam" and not os.path.exists("mended"):
    raise ValueError("broken")
# @nni.report_final_result(lr)
"""


@pytest.fixture
def live(project):
    """A run that waits in its first trial until there is a file ``go``."""
    project.write("train.py", SCRIPT)
    command = project.command("run", "train.py", "--tuner", "random", "--trials", "3")
    running = subprocess.Popen(
        command,
        cwd=project.root,
        env=project.environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert running.stderr is not None
    while "trial=0 started" not in running.stderr.readline():
        assert running.poll() is None
    yield project, running
    running.kill()
    running.communicate()


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_live_run_heeds_what_is_asked(live):
    project, running = live
    assert project.nnic("update", "--trials", "6", "--jobs", "2").stdout.endswith(": 6 trials, 2 at once\n")
    assert project.nnic("update", "--trial-time", "1h").stdout.endswith(": 3600 s a trial\n")
    assert "trial 1 will run" in project.nnic("enqueue", "lr=0.625", "opt=adam").stdout
    assert "trial 2 will run" in project.nnic("enqueue", "--like", "0").stdout
    project.write("mine.csv", "lr,opt,metric\n0.5,sgd,0.875\n3,sgd,1\n")
    imported = project.nnic("import", "mine.csv")
    assert "1 result is imported" in imported.stdout
    assert "mine.csv, line 3: lr can't be 3" in imported.stderr
    project.write("go", "")
    assert running.wait(60) == 0
    trials = project.json("trials")
    assert [trial["parameters"]["train/lr/uniform"] for trial in trials[:4]] == [0.1, 0.625, 0.1, 0.5]
    assert [trial["status"] for trial in trials[1:4]] == ["failed", "succeeded", "imported"]
    assert len(trials) == 7
    text = running.stderr.read()
    assert "limits 6 trials jobs=2" in text
    assert "trial=3 imported metric=0.8750" in text
    assert sum(project.json("status")[0]["trials"].values()) == 6


def test_what_is_asked_of_an_ended_run_waits_for_the_resume(live):
    project, running = live
    project.nnic("enqueue", "opt=adam")
    project.write("go", "")
    running.wait(60)
    failed = [trial["trial"] for trial in project.json("trials") if trial["status"] == "failed"]
    assert 1 in failed
    assert (
        "is not running. This is done when it continues: nnic resume train-" in project.nnic("retry").stdout
    )
    project.nnic("update", "--jobs", "1", "--trial-time", "1h")
    project.write("mine.csv", "lr,opt,metric\n0.5,sgd,0.875\n")
    project.nnic("import", "mine.csv")
    (record,) = project.json("status")
    retried = " ".join(map(str, failed))
    what = [f"retry {retried}", "update --trial-time 3600s --jobs 1", "import 1 result"]
    assert [asked["what"] for asked in record["asked"]] == what
    assert (
        f"  asked    retry {retried}, to be done by nnic resume train-"
        in project.nnic("status", record["experiment"]).stdout
    )
    project.write("mended", "")
    resumed = project.nnic("resume")
    assert "trial=1 again after failed" in resumed.stderr
    assert "nothing was left to do" not in resumed.stderr
    assert project.json("status")[0]["asked"] == []
    assert "  limits   1 h a trial\n" in project.nnic("status", record["experiment"]).stdout
    trials = project.json("trials")
    assert trials.pop()["status"] == "imported"
    assert {trial["status"] for trial in trials} == {"succeeded"}
    assert [trial["attempt"] for trial in trials if trial["trial"] in failed] == [1] * len(failed)
    assert "failed" in project.nnic("retry", status=1).stderr


def test_one_trial_is_ended(live):
    project, running = live
    assert "trial 0 is to end" in project.nnic("stop", "--trial", "0").stdout
    until(lambda: project.json("trials")[0]["status"] == "cancelled")
    project.write("go", "")
    assert running.wait(60) == 0
    assert len(project.json("trials")) == 3


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("update",), 2, "nothing to change"),
        (("update", "--trials", "0"), 2, "no number of trials"),
        (("update", "--time", "x"), 2, "no duration"),
        (("update", "--trial-time", "0s"), 2, "--trial-time '0s' is not positive"),
        (("enqueue",), 2, "no values"),
        (("enqueue", "lr=5"), 2, "lr can't be 5"),
        (("enqueue", "lr"), 2, "no values"),
        (("enqueue", "lr=0.5", "lr=0.6"), 2, "twice"),
        (("enqueue", "--like", "99"), 3, "99"),
        (("enqueue", "nope-1", "lr=0.5"), 3, "nope-1"),
        (("retry", "0"), 1, "trial 0 of train-"),
        (("retry", "99"), 1, "has no trial 99"),
        (("retry", "0", "x"), 2, "'x' is no trial"),
        (("import", "none.csv"), 1, "cannot read none.csv: No such file"),
        (("import", "train.py"), 1, "not a .json, .jsonl or .csv file"),
    ],
)
def test_what_cannot_be_asked(ended, arguments, status, words):
    assert words in ended.nnic(*arguments, status=status).stderr


@pytest.fixture(scope="module")
def ended(tmp_path_factory, new_project):
    made = new_project(tmp_path_factory.mktemp("ended"))
    made.write("train.py", SCRIPT)
    made.write("go", "")
    made.nnic("run", "train.py", "-q", "--trials", "1")
    return made


def test_an_export_can_be_imported(ended, project):
    project.write("train.py", SCRIPT)
    project.write("go", "")
    project.write("mended", "")
    project.nnic("run", "train.py", "-q", "--trials", "6", "--tuner", "random")
    for form in ("csv", "json", "jsonl"):
        ended.write(f"e.{form}", project.nnic("export", "--format", form).stdout)
    ended.write("nni.json", project.nnic("export", "--format", "nni").stdout)
    for name in ("e.csv", "e.json", "e.jsonl", "nni.json"):
        assert ended.nnic("import", name).stderr == ""
    ended.nnic("resume", "-q")
    trials = ended.json("trials")
    assert len(trials) == 7  # each result once
    metrics = [trial["metric"] for trial in project.json("trials")]
    assert [trial["metric"] for trial in trials if trial["status"] == "imported"] == metrics
