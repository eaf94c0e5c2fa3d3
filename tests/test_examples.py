"""Examples are ordinary scripts: they run without nnic, and no command changes their files."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NAMES = ("digits_svm", "function_choice", "multi_file", "digits_mlp")
NEEDS = {"digits_svm": "sklearn", "function_choice": "sklearn", "multi_file": "numpy", "digits_mlp": "torch"}
# What a plain run takes seconds for is tried once, in the run with nnic.
DIRECTIONS = {"multi_file": "--minimize"}
ARGUMENTS = {"digits_mlp": ["--held-out"]}  # one training instead of three


def tree_hash(folder):
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(path.relative_to(folder).as_posix().encode())
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_an_example(name, tmp_path):
    pytest.importorskip(NEEDS[name])
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "NNIC_HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"}

    def output(command):
        return subprocess.run(
            [sys.executable, *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    before = tree_hash(folder)
    arguments = ARGUMENTS.get(name, [])
    blocked = "import runpy, sys; sys.modules['nnic'] = sys.modules['nni'] = None; sys.argv[0] = 'train.py'; "
    blocked += "sys.path[0] = '.'; runpy.run_path('train.py', run_name='__main__')"
    alone = output(["-c", blocked, *arguments])
    output(["-m", "nnic", "lint"])
    output(["-m", "nnic", "compile", "train.py"])
    run = ["-m", "nnic", "run", "train.py", "-q", DIRECTIONS.get(name, "--maximize")]
    output([*run, "--trials", "2", "--", *arguments])
    assert output(["-m", "nnic", "logs", "0"]) == alone
    for command in (["best"], ["trials"], ["status"], ["apply", "--dry-run"]):
        output(["-m", "nnic", *command])
    output(["-m", "nnic", "resume", "-q", "--trials", "3"])
    output(["-m", "nnic", "apply", "--trial", "2", "--strip"])
    # The script has the trial's values, and prints what the trial printed.
    assert output(["train.py", *arguments]) == output(["-m", "nnic", "logs", "2"])
    output(["-m", "nnic", "apply", "--undo"])
    if name == "multi_file":
        del environment["PYTHONDONTWRITEBYTECODE"]
        output([*run, "--trials", "1"])
    assert tree_hash(folder) == before
