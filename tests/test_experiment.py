"""The Python interface: what a script or a notebook does with an experiment."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import nnic
from nnic.experiment import CompileError, Experiment, NothingOpenError
from nnic.runtime.loop.observer import Observer
from nnic.runtime.manager.run import NotRunningError
from nnic.runtime.store.records import ExperimentState, TrialRecord

SCRIPT = """\
import sys, time
lr = 0.1  # @nni.uniform(0, 1)
layers = 2  # @nni.randint(1, 5)
for step in range(2):
    # @nni.report_intermediate_result(lr + step)
    time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 0)
# @nni.report_final_result(lr * layers)
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    return tmp_path / "train.py"


class Ends(Observer):
    def __init__(self) -> None:
        self.trials: list[int] = []

    def trial_ended(self, trial: TrialRecord) -> None:
        self.trials.append(trial.id)


def test_run_and_look(script: Path) -> None:
    experiment = nnic.Experiment("train.py", tuner="random", trials=5, seed=3)
    assert repr(experiment) == "Experiment('train.py')"
    ends = Ends()
    result = experiment.run(ends)
    assert result.state is ExperimentState.DONE
    assert ends.trials == [0, 1, 2, 3, 4]
    assert [trial.id for trial in experiment.trials] == ends.trials
    best = experiment.best
    assert best is not None
    assert best.metric == max(trial.metric or 0 for trial in experiment.trials)
    assert experiment.record.config.tuner == "random"
    assert repr(experiment) == f"<Experiment {experiment.name}: 5 trials, best #{best.id} {best.metric:g}>"
    table = experiment.to_dataframe()
    assert list(table.index) == ends.trials
    assert list(table.columns) == ["status", "metric", "lr", "layers", "budget", "steps", "seconds", "error"]
    assert table.loc[0, "lr"] == 0.1
    assert table.loc[best.id, "metric"] == best.metric


def test_go_on_and_open_again(script: Path) -> None:
    experiment = Experiment(script, tuner="random", trials=2, home=script.parent / "elsewhere")
    experiment.run(Observer())
    again = Experiment.open(home=script.parent / "elsewhere")
    assert again.name == experiment.name
    assert (again.script, again.arguments, again.module) == (str(script), (), False)
    assert again.settings["tuner"] == "random"
    again.run(Observer())
    assert len(again.trials) == 2


def test_start_and_stop_in_a_process_of_its_own(script: Path) -> None:
    experiment = Experiment("train.py", "0.05", tuner="random", trials=200).start()
    assert experiment.running
    with pytest.raises(RuntimeError, match="runs already"):
        experiment.start()
    assert experiment.wait(0.01) is False
    assert Experiment.open().running
    experiment.stop()
    assert not experiment.running
    assert experiment.record.state is ExperimentState.INTERRUPTED
    with pytest.raises(NotRunningError):
        experiment.stop()
    done = len(experiment.trials)
    assert 1 <= done < 200
    experiment.start()
    experiment.stop(now=True)
    assert experiment.wait() is True


def test_a_started_experiment_survives_its_starter(script: Path) -> None:
    code = "import nnic; print(nnic.Experiment('train.py', tuner='random', trials=4).start().name)"
    name = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()
    experiment = Experiment.open(name)
    for _ in range(600):
        if not experiment.running:
            break
        signal.sigtimedwait([], 0.05)
    assert experiment.record.state is ExperimentState.DONE
    assert len(experiment.trials) == 4


def test_what_can_not_be_started(script: Path) -> None:
    with pytest.raises(TypeError, match=r"unknown setting 'trails'; known are .*trials"):
        Experiment("train.py", trails=3)
    with pytest.raises(FileNotFoundError):
        Experiment("nothing.py").run(Observer())
    script.write_text("lr = 1  # @nni.uniform(2, 1)\n", encoding="utf-8")
    with pytest.raises(CompileError, match=r"NNI103.*low 2 is not below high 1") as caught:
        Experiment("train.py").run(Observer())
    assert [d.code for d in caught.value.diagnostics if d.is_error] == ["NNI103"]
    script.write_text("lr = 1\n", encoding="utf-8")
    with pytest.raises(NothingOpenError, match="leaves nothing open"):
        Experiment("train.py").start()
    script.write_text(SCRIPT, encoding="utf-8")
    with pytest.raises(ValueError, match="no tuner 'nope'"):
        Experiment("train.py", tuner="nope").run(Observer())
    with pytest.raises(RuntimeError, match="no tuner 'nope'"):
        Experiment("train.py", tuner="nope").start()
    assert not list((script.parent / ".nnic" / "experiments").iterdir())
    with pytest.raises(ValueError, match="lr/uniform"):
        Experiment("train.py", space={"train/lr/uniform": {"_type": "choice", "_value": [1]}}).compile()


def test_a_space_may_be_given(script: Path) -> None:
    space = {"train/lr/uniform": {"_type": "uniform", "_value": [0.5, 0.6]}}
    experiment = Experiment("train.py", space=space, tuner="random", trials=3)
    experiment.run(Observer())
    assert all(0.5 <= trial.parameters["train/lr/uniform"] <= 0.6 for trial in experiment.trials[1:])
