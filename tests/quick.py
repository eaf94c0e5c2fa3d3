"""Whether what was changed holds, in two minutes: ``make quick``.

Runs the tests of the folders whose files differ from the last commit, or that the last commit changed where
none differs. When the time is up the tests that are left are skipped and counted: ``make test`` runs all.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 110
DEADLINE = "NNIC_QUICK_DEADLINE"

# The first beginning that fits a changed file says which tests are run; those of a folder mirror it.
TESTS = (
    ("tuners/testing", "tests/tuners_tests/test_conformance.py"),
    (
        "tuners/mapping",
        "tests/tuners_tests/mapping tests/tuners_tests/test_space.py tests/tuners_tests/search",
    ),
    ("tuners/", "tests/tuners_tests"),
    ("runtime/", "tests/runtime_tests"),
    ("nnic/cli", "tests/cli_tests"),
    ("nnic/screens", "tests/cli_tests tests/test_notebook.py"),
    ("nnic/results", "tests/cli_tests tests/test_earlier_results.py"),
    ("nnic/experiment/", "tests/test_experiment.py tests/test_control.py"),
    ("nnic/control.py", "tests/test_control.py"),
    ("nnic/", "tests/compiler_tests"),
    ("tests/", ""),
    ("docs/", "tests/docs_tests tests/tuners_tests/test_page.py"),
    ("README.md", "tests/docs_tests"),
    ("examples/", "tests/test_examples.py"),
    ("benchmarks/", "tests/tuners_tests/test_comparison.py tests/tuners_tests/test_page.py"),
)
ALWAYS = ("tests/test_layout.py", "tests/golden", "tests/compiler_tests/test_cases.py")


def main() -> int:
    """Run the tests; their exit status."""
    changed = changed_files()
    chosen = tests_of(changed)
    print(f"{len(changed)} changed files: {' '.join(chosen)}", flush=True)
    path = os.pathsep.join(filter(None, (str(ROOT / "tests"), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, DEADLINE: str(time.time() + SECONDS), "PYTHONPATH": path}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "quick", "-n", "auto", "--dist", "worksteal"]
    return subprocess.run([*command, *chosen], cwd=ROOT, env=environment).returncode


def changed_files() -> list[str]:
    """Paths that differ from the last commit, or those that it changed where none does."""
    status = _git("status", "--porcelain", "--no-renames", "--untracked-files=all")
    changed = [line[3:].strip('"') for line in status]
    return changed or _git("show", "--name-only", "--format=", "HEAD")


def _git(*arguments: str) -> list[str]:
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"make quick asks git what was changed: {result.stderr.strip()}")
    return result.stdout.splitlines()


def tests_of(changed: list[str]) -> list[str]:
    """The tests to run for files: each path once, those within another one left out."""
    chosen = set(ALWAYS)
    for path in changed:
        if path.startswith("tests/") and Path(path).name.startswith("test_") and (ROOT / path).is_file():
            chosen.add(path)
        mirror = _mirror(path)
        beginnings = mirror or next((tests for start, tests in TESTS if path.startswith(start)), "")
        chosen.update(beginnings.split())
    return sorted(path for path in chosen if not any(path.startswith(f"{other}/") for other in chosen))


def _mirror(path: str) -> str:
    """The folder of tests that mirrors a file's own; empty where there is none."""
    layer, _, rest = path.partition("/")
    folder = os.path.dirname(rest)
    if layer not in ("tuners", "runtime") or not folder:
        return ""
    tests = f"tests/{layer}_tests/{folder}"
    return tests if (ROOT / tests).is_dir() else ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Called by pytest: leave out what no time is left for."""
    if time.time() > float(os.environ[DEADLINE]):
        pytest.skip("the two minutes are over; make test runs it")


if __name__ == "__main__":
    sys.exit(main())
