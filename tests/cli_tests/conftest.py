import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """\
'''A script of a user's.'''
import sys

lr = 0.1  # @nni.loguniform(1e-4, 1.0)
depth = 3  # @nni.choice(1, 2, 3, 4)
'''@nni.function_choice(min(lr, 0.5), max(lr, 0.01), name=min)'''
rate = min(lr, 0.5)
for step in range(3):
    '''@nni.report_intermediate_result(rate * step)'''
print("depth", depth, *sys.argv[1:])
'''@nni.report_final_result(rate * depth)'''
"""


def pytest_addoption(parser):
    parser.addoption(
        "--cloned-hook", action="store_true", help="install the pre-commit hook from this repository"
    )


@pytest.fixture
def cloned_hook(request):
    return request.config.getoption("cloned_hook", default=False)


class Project:
    """A folder with a script, in which commands run as a user would run them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".git").mkdir()
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("NNI", "COV_"))}
        self.environment.update(COLUMNS="100", NO_COLOR="1")
        self.environment["XDG_CACHE_HOME"] = str(root.with_name(f"{root.name} cache"))

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "nnic", *arguments]

    def nnic(self, *arguments: str, status: int = 0, cwd: str = ".") -> subprocess.CompletedProcess:
        result = subprocess.run(
            self.command(*arguments),
            cwd=self.root / cwd,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert result.returncode == status, f"status {result.returncode}\n{result.stdout}\n{result.stderr}"
        assert "Traceback" not in result.stderr
        return result

    def json(self, *arguments: str, status: int = 0):
        return json.loads(self.nnic(*arguments, "--format", "json", status=status).stdout)


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path)
    made.write("train.py", SCRIPT)
    return made


@pytest.fixture(scope="session")
def new_project():
    """Make a project in a folder; for what several tests share."""
    return Project
