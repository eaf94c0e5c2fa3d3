"""Runs of real frameworks, each in a folder of its own; ``make frameworks`` installs the packages."""

import importlib.util
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.frameworks)


def pytest_runtest_setup(item):
    for marker in item.iter_markers("needs"):
        for package in marker.args:
            if importlib.util.find_spec(package) is None:
                pytest.skip(f"{package} is not installed: make frameworks")


class Project:
    """A folder with a script, in which commands run as a user would run them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".git").mkdir()
        hidden = ("NNI", "COV_", "PYTEST", "RANK", "LOCAL_RANK", "WORLD_SIZE")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
        # Deprecations of the packages are theirs.
        self.environment.update(COLUMNS="100", NO_COLOR="1", PYTHONWARNINGS="ignore", TQDM_DISABLE="1")
        bin_folder = os.path.dirname(sys.executable)
        self.environment["PATH"] = f"{bin_folder}{os.pathsep}{self.environment['PATH']}"

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def nnic(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [sys.executable, "-m", "nnic", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode != status:
            logs = sorted(self.root.glob(".nnic/experiments/*/trials/*/*/output.log"))
            shown = "\n".join(f"{path}:\n{path.read_text()[-3000:]}" for path in logs)
            raise AssertionError(f"status {done.returncode}\n{done.stdout}\n{done.stderr}\n{shown}")
        assert "Traceback" not in done.stderr
        return done

    def json(self, *arguments: str, status: int = 0):
        return json.loads(self.nnic(*arguments, "--format", "json", status=status).stdout)

    def trials(self):
        return self.json("trials")

    def log(self, trial: int) -> str:
        (path,) = self.root.glob(f".nnic/experiments/*/trials/{trial}/0/output.log")
        return path.read_text()


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)
