"""The Python interface: asking something of an experiment, before it starts and while it runs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import nnic
from nnic.control import RefusedError
from nnic.runtime.loop.observer import Observer
from nnic.runtime.store.records import Origin, TrialRecord

SCRIPT = """\
import os, time
lr = 0.1  # @nni.uniform(0, 1)
opt = "sgd"  # @nni.choice("sgd", "adam")
# @nni.constraint(lr < 0.9)
while os.path.exists("wait"):
    time.sleep(0.01)
if opt == "adam" and not os.path.exists("mended"):
    raise ValueError("broken")
# @nni.report_final_result(lr)
"""
LR, OPT = "train/lr/uniform", "train/opt/choice"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    return tmp_path


def make(**settings: object) -> nnic.Experiment:
    return nnic.Experiment("train.py", tuner="random", share="off", **{"trials": 4, **settings})


def ended(experiment: nnic.Experiment) -> nnic.Experiment:
    experiment.run(Observer())
    return experiment


def of(experiment: nnic.Experiment, origin: Origin) -> list[TrialRecord]:
    return [trial for trial in experiment.trials if trial.origin is origin]


def test_what_is_asked_before_it_starts_is_what_it_begins_with(folder: Path) -> None:
    experiment = make()
    assert experiment.enqueue({"lr": 0.25}) == ""
    found = experiment.import_results([({"lr": 0.5, "opt": "adam"}, 0.75), ({"lr": 7, "opt": "adam"}, 1.0)])
    assert (found.results, len(found.problems)) == ([({LR: 0.5, OPT: "adam"}, 0.75)], 1)
    experiment.update(trials=3, trial_time_s=60)
    ended(experiment)
    assert [trial.parameters for trial in of(experiment, Origin.ENQUEUED)] == [{LR: 0.25, OPT: "sgd"}]
    assert [trial.metric for trial in of(experiment, Origin.IMPORTED)] == [0.75]
    assert (experiment.record.config.trials, experiment.record.config.trial_time_s) == (3, 60)
    assert len(experiment.trials) == 4


def test_what_is_asked_of_one_that_ended_is_done_when_it_goes_on(folder: Path) -> None:
    experiment = ended(make(trials=1))
    experiment.enqueue({"opt": "adam"})
    assert experiment.enqueue({"lr": 0.5}, like=0) == ""
    ended(experiment)
    assert [trial.status.value for trial in experiment.trials] == ["succeeded", "failed", "succeeded"]
    (folder / "mended").touch()
    experiment.retry()
    ended(experiment)
    assert [trial.status.value for trial in experiment.trials] == ["succeeded"] * 3
    with pytest.raises(RefusedError, match=f"no trial of {experiment.name} failed"):
        experiment.retry()


def test_a_search_in_another_process_is_changed(folder: Path) -> None:
    (folder / "wait").touch()
    experiment = make(trials=50).start()
    while not experiment.trials:
        time.sleep(0.01)
    opened = nnic.Experiment.open()
    assert opened.update(trials=2, jobs=2) == "2 trials, 2 at once"
    assert opened.enqueue({"lr": 0.25, "opt": "sgd"}) == "trial 1 will run"
    with pytest.raises(RefusedError, match="violate a constraint"):
        opened.enqueue({"lr": 0.95})
    with pytest.raises(RefusedError, match="jobs must be at least 1"):
        opened.update(jobs=0)
    with pytest.raises(RefusedError, match=r"trial 0 of train-\w+ is running; only failed and cancelled"):
        opened.retry(0)
    (folder / "wait").unlink()
    assert experiment.wait(60)
    assert [trial.parameters[LR] for trial in experiment.trials] == [0.1, 0.25]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"lr": 2}, "lr can't be 2"),
        ({"lr": float("nan")}, "lr can't be nan"),
        ({"lr": "x"}, "lr can't be 'x'"),
        ({"opt": "rmsprop"}, "opt can't be 'rmsprop'"),
        ({"learning": 2}, "there is no parameter learning"),
    ],
)
def test_values_that_do_not_fit(folder: Path, values: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make().enqueue(values)  # type: ignore[arg-type]


def test_what_cannot_be_asked(folder: Path) -> None:
    experiment = make()
    with pytest.raises(TypeError, match="unknown limit 'time'; known are trials, time_s"):
        experiment.update(time=3)
    with pytest.raises(ValueError, match="there is no trial 3 yet"):
        experiment.enqueue({}, like=3)
    with pytest.raises(RefusedError, match="has not started"):
        experiment.cancel(0)
    with pytest.raises(RefusedError, match="no trial has failed"):
        experiment.retry()
    with pytest.raises(ValueError, match="no result that fits the search space\n  result 1: lr can't be 3"):
        experiment.import_results([({"lr": 3, "opt": "sgd"}, 1.0)])
    with pytest.raises(FileNotFoundError):
        experiment.import_results("none.csv")


def nnic_run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "nnic",
        "run",
        "train.py",
        "--tuner",
        "random",
        "--share",
        "off",
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_run_begins_with_results_and_values(folder: Path) -> None:
    (folder / "mine.csv").write_text("lr,opt,metric\n0.5,sgd,0.875\n3,sgd,1\n0.125,adam,0.5\n")
    done = nnic_run(
        "--trials", "3", "--import", "mine.csv", "--enqueue", "lr=0.25 opt='sgd'", "--enqueue", "lr=0.75"
    )
    assert done.returncode == 0, done.stderr
    assert "nnic: mine.csv, line 3: lr can't be 3" in done.stderr
    experiment = nnic.Experiment.open()
    assert [trial.metric for trial in of(experiment, Origin.IMPORTED)] == [0.875, 0.5]
    assert [trial.parameters[LR] for trial in of(experiment, Origin.ENQUEUED)] == [0.25, 0.75]
    assert sum(experiment.record.counts.values()) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--enqueue", "lr=5"), "--enqueue 'lr=5': lr can't be 5"),
        (("--enqueue", "lr"), "--enqueue 'lr' should be NAME=VALUE"),
        (("--enqueue", "lr='"), '--enqueue "lr=\'": No closing quotation'),
        (("--enqueue", "x=1"), "there is no parameter x; there are lr, opt"),
        (("--import", "none.json"), "cannot read none.json: No such file"),
    ],
)
def test_what_a_run_cannot_begin_with(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    done = nnic_run(*arguments)
    assert done.returncode in (1, 2)
    assert words in done.stderr
    assert not (folder / ".nnic" / "nnic.db").exists()
