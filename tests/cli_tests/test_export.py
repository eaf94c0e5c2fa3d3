"""``nnic export``: what other programs read, held against the store."""

import csv
import io
import json

import pytest
import yaml

from nnic.tuners.space import SearchSpace

SCRIPT = """\
lr = 0.1  # @nni.loguniform(1e-4, 1.0)
opt = "sgd, plain"  # @nni.choice("sgd, plain", ("adam", nni.uniform(0, 1)), "é")
if opt == "é":
    raise ValueError("a\\nb")
# @nni.report_intermediate_result(lr)
# @nni.report_final_result({"default": lr, "loss": 1 / 3})
"""


@pytest.fixture(scope="module")
def searched(tmp_path_factory, new_project):
    made = new_project(tmp_path_factory.mktemp("a project"))
    made.write("train.py", SCRIPT)
    made.nnic("run", "train.py", "--tuner", "random", "--trials", "12", "-q", "--seed", "1")
    return made


def exported(project, *arguments):
    return project.nnic("export", *arguments).stdout


def test_csv_has_every_value_exactly(searched):
    rows = list(csv.DictReader(io.StringIO(exported(searched))))
    trials = searched.json("trials")
    assert len(rows) == len(trials) == 12
    assert {row["status"] for row in rows} == {"succeeded", "failed"}
    for row, trial in zip(rows, trials):
        assert float(row["lr"]) == trial["parameters"]["train/lr/loguniform"]
        assert row["opt"] == trial["parameters"]["train/opt/choice"]
        if row["status"] == "succeeded":
            assert float(row["metric"]) == trial["metric"]
            assert float(row["metrics.loss"]) == 1 / 3
        else:
            assert (row["metric"], row["error"]) == ("", "ValueError: a\nb")


def test_json_has_everything(searched):
    data = json.loads(exported(searched, "--format", "json"))
    assert data["maximize"] is True
    assert data["tuner"]["name"] == "random"
    keys = {parameter.key for parameter in SearchSpace.from_nni(data["search_space"])}
    assert keys == {key for trial in data["trials"] for key in trial["parameters"]}
    lines = exported(searched, "--format", "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == data["trials"]
    assert [trial["parameters"] for trial in data["trials"]] == [
        t["parameters"] for t in searched.json("trials")
    ]


def flatten(space, values):
    """The configuration with full keys, from NNI's nested dicts."""
    flat = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat[key] = value["_name"]
            option = space[key].option_of(value["_name"])
            inner = {f"{key}/{option}/{name}": entry for name, entry in value.items() if name != "_name"}
            flat.update(flatten(space, inner))
        else:
            flat[key] = value
    return flat


def test_nni_reads_its_own_form(searched):
    found = json.loads(exported(searched, "--format", "nni"))
    trials = [trial for trial in searched.json("trials") if trial["metric"] is not None]
    assert [int(entry["trial_job_id"]) for entry in found] == [trial["trial"] for trial in trials]
    assert [entry["value"]["default"] for entry in found] == [trial["metric"] for trial in trials]
    data = json.loads(exported(searched, "--format", "json"))
    space = SearchSpace.from_nni(data["search_space"])
    assert [flatten(space, entry["parameter"]) for entry in found] == [t["parameters"] for t in trials]


def test_yaml_is_the_best_configuration(searched):
    best = searched.json("best")["parameters"]
    values = yaml.safe_load(exported(searched, "--format", "yaml"))
    assert values["lr"] == best["train/lr/loguniform"]
    assert values["opt"] == best["train/opt/choice"]


@pytest.mark.parametrize("name", ["out.csv", "out.json", "out.JSONL", "out.yml"])
def test_the_file_says_the_form(searched, name):
    told = searched.nnic("export", "--out", name)
    assert told.stdout == ""
    assert f"12 trials in {name}" in told.stderr
    form = {"yml": "yaml"}.get(name.rpartition(".")[2], name.rpartition(".")[2].lower())
    assert (searched.root / name).read_text(encoding="utf-8") == exported(searched, "--format", form)


def test_what_cannot_be_written(searched):
    (searched.root / "kept.csv").write_text("mine")
    assert "add --format" in searched.nnic("export", "--out", "out.txt", status=2).stderr
    assert "No space left" in searched.nnic("export", "--out", "/dev/full", status=1).stderr
    folder = searched.nnic("export", "--out", "missing/out.csv", status=1).stderr
    assert "cannot write missing/out.csv: No such file" in folder
    assert exported(searched, "--out", "/dev/stdout").startswith("trial,status,metric,")
    assert "no experiment" in searched.nnic("export", "nothing-here", status=3).stderr


def test_no_result_yet(project):
    project.write("train.py", "x = 1  # @nni.uniform(0, 2)\nraise KeyError\n# @nni.report_final_result(x)\n")
    project.nnic("run", "train.py", "-q", status=1)
    assert "has a result yet" in project.nnic("export", "--format", "yaml", status=1).stderr
    assert json.loads(exported(project, "--format", "nni")) == []
