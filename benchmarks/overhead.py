"""What the manager costs: trials of a script that does nothing, against a shell loop over it.

Whole processes are compared, rounds of each kind in turn, so that a busy machine slows all of them
down alike; the medians' ratios are what counts. The session's own start (the store, the
supervisor, the tuner) is measured apart with runs of one trial.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nnic.runtime.config import RunConfig
from nnic.runtime.program import Program
from nnic.runtime.run import create_experiment, run_experiment
from nnic.tuners.space import Parameter, Sampler, SearchSpace

SCRIPTS = {
    "does nothing": "pass\n",
    "reports once": "import nnic.runtime.trial as nni\nnni.report_final_result(1.0)\n",
}
SPACE = SearchSpace((Parameter("noop/lr/uniform", Sampler.UNIFORM, (0.0, 1.0), default=0.5),))


def run_shell(folder: Path, trials: int, jobs: int) -> float:
    """Seconds of a shell loop, ``jobs`` scripts at once."""
    python, script = shlex.quote(sys.executable), shlex.quote(str(folder / "noop.py"))
    loop = f"seq {trials} | xargs -P {jobs} -I {{}} {python} {script} 2>/dev/null"
    if jobs == 1:
        loop = f"for i in $(seq {trials}); do {python} {script} 2>/dev/null; done"
    begin = time.perf_counter()
    subprocess.run(["sh", "-c", loop], check=True)
    return time.perf_counter() - begin


def run_manager(folder: Path, trials: int, jobs: int) -> float:
    """Seconds of an experiment, in this process."""
    home = folder / ".nnic"
    begin = time.perf_counter()
    name = create_experiment(home, "noop")
    config = RunConfig(
        home=home,
        name=name,
        argv=(sys.executable, str(folder / "noop.py")),
        cwd=folder,
        tuner="random",
        trials=trials,
        jobs=jobs,
        keep_going=True,  # a script that reports nothing has failed
    )
    config.program.mkdir()
    program = Program(str(folder), "noop.py", (), SPACE)
    (config.program / "program.json").write_text(json.dumps(program.to_json()))
    run_experiment(config, handle_signals=False)
    return time.perf_counter() - begin


def measure(folder: Path, what: str, trials: int, rounds: int, jobs: int) -> None:
    """Print a line for ``jobs`` at once."""
    (folder / "noop.py").write_text(SCRIPTS[what])
    shell, manager, start = [], [], []
    for _ in range(rounds):
        shell.append(run_shell(folder, trials, jobs) / trials)
        manager.append(run_manager(folder, trials, jobs) / trials)
        start.append(run_manager(folder, 1, jobs))
    one_shell, one_manager = statistics.median(shell), statistics.median(manager)
    # Trial 0 runs alone, so the session's start is a run of one trial less one turn of the loop.
    rest = [(m * trials - s) / (trials - 1) for m, s in zip(manager, start)]
    print(
        f"{what}, jobs {jobs}: shell loop {one_shell * 1000:.1f} ms a trial; "
        f"nnic {one_manager * 1000:.1f} ms, "
        f"ratio {one_manager / one_shell:.2f}; after trial 0 {statistics.median(rest) * 1000:.1f} ms, "
        f"ratio {statistics.median(rest) / one_shell:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=40, help="trials a round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.environ.pop("PYTHONPATH", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "noop.py").write_text("pass\n")
        run_manager(folder, 1, 1)  # the imports and the byte code of everything
        print(f"whole processes, medians of {options.rounds} rounds of {options.trials} trials in turn")
        for what in SCRIPTS:
            for jobs in (1, 2):
                measure(folder, what, options.trials, options.rounds, jobs)


if __name__ == "__main__":
    main()
