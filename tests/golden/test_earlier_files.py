"""Files that nnic 0.1.0 wrote still open and give what they gave.

`data/` was made by it in `/golden/project`: five experiments in one store (with an assessor, with tpe, with
budgets, with imported results, and one whose manager was killed while two trials ran and one was enqueued),
the compiled program of `train.py`, and the answers of its commands. The tables in CSV have changed since on
purpose: an option ``None`` is written out, and no longer looks like a value that is not there.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).with_name("data")
PLACE = "/golden/project"
PYTHON = "/golden/python"  # which ran its trials


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The project, in another folder. Of finished runs the store and one program are there."""
    root = tmp_path_factory.mktemp("golden") / "project"
    home = root / ".nnic"
    shutil.copytree(DATA / "experiments", home / "experiments")
    shutil.copytree(DATA / "program", home / "experiments" / "train-d2e5" / "program")
    for trial in (home / "experiments").glob("*/trials/*/*"):
        (trial / "output").mkdir(exist_ok=True)  # git keeps no empty folders
    shutil.copy(DATA / "train.py", root)
    shutil.copy(DATA / "store.db", home / "nnic.db")
    for file in (home / "experiments").rglob("*.json"):
        file.write_text(file.read_text(encoding="utf-8").replace(PLACE, str(root)), encoding="utf-8")
    connection = sqlite3.connect(home / "nnic.db")
    with connection:
        for old, new in ((PLACE, str(root)), (PYTHON, sys.executable)):
            connection.execute("UPDATE experiment SET config = replace(config, ?, ?)", (old, new))
    connection.close()
    nnic(root, "doctor", "--trust")  # It comes from another machine.
    return root


def nnic(project, *arguments, told=False):
    """The output of a command, or what it ``told`` beside it, with the old names of project and Python."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NNI", "COV_"))}
    environment.update(COLUMNS="100", NO_COLOR="1", XDG_CACHE_HOME=str(project.parent / "cache"))
    result = subprocess.run(
        [sys.executable, "-m", "nnic", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, f"{arguments}\n{result.stdout}\n{result.stderr}"
    output = result.stderr if told else result.stdout
    return output.replace(str(project), PLACE).replace(sys.executable, PYTHON)


def answer(name):
    return (DATA / "answers" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("trials-cb42.json", "trials train-cb42 --format json"),
        ("trials-2a38.json", "trials train-2a38 --format json"),
        ("best-d2e5.json", "best train-d2e5 --format json"),
        ("export-d2e5.csv", "export train-d2e5 --format csv"),
        ("export-d2e5.json", "export train-d2e5 --format json"),
        ("export-d2e5.jsonl", "export train-d2e5 --format jsonl"),
        ("export-d2e5.nni", "export train-d2e5 --format nni"),
        ("export-d2e5.yaml", "export train-d2e5 --format yaml"),
        ("export-2a38.json", "export train-2a38 --format json"),
        ("export-09d7.csv", "export train-09d7 --format csv"),
    ],
)
def test_results(project, name, arguments):
    given, wanted = nnic(project, *arguments.split()), answer(name)
    if name.endswith("json"):
        given, wanted = json.loads(given), json.loads(wanted)
    assert given == wanted


def test_the_list_of_experiments(project):
    given = {entry["experiment"]: entry for entry in json.loads(nnic(project, "status", "--format", "json"))}
    wanted = {entry["experiment"]: entry for entry in json.loads(answer("status.json"))}
    del given["train-cb42"], wanted["train-cb42"]  # another test goes on with it
    # A later nnic may say more of an experiment, and says the same of what 0.1.0 said.
    known = {name: {key: entry.get(key) for key in wanted[name]} for name, entry in given.items()}
    assert known == wanted


def test_values_are_applied_to_the_same_places(project):
    assert nnic(project, "apply", "train-d2e5", "--dry-run") == answer("apply-d2e5.diff")


def test_a_script_compiles_to_the_same_program(project):
    out = project.parent / "program"
    assert json.loads(nnic(project, "compile", "train.py", "--format", "json")) == json.loads(
        answer("compile.json")
    )
    nnic(project, "compile", "train.py", "--out", str(out))
    for name in ("search_space.json", "code/train.py"):
        assert (out / name).read_text(encoding="utf-8") == (DATA / "program" / name).read_text(
            encoding="utf-8"
        ), name
    given = json.loads((out / "program.json").read_text(encoding="utf-8").replace(str(project), PLACE))
    assert given == json.loads((DATA / "program" / "program.json").read_text(encoding="utf-8"))


def test_a_program_file_opens():
    from nnic.runtime.program import Program

    program = Program.load(DATA / "program")
    assert [parameter.key for parameter in program.space] == [
        "train/lr/loguniform",
        "train/batch_size/choice",
        "train/momentum/quniform",
        "train/layers/randint",
        "train/activation/choice",
        "train/scale/function_choice",
    ]
    assert (program.fidelity.low, program.fidelity.high) == (1, 9)


def test_a_killed_run_goes_on(project):
    before = {trial["trial"]: trial for trial in json.loads(answer("trials-cb42.json"))}
    told = nnic(project, "resume", "train-cb42", told=True)
    assert "gives other ones" not in told  # the tuner proposes what the log says
    after = {
        trial["trial"]: trial
        for trial in json.loads(nnic(project, "trials", "train-cb42", "--format", "json"))
    }
    assert after.keys() >= before.keys() == {0, 1, 2, 3, 4, 5}
    for number in (0, 1, 2):
        assert after[number] == before[number]
    for number in (3, 4, 5):
        assert after[number]["parameters"] == before[number]["parameters"]
        assert after[number]["status"] in ("succeeded", "failed")
