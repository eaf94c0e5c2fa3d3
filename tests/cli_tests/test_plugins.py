"""Tuners and assessors of other distributions, really installed beside nnic."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

MODULE = '''\
from nnic.tuners.protocol import Batch, Decision, Suggestion

class Lucky:
    """Always proposes one number."""
    owns_stopping = False
    def __init__(self, problem, number: float = 0.5):
        self.space, self.number = problem.space, number
    def suggest(self, n):
        config = {parameter.key: self.number for parameter in self.space.parameters}
        return Batch(tuple(Suggestion(config) for _ in range(n)))
    def observe(self, event):
        return Decision.CONTINUE
    def save(self):
        return b"{}"
    def load(self, state):
        pass

class Never:
    """Stops nothing."""
    def __init__(self, problem):
        pass
    def assess(self, trial, history):
        return Decision.CONTINUE

NUMBER = 3

class Half:
    def suggest(self, n):
        pass
'''
POINTS = """\
[nnic.tuners]
lucky = lucky_plugin:Lucky
half = lucky_plugin:Half
broken = lucky_plugin.nothing:Tuner
tpe = lucky_plugin:Lucky
twice = lucky_plugin:Lucky
leaving = leaving_plugin:Tuner
number = lucky_plugin:NUMBER
[nnic.assessors]
never = lucky_plugin:Never
"""


def install(folder: Path, name: str, points: str) -> None:
    """Put a wheel together and have pip install it into ``folder``."""
    wheel = folder / f"{name}-1.2-py3-none-any.whl"
    info = f"{name}-1.2.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{name}.py", MODULE)
        archive.writestr("leaving_plugin.py", "raise SystemExit('this needs a licence')")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/entry_points.txt", points)
        archive.writestr(f"{info}/RECORD", "")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*command, "--target", str(folder / "installed"), str(wheel)], check=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plugins")
    install(folder, "lucky_plugin", POINTS)
    install(folder, "other_plugin", "[nnic.tuners]\ntwice = other_plugin:Lucky\n")
    return folder / "installed"


def nnic(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "nnic", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "train.py").write_text("x = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(x)\n")
    return tmp_path


def test_plugins_are_listed_with_where_they_are_from(installed: Path, tmp_path: Path) -> None:
    shown = nnic(installed, tmp_path, "tuners")
    assert shown.stderr == ""
    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert "lucky lucky_plugin:Lucky, from lucky_plugin 1.2" in lines
    assert "never lucky_plugin:Never, from lucky_plugin 1.2" in lines
    assert "tpe lucky_plugin:Lucky, from lucky_plugin 1.2, hidden by nnic's own tpe" in lines
    listed = json.loads(nnic(installed, tmp_path, "tuners", "--format", "json").stdout)
    assert {(row["kind"], row["name"]) for row in listed if row["from"] == "other_plugin 1.2"} == {
        ("tuner", "twice")
    }


def test_the_options_of_one(installed: Path, tmp_path: Path) -> None:
    shown = nnic(installed, tmp_path, "tuners", "lucky").stdout
    assert "Always proposes one number." in shown
    assert "  number = 0.5  (float)" in shown
    assert "It learns from imported results." in shown
    (described,) = json.loads(nnic(installed, tmp_path, "tuners", "lucky", "--format", "json").stdout)
    assert described["abilities"]["learns"] is True
    assert described["options"] == [{"name": "number", "type": "float", "default": "0.5"}]


def test_a_run_with_them(installed: Path, script: Path) -> None:
    options = ["--tuner", "lucky", "--tuner-arg", "number=0.75", "--assessor", "never", "--trials", "3"]
    ended = nnic(installed, script, "run", "train.py", "-q", *options, "--format", "json")
    assert ended.stderr == ""
    assert json.loads(ended.stdout)["metric"] == 0.75


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "broken",
            "'broken' of lucky_plugin 1.2 (lucky_plugin.nothing:Tuner) can't be loaded: ModuleNotFound",
        ),
        ("half", "'half' of lucky_plugin 1.2 is not a tuner: it has no method 'observe'"),
        ("twice", "several tuners are called 'twice': "),
        ("leaving", "'leaving' of lucky_plugin 1.2 (leaving_plugin:Tuner) can't be loaded: SystemExit: this"),
        ("number", "the entry point 'number' of lucky_plugin 1.2 is not a tuner: it is not a class"),
        ("luky", "did you mean 'lucky'?"),
    ],
)
def test_what_is_wrong_is_named(installed: Path, script: Path, name: str, words: str) -> None:
    ended = nnic(installed, script, "run", "train.py", "--tuner", name)
    assert ended.returncode == 2
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
