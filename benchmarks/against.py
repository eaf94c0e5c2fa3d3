"""This tree against another one, such as the last release: what commands and trials cost.

Each measurement is made in turn, this tree and the other, so that a busy machine slows both alike; what
counts is the median of the ratios, below 1 where this tree takes less. CPU time is that of all processes of
a command.

    git worktree add ../before v0.1.0
    python -m venv ../before/.venv && ../before/.venv/bin/pip install -e ../before
    python benchmarks/against.py ../before/.venv/bin/python
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPT = "lr = 0.1  # @nni.loguniform(1e-4, 1e-1)\n# @nni.report_final_result(lr)\n"
TRIALS = 40
RUN = f"run train.py --tuner random --trials {TRIALS} -q --share"
# What is measured, how often, and what of the experiment before is removed first.
MEASURED = (
    ("lint of one file", "lint --no-cache train.py", 25),
    ("lint, findings kept", "lint train.py", 25),
    ("compile of one file", "compile train.py", 15),
    ("compile of 200 annotations", "compile many.py", 9),
    ("run --help", "run --help", 15),
    (f"{TRIALS} trials, --share off", f"{RUN} off", 7),
    (f"{TRIALS} trials, --share imports", f"{RUN} imports", 7),
    ("status", "status", 15),
    ("trials", "trials", 15),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("other", type=Path, help="the Python of the environment in which the other tree is")
    other = parser.parse_args().other
    with tempfile.TemporaryDirectory() as folder:
        places = [_project(Path(folder, name)) for name in ("this", "other")]
        for label, arguments, rounds in MEASURED:
            pairs = []
            for number in range(rounds + 1):
                pair = [
                    _measure(python, arguments, place)
                    for python, place in zip((sys.executable, other), places)
                ]
                if number:  # the first fills caches
                    pairs.append(pair)
            cpu, wall = ([a[i] / b[i] for a, b in pairs] for i in (0, 1))
            own = statistics.median(a[0] for a, _ in pairs)
            print(
                f"{label:28} CPU {statistics.median(cpu):5.2f}   wall {statistics.median(wall):5.2f}"
                f"   ({1000 * own:,.0f} ms of CPU)",
                flush=True,
            )


def _project(folder: Path) -> Path:
    folder.mkdir()
    (folder / ".git").mkdir()
    (folder / "train.py").write_text(SCRIPT)
    many = [f"x{i} = {i + 1}  # @nni.randint(1, {i + 9})\n" for i in range(200)]
    (folder / "many.py").write_text("".join(many) + "# @nni.report_final_result(x0)\n")
    return folder


def _measure(python: str | Path, arguments: str, place: Path) -> tuple[float, float]:
    """CPU and wall seconds of a command and of all that it started."""
    if arguments.startswith("run train"):
        shutil.rmtree(place / ".nnic", ignore_errors=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NNI")}
    environment["XDG_CACHE_HOME"] = str(place / "cache")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [str(python), "-m", "nnic", *arguments.split()]
    subprocess.run(command, cwd=place, env=environment, check=True, capture_output=True)
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, end - start


if __name__ == "__main__":
    main()
