"""The hook under pre-commit itself: a commit is refused, and accepted after the mend."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.skipif(find_spec("pre_commit") is None, reason="pre-commit is not installed")
ROOT = Path(__file__).resolve().parents[2]
BAD = "lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n"
GOOD = "lr = 1e-3  # @nni.loguniform(1e-5, 1e-1)\n"


class Repository:
    """A git repository whose commits pass through pre-commit."""

    def __init__(self, root: Path, config: dict) -> None:
        self.root = root / "repository"
        self.root.mkdir()
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "NNI", "PRE_COMMIT", "COV_"))
        }
        # `nnic` is what this environment has, and nothing of the user's own git matters.
        path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
        self.environment = {
            **kept,
            "PATH": path,
            "PRE_COMMIT_HOME": str(root / "home"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        for name in ("AUTHOR", "COMMITTER"):
            self.environment |= {f"GIT_{name}_NAME": "A User", f"GIT_{name}_EMAIL": "user@example.org"}
        self.run("git", "init", "--quiet")
        self.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [config]}))
        self.run(sys.executable, "-m", "pre_commit", "install")

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def run(self, *command: str, status: int = 0) -> str:
        result = subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=600
        )
        assert result.returncode == status, f"{command}: {result.returncode}\n{result.stdout}{result.stderr}"
        return result.stdout + result.stderr

    def commit(self, status: int = 0) -> str:
        self.run("git", "add", "--all")
        return self.run("git", "commit", "--message", "A change", status=status)

    def commits(self) -> int:
        return len(self.run("git", "rev-list", "--all").split())


def hook() -> dict:
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return found


def refuse_and_accept(repository: Repository, fix: tuple[str, ...]) -> None:
    """A commit with a finding is refused, tells what it is, and is accepted when that is mended."""
    repository.write("train.py", BAD)
    repository.write("plain.py", "x = 1\n")
    output = repository.commit(status=1)
    assert "nnic lint" in output
    assert "Failed" in output
    assert "train.py:1:30: error[NNI103]: low 0.1 is not below high 1e-05" in output
    assert repository.commits() == 0
    repository.run(*fix, "lint", "--fix", "train.py")
    assert (repository.root / "train.py").read_text(encoding="utf-8") == GOOD
    assert "Passed" in repository.commit()
    assert repository.commits() == 1
    # Only what changed is checked, and files without annotations pass.
    repository.write("plain.py", "x = 2\n")
    assert "Passed" in repository.commit()
    assert repository.run("git", "status", "--porcelain") == ""


def test_a_commit_is_refused_and_then_accepted(tmp_path: Path) -> None:
    entry = hook()
    assert entry["language"] == "python"
    repository = Repository(tmp_path, {"repo": "local", "hooks": [{**entry, "language": "system"}]})
    refuse_and_accept(repository, (sys.executable, "-m", "nnic"))


def test_excluded_files_pass_though_pre_commit_names_them(tmp_path: Path) -> None:
    repository = Repository(tmp_path, {"repo": "local", "hooks": [{**hook(), "language": "system"}]})
    repository.write("pyproject.toml", "[tool.nnic]\nexclude = ['generated/']\n")
    repository.write("generated/train.py", BAD)
    assert "Passed" in repository.commit()
    repository.write("train.py", BAD)
    output = repository.commit(status=1)
    assert "1 finding" in output
    assert "generated" not in output


def test_the_hook_may_mend(tmp_path: Path) -> None:
    entry = {**hook(), "language": "system", "args": ["--fix"]}
    repository = Repository(tmp_path, {"repo": "local", "hooks": [entry]})
    repository.write("train.py", BAD)
    output = repository.commit(status=1)
    assert "fixed 1 finding in 1 file" in output
    assert "files were modified by this hook" in output
    assert (repository.root / "train.py").read_text(encoding="utf-8") == GOOD
    assert "Passed" in repository.commit()


def test_the_hook_is_installed_from_this_repository(tmp_path: Path, cloned_hook: bool) -> None:
    if not cloned_hook:
        pytest.skip("installs nnic with all that it needs; --cloned-hook, as in make fresh")
    revision = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()
    config = {"repo": str(ROOT), "rev": revision, "hooks": [{"id": hook()["id"]}]}
    repository = Repository(tmp_path, config)
    repository.environment["PATH"] = os.defpath
    repository.run(sys.executable, "-m", "pre_commit", "install-hooks")
    (nnic,) = (tmp_path / "home").glob("repo*/py_env-*/bin/nnic")
    refuse_and_accept(repository, (str(nnic),))
    # The pages are in the wheel.
    assert repository.run(str(nnic), "explain", "NNI103").startswith("NNI103: low is not below high\n")
