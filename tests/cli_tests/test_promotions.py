"""Tuners that go on with trials, over whole runs: each one continues from its parent's files."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nnic.cli import main
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import TrialRecord

SCRIPT = """\
import json
import os

epochs = 9  # @nni.budget(1, 9)
folder = "mine"  # @nni.checkpoint()
rate = 0.5  # @nni.uniform(0, 1)
state = {"done": 0, "rates": []}
if os.path.exists(f"{folder}/state.json"):
    state = json.load(open(f"{folder}/state.json"))
print(json.dumps(state))
for epoch in range(state["done"], epochs):
    state = {"done": epoch + 1, "rates": [*state["rates"], rate]}
    # @nni.report_intermediate_result(rate * state["done"])
if folder != "mine":
    json.dump(state, open(f"{folder}/state.json", "w"))
# @nni.report_final_result(rate * epochs)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def run(folder: Path, *arguments: str, status: int = 0) -> dict[int, TrialRecord]:
    with pytest.raises(SystemExit) as ended:
        main(["run", "train.py", "-q", *arguments])
    assert (ended.value.code or 0) == status
    if status:
        return {}
    with StoreReader(folder / ".nnic") as reader:
        return {trial.id: trial for trial in reader.trials()}


def found(folder: Path, trial: int) -> dict[str, object]:
    """The state that a trial found in its folder when it began."""
    (log,) = folder.glob(f".nnic/experiments/*/trials/{trial}/0/output.log")
    state: dict[str, object] = json.loads(log.read_text())
    return state


def rate(trial: TrialRecord) -> object:
    (value,) = trial.parameters.values()
    return value


@pytest.mark.parametrize(
    "arguments",
    [
        ("asha", "--trials", "7"),
        ("bohb", "--trials", "8", "--tuner-arg", "min_points_in_model=1"),
        ("pbt", "--tuner-arg", "population_size=4", "--tuner-arg", "interval=3"),
        ("pbt", "--tuner-arg", "population_size=4", "--tuner-arg", "interval=3", "--trials", "4"),
    ],
    ids=["asha", "bohb", "pbt", "pbt with a limit"],
)
def test_a_promoted_trial_continues_from_its_parents_files(folder: Path, arguments: tuple[str, ...]) -> None:
    trials = run(folder, "--seed", "3", "--jobs", "2", "--tuner", *arguments)
    children = [trial for trial in trials.values() if trial.parent is not None]
    assert children
    for trial in children:
        assert trial.parent is not None
        parent = trials[trial.parent]
        state = found(folder, trial.id)
        assert state["done"] == parent.budget
        before, lineage = 0.0, []
        ancestors = [parent]
        while ancestors[0].parent is not None:
            ancestors.insert(0, trials[ancestors[0].parent])
        for ancestor in ancestors:
            assert ancestor.budget is not None
            lineage += [rate(ancestor)] * int(ancestor.budget - before)
            before = ancestor.budget
        assert state["rates"] == lineage
        assert trial.budget is not None
        assert len(trial.reports) == trial.budget - before
    assert 9 in {trial.budget for trial in children}
    # The parent's own files are as it left them: the child works on a copy.
    for trial in children:
        (kept,) = folder.glob(f".nnic/experiments/*/trials/{trial.parent}/checkpoint/state.json")
        assert json.loads(kept.read_text())["done"] == trials[trial.parent or 0].budget


def test_a_population_goes_on_from_its_files_after_the_manager_was_killed(folder: Path) -> None:
    slow = SCRIPT.replace("import os\n", "import os\nimport time\n", 1)
    slow = slow.replace("    state = {", "    time.sleep(0.02)\n    state = {")
    (folder / "train.py").write_text(slow, encoding="utf-8")
    options = ("--tuner", "pbt", "--tuner-arg", "population_size=4", "--tuner-arg", "interval=3")
    command = [sys.executable, "-m", "nnic", "run", "train.py", "-q", "--jobs", "2", *options]
    manager = subprocess.Popen(command, cwd=folder)
    while len(list(folder.glob(".nnic/experiments/*/trials/6"))) == 0:
        assert manager.poll() is None
        time.sleep(0.02)
    manager.kill()
    manager.wait()
    with pytest.raises(SystemExit) as ended:
        main(["resume", "-q"])
    assert not ended.value.code
    with StoreReader(folder / ".nnic") as reader:
        trials = {trial.id: trial for trial in reader.trials()}
    for trial in trials.values():
        if trial.parent is not None:
            state = saved_state(folder, trial.id)
            before = saved_state(folder, trial.parent)
            assert state["rates"][: before["done"]] == before["rates"]
            assert state["rates"][before["done"] :] == [rate(trial)] * 3
            assert state["done"] == trial.budget
    # The baseline, and four members of three generations each.
    assert [trial.budget for trial in trials.values() if trial.id].count(9) == 4
    assert len(trials) == 1 + 4 * 3


def saved_state(folder: Path, trial: int) -> dict[str, Any]:
    """What a trial has left in its folder."""
    (kept,) = folder.glob(f".nnic/experiments/*/trials/{trial}/checkpoint/state.json")
    state: dict[str, Any] = json.loads(kept.read_text())
    return state


def test_a_copy_in_the_population_has_other_values(folder: Path) -> None:
    options = ("--tuner-arg", "population_size=4", "--tuner-arg", "fraction=0.5", "--tuner-arg", "interval=3")
    trials = run(folder, "--tuner", "pbt", *options)
    moved = [t for t in trials.values() if t.parent is not None and rate(t) != rate(trials[t.parent])]
    assert moved
    last = [rate(t) for t in trials.values() if t.budget == 9]
    first = [rate(t) for t in trials.values() if t.budget == 3 and t.parent is None]
    assert sum(last) > sum(first)  # type: ignore[arg-type]


@pytest.mark.parametrize("tuner", ["asha", "asha_tpe", "bohb", "hyperband"])
def test_rungs_survive_a_resume(folder: Path, tuner: str, capfd: pytest.CaptureFixture[str]) -> None:
    before = run(folder, "--tuner", tuner, "--trials", "5", "--jobs", "2")
    with pytest.raises(SystemExit) as ended:
        main(["resume", "--trials", "12", "-q"])
    assert not ended.value.code
    assert "other" not in capfd.readouterr().err  # what is proposed again is what was proposed
    with StoreReader(folder / ".nnic") as reader:
        trials = {trial.id: trial for trial in reader.trials()}
        assert reader.experiment().reason == "12 trials are done"
    assert len(trials) > len(before)
    assert sum(trial.parent is None for trial in trials.values()) == 12
    parents = [trial.parent for trial in trials.values() if trial.parent is not None]
    assert len(parents) == len(set(parents))  # what went on before does not go on again
    small = [trial for trial in trials.values() if trial.budget == 1]
    whole = [rate(trial) for trial in trials.values() if trial.budget == 9]
    assert rate(max(small, key=lambda trial: trial.metric or 0.0)) in whole


@pytest.mark.parametrize("tuner", ["asha", "bohb", "hyperband", "pbt"])
def test_a_script_without_a_budget_is_told_what_to_write(
    folder: Path, tuner: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "train.py").write_text(SCRIPT.replace("  # @nni.budget(1, 9)", ""), encoding="utf-8")
    run(folder, "--tuner", tuner, status=2)
    error = capfd.readouterr().err
    assert f"{tuner} gives trials budgets" in error
    assert "epochs = 27  # @nni.budget(1, 27)" in error
    assert not list(folder.glob(".nnic/experiments/*"))


def test_pbt_without_a_checkpoint_is_told_what_to_write(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "train.py").write_text(SCRIPT.replace("  # @nni.checkpoint()", ""), encoding="utf-8")
    run(folder, "--tuner", "pbt", status=2)
    assert 'folder = "checkpoints"  # @nni.checkpoint()' in capfd.readouterr().err


OWN = """
from nnic.tuners.multifidelity.asha import AshaTuner

class Mine(AshaTuner):
    pass
"""


@pytest.mark.parametrize("tuner", ["asha", "auto", "Hyperband", "mine.py:Mine", "random", "pbt", "none.py:X"])
def test_without_a_checkpoint_one_that_promotes_is_said_to_start_from_zero(
    folder: Path, capfd: pytest.CaptureFixture[str], tuner: str
) -> None:
    (folder / "train.py").write_text(SCRIPT.replace("  # @nni.checkpoint()", ""), encoding="utf-8")
    (folder / "mine.py").write_text(OWN, encoding="utf-8")
    refused = tuner in ("pbt", "none.py:X")
    run(folder, "--tuner", tuner, "--trials", "2", status=2 if refused else 0)
    named = "asha_tpe" if tuner == "auto" else tuner
    text = f"so a trial that {named} gives a larger budget starts from zero"
    assert (text in capfd.readouterr().err) is (not refused and tuner != "random")
