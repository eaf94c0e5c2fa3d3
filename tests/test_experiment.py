"""The Python interface: what a script or a notebook does with an experiment."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import nnic
from nnic.api import list_experiments
from nnic.apply.refusals import ApplyError
from nnic.control import RefusedError
from nnic.experiment import CompileError, Experiment, NothingOpenError, ProgramGoneError
from nnic.results.experiment_results import NoOutputError
from nnic.results.given_values import ValuesError
from nnic.results.importance import ImportanceError
from nnic.results.stored import DamagedStoreError
from nnic.runtime.errors import WrongInputError
from nnic.runtime.loop.observer import Observer
from nnic.runtime.manager.run import NameTakenError, NotRunningError
from nnic.runtime.store.reader import UnknownExperimentError
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


def test_python_speaks_python(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Short names, what was printed, and next steps as calls."""
    experiment = Experiment("train.py", tuner="random", trials=3, seed=3, share="off", name="mine")
    experiment.run()
    assert experiment.name == "mine"
    best = experiment.best
    assert best is not None
    assert best.parameters["lr"] == best.parameters["train/lr/uniform"]
    assert set(best.parameters.by_name()) == {"lr", "layers"}
    assert "nnic" not in repr(best)
    assert repr(best).startswith(f"<Trial {best.id} succeeded ")
    assert repr(experiment.logs(0)) == ""
    ended = capsys.readouterr().err
    assert "mine: 3 trials are done: 3 succeeded" in ended
    assert "experiment.apply(dry_run=True)" in ended
    assert "nnic apply" not in ended
    assert "+lr = " in repr(experiment.apply(best.id, dry_run=True)) or best.baseline
    with pytest.raises(NotRunningError, match=r"to continue it: experiment\.resume\(\)"):
        experiment.stop()
    with pytest.raises(RefusedError, match=r"experiment\.enqueue\(\{\.\.\.\}, like=0\)"):
        experiment.retry(0)
    with pytest.raises(NameTakenError, match="choose another name"):
        Experiment("train.py", trials=1, name="mine").run(Observer())
    with pytest.raises(WrongInputError, match="can't be called '12'"):
        Experiment("train.py", trials=1, name="12").run(Observer())
    assert sorted(folder.name for folder in (experiment.home / "experiments").iterdir()) == ["mine"]


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


def test_what_was_not_started_leaves_nothing(script: Path) -> None:
    experiment = Experiment("train.py", tuner="random", jobs=0)
    with pytest.raises(ValueError, match="jobs must be at least 1"):
        experiment.run(Observer())
    assert experiment.name == ""
    assert not list((script.parent / ".nnic" / "experiments").iterdir())


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


@pytest.fixture
def searched(script: Path) -> Experiment:
    experiment = Experiment("train.py", tuner="random", trials=12, seed=3, share="off")
    experiment.run(Observer())
    return experiment


def test_look_closer(searched: Experiment) -> None:
    status = searched.status
    assert (status.state, status.process, status.trials) == ("done", None, {"succeeded": 12})
    assert status.best == searched.best
    assert [status.record.name for status in list_experiments(searched.home)] == [searched.name]
    assert searched.baseline == searched.trials[0] == searched.trial(0)
    with pytest.raises(UnknownExperimentError, match="has no trial 99"):
        searched.trial(99)
    file = searched.output_file(3)
    assert file == searched.trial(3).directory / "output.log"
    with pytest.raises(NoOutputError, match=r"no output at .*7/output.log \(attempts: 0\)"):
        searched.output_file(3, attempt=7)
    found = searched.importance()
    assert {parameter.key for parameter in found.report.parameters} == {p.key for p in searched.record.space}
    assert found.report.trials == 12
    ranked = searched.importance("ped-anova", best=0.5).report
    assert ranked.method == "ped-anova"


def test_too_few_trials_say_nothing(script: Path) -> None:
    experiment = Experiment("train.py", tuner="random", trials=2, share="off")
    experiment.run(Observer())
    with pytest.raises(ImportanceError, match=f"{experiment.name}: "):
        experiment.importance()


def test_export(searched: Experiment, script: Path) -> None:
    text = searched.export()
    assert text.startswith("trial,status,metric,lr,layers,")
    assert searched.export("results.jsonl") == searched.export(format="jsonl")
    assert (script.parent / "results.jsonl").read_text(encoding="utf-8") == searched.export(format="jsonl")
    with pytest.raises(WrongInputError, match=r"results.zip does not say which format is meant"):
        searched.export("results.zip")
    with pytest.raises(WrongInputError, match="there is no format 'xml'; there are csv, json"):
        searched.export(format="xml")
    assert not (script.parent / "results.zip").exists()


def test_apply_and_undo(searched: Experiment, script: Path) -> None:
    best = searched.best
    assert best is not None
    planned = searched.apply(dry_run=True)
    assert (planned.trial.id, planned.written) == (best.id, False)
    assert script.read_text(encoding="utf-8") == SCRIPT
    applied = searched.apply(digits=3)
    assert applied.written
    text = script.read_text(encoding="utf-8")
    assert text == applied.changed["train.py"] != planned.changed["train.py"]
    assert searched.edited == {"train.py": [2, 3]}
    undone = searched.undo()
    assert (undone.apply.trial, undone.written, undone.files) == (best.id, True, {"train.py": SCRIPT})
    assert script.read_text(encoding="utf-8") == SCRIPT
    assert searched.edited == {}
    with pytest.raises(ApplyError, match=f"no apply of {searched.name} is left"):
        searched.undo()
    script.write_text(SCRIPT.replace("lr = 0.1", "lr = 0.2"), encoding="utf-8")
    with pytest.raises(ApplyError, match=r"so nothing is written:\n  train.py line 2: lr"):
        searched.apply()


def test_go_on_with_other_limits(searched: Experiment) -> None:
    again = Experiment.open(searched.name)
    again.resume(Observer(), trials=14, jobs=2)
    assert len(again.trials) == 14
    assert (again.record.config.trials, again.record.config.jobs) == (14, 2)
    shutil.rmtree(again.record.config.program)
    with pytest.raises(ProgramGoneError, match=f"with it the program of {again.name}"):
        Experiment.open().resume(Observer())
    with pytest.raises(ProgramGoneError):
        Experiment.open().apply()


def test_what_is_not_there(script: Path) -> None:
    with pytest.raises(UnknownExperimentError, match=r"Start one: nnic\.Experiment\("):
        Experiment.open()
    Experiment("train.py", tuner="random", trials=1, share="off").run(Observer())
    with pytest.raises(UnknownExperimentError, match="no experiment is called 'nope'"):
        Experiment.open("nope")
    database = script.parent / ".nnic" / "nnic.db"
    data = database.read_bytes()
    database.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(DamagedStoreError, match="or move the file away and start again"):
        Experiment.open()


def test_values_may_be_texts_or_in_a_file(script: Path) -> None:
    experiment = Experiment("train.py", tuner="random", trials=3, share="off")
    experiment.enqueue({"lr": "0.25", "layers": "4"}, as_text=True)
    (script.parent / "mine.json").write_text('{"lr": 0.75, "layers": 3}', encoding="utf-8")
    experiment.enqueue("mine.json")
    with pytest.raises(ValuesError) as caught:
        experiment.enqueue({"lr": 7, "layers": 9})
    assert [problem.split()[0] for problem in caught.value.problems] == ["lr", "layers"]
    with pytest.raises(WrongInputError, match="No such file"):
        experiment.enqueue("none.json")
    experiment.run(Observer())
    assert [list(trial.parameters.values()) for trial in experiment.trials[1:]] == [[0.25, 4], [0.75, 3]]


def test_a_metric_that_says_the_search_goes_the_wrong_way(script: Path) -> None:
    script.write_text(
        "loss = 0.5  # @nni.uniform(0, 1)\n# @nni.report_final_result(loss)\n", encoding="utf-8"
    )
    assert [d.code for d in Experiment("train.py", maximize=True).compile().diagnostics] == ["NNI211"]
    assert not Experiment("train.py", maximize=False).compile().diagnostics


@pytest.mark.parametrize("share", ["off", "imports", "prefix"])
def test_a_process_reads_the_program_once(script: Path, share: str) -> None:
    """The trials have a reader of their own."""
    experiment = Experiment("train.py", tuner="random", trials=3, share=share)
    with counted_reads("program.json") as reads:
        experiment.run(Observer())
    assert not reads  # it wrote what the trials read
    again = Experiment.open()
    with counted_reads("program.json") as reads:
        assert again.edited == {}
        again.resume(Observer(), trials=4)
        again.apply(dry_run=True)
    assert len(reads) == 1


@contextmanager
def counted_reads(name: str) -> Iterator[list[str]]:
    """The files of this name that this process opens to read them; checking a seal opens a descriptor, which
    has no mode."""
    found: list[str] = []
    active = True

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if active and event == "open" and str(arguments[0]).endswith(name) and "r" in str(arguments[1]):
            found.append(str(arguments[0]))

    sys.addaudithook(hear)  # there is no way to remove one
    yield found
    active = False
