"""README followed word by word in a fresh folder: its script, its commands in their order, its Python."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documentation import ROOT, blocks_of, commands_of

pytest.importorskip("sklearn")
README = list(blocks_of(ROOT / "README.md"))
SCRIPTS = [block.text for block in README if block.language == "python"]
CONSOLES = [block for block in README if block.language == "console"]


class Reader:
    """Somebody who has README's first script in an empty folder, and an nnic that is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script = folder / "train.py"
        self.script.write_text(SCRIPTS[0], encoding="utf-8")
        left_out = ("NNIC_HOME", "PYTHONPATH", "VIRTUAL_ENV")
        self._environment = {name: value for name, value in os.environ.items() if name not in left_out}

    def run(self, words: list[str]) -> str:
        program = {"nnic": [sys.executable, "-m", "nnic"], "python": [sys.executable]}[words[0]]
        done = subprocess.run(
            [*program, *words[1:]],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("reader"))


def accuracy_of(output: str) -> float:
    match = re.fullmatch(r"accuracy (\d\.\d{4})\n", output)
    assert match, output
    return float(match[1])


def test_the_commands_in_their_order(reader: Reader) -> None:
    own = accuracy_of(reader.run(["python", "train.py"]))
    commands = [words for block in CONSOLES for words in commands_of(block) if words[0] in ("nnic", "python")]
    assert [words[1] for words in commands] == [
        "run",
        *("lint", "compile", "run", "trials", "best", "apply", "apply", "train.py", "apply"),
    ]
    outputs = [reader.run(words) for words in commands]
    _, _, _, _, trials, best, diff, _, best_alone, _ = outputs
    assert trials.count("succeeded") == 30
    assert "own" in best or "your values" in best
    assert re.search(r"^\+gamma = ", diff, re.M)
    assert accuracy_of(best_alone) > own
    assert f"{accuracy_of(best_alone):.4f}" in best
    assert reader.script.read_text(encoding="utf-8") == SCRIPTS[0]


def test_the_lines_of_python(reader: Reader) -> None:
    (reader.folder / "search.py").write_text(SCRIPTS[1], encoding="utf-8")
    output = reader.run(["python", "search.py"])
    assert "gamma" in output
    assert len((reader.folder / "results.csv").read_text(encoding="utf-8").splitlines()) == 21
    assert reader.script.read_text(encoding="utf-8") == SCRIPTS[0]
