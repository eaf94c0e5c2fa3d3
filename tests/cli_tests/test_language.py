"""What a script declares beside plain parameters, from its comments to its trials."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from nnic.cli import main
from nnic.runtime.store.log_entries import Event, LogEntry, TrialEnded
from nnic.runtime.store.reader import StoreReader

SCRIPT = """\
import os


def SGD(lr, momentum):
    return lr * (1 - momentum)


def Adam(lr):
    return lr * 2


epochs = 9  # @nni.budget(1, 9)
folder = "mine"  # @nni.checkpoint()
width = 8  # @nni.randint(1, 100)
CONFIG = {
    "depth": 2,  # @nni.randint(1, 10)
}
# @nni.constraint(width * CONFIG["depth"] <= 60)
# @nni.function_choice(SGD(lr=nni.loguniform(1e-3, 1.0), momentum=nni.uniform(0, 0.99)),
#                      Adam(lr=nni.loguniform(1e-5, 1e-2)), name=rate)
rate = SGD(lr=0.1, momentum=0.9)
done = 0
if os.path.exists(f"{folder}/epochs"):
    done = int(open(f"{folder}/epochs").read())
if folder != "mine":
    open(f"{folder}/epochs", "w").write(str(epochs))
print(done, epochs, width * CONFIG["depth"], rate)
# @nni.report_final_result(rate + epochs)
"""


def run(*arguments: str, quiet: bool = True) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "-q"] if quiet else arguments)
    assert not ended.value.code


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def outputs(folder: Path) -> dict[int, list[str]]:
    trials = folder.glob(".nnic/experiments/*/trials/*/0/output.log")
    return {int(file.parent.parent.name): file.read_text().split() for file in trials}


def imported(log: Sequence[LogEntry]) -> list[int]:
    """The trials whose results the tuner was told as results from elsewhere."""
    changes = (entry.change for entry in log if isinstance(entry, Event))
    return [change.trial for change in changes if isinstance(change, TrialEnded) and change.imported]


def test_budgets_grow_and_promotions_go_on_from_their_checkpoint(folder: Path) -> None:
    run("run", "train.py", "--tuner", "hyperband", "--trials", "12", "--seed", "3")
    with StoreReader(folder / ".nnic") as reader:
        trials = {trial.id: trial for trial in reader.trials()}
    seen = outputs(folder)
    assert seen[0] == ["0", "9", "16", repr(0.1 * (1 - 0.9))]
    promoted = [trial for trial in trials.values() if trial.parent is not None and trial.id in seen]
    assert promoted
    for number, (done, epochs, product, rate) in seen.items():
        trial = trials[number]
        assert int(product) <= 60
        if number == 0:
            continue
        assert int(epochs) == trial.budget
        assert int(done) == (0 if trial.parent is None else trials[trial.parent].budget)
        given = {key.split("/", 1)[1].rpartition("/")[0]: v for key, v in trial.parameters.items()}
        if given["rate"].startswith("SGD"):
            number_of_sgd = given["rate/function_choice/0/lr"] * (
                1 - given["rate/function_choice/0/momentum"]
            )
            assert float(rate) == number_of_sgd
        else:
            assert set(given) == {"width", "CONFIG['depth']", "rate", "rate/function_choice/1/lr"}
            assert float(rate) == given["rate/function_choice/1/lr"] * 2
    assert len({trial.parameters["train/rate/function_choice"] for trial in trials.values()}) == 2


def test_the_first_trial_neither_finds_nor_fills_the_folder_of_its_user(folder: Path) -> None:
    (folder / "train.py").write_text(SCRIPT.replace('if folder != "mine":', "if True:"), encoding="utf-8")
    (folder / "mine").mkdir()
    (folder / "mine/epochs").write_text("5")
    run("run", "train.py", "--trials", "1")
    assert outputs(folder)[0][0] == "0"
    assert [(path.name, path.read_text()) for path in (folder / "mine").iterdir()] == [("epochs", "5")]


def test_a_run_without_checkpoints_says_what_promotions_cost(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = (folder / "train.py").read_text(encoding="utf-8")
    (folder / "train.py").write_text(text.replace("  # @nni.checkpoint()", ""), encoding="utf-8")
    run("run", "train.py", "--tuner", "hyperband", "--trials", "2")
    assert "train.py has no @nni.checkpoint, so a trial that hyperband gives" in capfd.readouterr().err
    run("run", "train.py", "--tuner", "random", "--trials", "2")
    assert "checkpoint" not in capfd.readouterr().err


def test_without_budgets_every_trial_is_whole(folder: Path) -> None:
    run("run", "train.py", "--tuner", "random", "--trials", "4")
    assert {words[1] for words in outputs(folder).values()} == {"9"}
    assert {words[0] for words in outputs(folder).values()} == {"0"}


def test_a_script_of_nni_gets_a_nested_space_nested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    space = {
        "layer": {
            "_type": "choice",
            "_value": [
                {"_name": "conv", "size": {"_type": "choice", "_value": [3, 5]}},
                {"_name": "pool"},
            ],
        },
        "lr": {"_type": "uniform", "_value": [0, 1]},
    }
    (tmp_path / "space.json").write_text(json.dumps(space), encoding="utf-8")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "train.py").write_text(
        "import json, nni\n"
        "given = nni.get_next_parameter()\n"
        "print(json.dumps(given))\n"
        "nni.report_final_result(given['lr'] if given else 0.5)\n",
        encoding="utf-8",
    )
    run("run", "train.py", "--space", "space.json", "--tuner", "random", "--trials", "9")
    logs = {n: json.loads(" ".join(words)) for n, words in outputs(tmp_path).items()}
    layers = [given["layer"] for given in logs.values() if given]
    assert {layer["_name"] for layer in layers} == {"conv", "pool"}
    assert all(set(layer) == {"_name", "size"} for layer in layers if layer["_name"] == "conv")
    assert all(layer == {"_name": "pool"} for layer in layers if layer["_name"] == "pool")


def test_smart_parameters_are_searched_and_run_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "train.py").write_text(
        "import nni, json\n"
        "lr = nni.uniform(0, 1)\n"
        "act = nni.choice({'abs': abs, 'twice': lambda x: 2 * x})(-3)\n"
        "opt = nni.choice({'a': nni.randint(1, 5), 7: 'b'}, name='opt')\n"
        "fun = nni.function_choice({'x': lambda: act + 1, 'y': lambda: act - 1})\n"
        "q = nni.quniform(0, 10, 2)\n"
        "rest = [nni.qloguniform(1, 9, 2),\n  nni.normal(0, 1),\n  nni.qnormal(0, 1, 2),\n"
        "  nni.lognormal(0, 1),\n  nni.qlognormal(0, 1, 2)]\n"
        "print(json.dumps([lr, act, opt, fun, q]))\n"
        "nni.report_final_result(lr)\n",
        encoding="utf-8",
    )
    run("run", "train.py", "--tuner", "random", "--trials", "8")
    with StoreReader(tmp_path / ".nnic") as reader:
        trials = {trial.id: trial.parameters for trial in reader.trials()}
    printed = {n: json.loads(" ".join(words)) for n, words in outputs(tmp_path).items()}
    assert len(printed) == 8
    lr, act, opt, fun, q = printed.pop(0)
    assert 0 <= lr <= 1
    assert act in (3, -6)
    assert abs(fun - act) == 1
    assert q in (0, 2, 4, 6, 8, 10)
    for number, (lr, act, opt, fun, q) in printed.items():
        given = trials[number]
        assert lr == given["train/__line2/uniform"]
        assert act == {"abs": 3, "twice": -6}[given["train/__line3/choice"]]
        assert (opt == "b") == (given["train/opt/choice"] == 7)
        assert ("train/__line4/randint" in given) == (given["train/opt/choice"] == "a")
        assert fun == act + (1 if given["train/__line5/function_choice"] == "x" else -1)
        assert q == given["train/__line6/quniform"]


def test_values_that_only_running_tells_are_those_of_trial_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "train.py").write_text(
        "import os, subprocess, sys\n"
        "width = len(os.environ) * 0 + 3  # @nni.randint(1, 9)\n"
        "name = 'ab'[0]  # @nni.choice('a', 'b')\n"
        "for rate in (1, 2):\n"
        "    lr = rate / 4  # @nni.uniform(0, 1)\n"
        "# @nni.report_final_result(lr)\n",
        encoding="utf-8",
    )
    run("run", "train.py", "--tuner", "tpe", "--trials", "3")
    with StoreReader(tmp_path / ".nnic") as reader:
        first = next(iter(reader.trials()))
        log = reader.log()
    assert dict(first.parameters) == {"train/width/randint": 3, "train/name/choice": "a"}
    assert imported(log) == []
    text = (tmp_path / "train.py").read_text(encoding="utf-8")
    (tmp_path / "train.py").write_text(text.replace("(1, 2)", "(2,)"), encoding="utf-8")
    run("run", "train.py", "--tuner", "tpe", "--trials", "3")
    with StoreReader(tmp_path / ".nnic") as reader:
        first = next(iter(reader.trials()))
        log = reader.log()
    assert dict(first.parameters)["train/lr/uniform"] == 0.5
    assert imported(log) == [0]


def test_annotated_files_that_no_import_names_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    for name in ("hidden", "plain", "known"):
        text = "" if name == "plain" else "x = 1  # @nni.choice(1, 2)\n"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    (tmp_path / "train.py").write_text(
        "import importlib\nimport known\n"
        "for name in ('hid' + 'den', 'pla' + 'in'):\n    importlib.import_module(name)\n"
        "# @nni.report_final_result(1)\n",
        encoding="utf-8",
    )
    run("run", "train.py", "--trials", "2", quiet=False)
    said = capfd.readouterr().err
    assert "hidden.py is annotated and was loaded, but" in said
    *log, end = re.split(r"^train-\w+: ", said, flags=re.M)
    assert "".join(log).count("is annotated and was loaded") == 1
    assert end.count("is annotated and was loaded") == 1  # the end of the run repeats what matters
