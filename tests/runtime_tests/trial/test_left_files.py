"""A file by which one trial reaches another is told: what an earlier one wrote and this one reads."""

import os
import time

import pytest

from nnic.runtime.trial import left_files

LR = {"train/lr/loguniform": 0.5}
RESUMES = """
«import»import os, pickle
lr = «train/lr/loguniform = 0.1»
start = 0
if os.path.exists(FILE):
    with open(FILE, "rb") as file:
        start = pickle.load(file)
for step in range(start, 3):
    with open(FILE, "wb") as file:
        pickle.dump(step + 1, file)
«final lr + start»
"""


def told(project):
    return [
        (os.path.relpath(record["path"], project.code), record["at"], record["left"], record["written"])
        for record in project.records()
        if record["kind"] == "left_file"
    ]


def run(project, script, left="", trial=3):
    """Run a trial after its program was compiled; an earlier one of the run has ``left`` a file."""
    project.add("train.py", script)
    project.write_program()
    age(project.program / "program.json", 60)
    if left:
        place = project.code / left
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(bytes.fromhex("80044b032e"))  # the pickle of 3
        age(place, 30)
    project.write_trial(LR if trial else {}, trial=trial)
    done = project.start("train.py")
    assert (done.returncode, done.stderr) == (0, "")


def age(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


def resumes(name):
    return RESUMES.replace("FILE", repr(name))


def test_what_an_earlier_trial_left(project):
    run(project, resumes("last.pt"), left="last.pt")
    assert told(project) == [("last.pt", "train.py:6", True, False)]


def test_the_first_one_finds_nothing(project):
    run(project, resumes("last.pt"))
    assert told(project) == []


def test_what_was_there_before_the_run_and_is_written_again(project):
    place = project.add_source("state.ckpt", "")
    place.write_bytes(bytes.fromhex("80044b012e"))
    age(place, 3600)
    run(project, resumes("state.ckpt"), trial=0)
    assert told(project) == [("state.ckpt", "train.py:6", False, True)]


def test_what_was_there_before_the_run_and_is_only_read(project):
    place = project.add_source("pretrained.pt", "")
    place.write_bytes(bytes.fromhex("80044b032e"))
    age(place, 3600)
    run(project, resumes("pretrained.pt"))
    assert told(project) == []


def test_a_place_in_another_module(project):
    project.add(
        "keep.py",
        "import pickle\n\ndef load(path):\n"
        "    with open(path, 'rb') as file:\n        return pickle.load(file)\n",
    )
    project.files["train.py"] = ""  # It is the entry.
    run(
        project,
        "«import»import keep\nkeep.load('runs/model.pkl').bit_length()\n«final 1»\n",
        left="runs/model.pkl",
    )
    assert told(project) == [("runs/model.pkl", "keep.py:4", True, False)]


def test_what_trial_0_wrote_before_its_first_value(project):
    """That can depend on no value, as a data set that was prepared."""
    first = project.attempt.parent.parent / "0" / "0" / left_files.FIRST_VALUE
    first.parent.mkdir(parents=True)
    first.touch()
    age(first, 10)
    run(project, resumes("features.pkl"), left="features.pkl")
    assert told(project) == []


def test_a_trials_own_folder_is_its_own(project):
    own = "import os\n" + RESUMES.replace("FILE", "os.path.join(os.environ['NNIC_OUTPUT_DIR'], 'last.pt')")
    project.add("train.py", own)
    project.write_program()
    project.write_trial(LR)
    output = project.attempt / "output"
    output.mkdir()
    (output / "last.pt").write_bytes(bytes.fromhex("80044b032e"))
    age(output / "last.pt", 30)
    assert project.start("train.py", NNIC_OUTPUT_DIR=str(output)).returncode == 0
    assert told(project) == []


@pytest.mark.parametrize("trial", [0, 3])
def test_trial_0_notes_when_it_asks_for_its_first_value(project, trial):
    run(project, "«import»lr = «train/lr/loguniform = 0.1»\n«final lr»\n", trial=trial)
    assert (project.attempt / left_files.FIRST_VALUE).exists() is (trial == 0)


@pytest.mark.parametrize(
    ("path", "left", "written", "matters"),
    [
        ("last.pt", True, False, True),
        ("model.safetensors", True, False, True),
        ("ckpt/weights", True, False, False),
        ("checkpoints/step", True, False, True),
        ("Last.npz", True, False, True),
        ("any.npy", True, True, True),
        ("cache/joblib/f/output.pkl", True, False, True),
        ("trainer_state.json", False, True, True),
        ("/data/project/runs/last.pt", True, False, True),
        ("/data/raw/train.pkl", True, True, False),
        # Data sets and caches: written once, read by all.
        ("data/mnist.pt", True, False, False),
        ("Datasets/raw/train.pkl", True, True, False),
        ("features.npy", True, False, False),
        ("/home/u/.cache/huggingface/model.safetensors", True, False, False),
        # Logs, settings, and stores of results.
        ("results.csv", True, True, False),
        ("log.txt", True, True, False),
        ("study.db", True, True, False),
        ("results.json", True, True, False),
        ("config.yaml", True, True, False),
        ("mlruns/0/meta.yaml", True, True, False),
    ],
)
def test_what_matters(path, left, written, matters):
    assert left_files.matters(path, left, written) is matters


@pytest.mark.parametrize(("written", "found"), [(50, True), (95, False), (20, False)])
def test_what_a_trial_of_an_earlier_run_left(tmp_path, monkeypatch, written, found):
    """A script that is searched once more finds it in trial 0 already. It ran from 90 to 30 seconds ago."""
    runs = tmp_path / "experiments"
    attempt, earlier = runs / "now/trials/0/0", runs / "before/trials/3/0"
    for folder in (attempt, earlier, runs / "now/program"):
        folder.mkdir(parents=True)
    for path, seconds in (
        (earlier / "trial.json", 90),
        (earlier / "metrics.jsonl", 30),
        (runs / "now/program/program.json", 10),
        (attempt / "trial.json", 5),
        (tmp_path / "last.pt", written),
    ):
        path.touch()
        age(path, seconds)
    given = left_files.assignment.Assignment()
    given.directory, given.program, given.trial = str(attempt), str(runs / "now/program"), 0
    monkeypatch.setattr(left_files.assignment.process, "given", given)
    watch = left_files.Watch(None)
    watch.take(str(tmp_path / "last.pt"), "rb", os.O_RDONLY)
    assert [record["left"] for record in watch.told()] == [True] * found
