"""What a trial costs beside its own work: nnic, a shell loop, and the tuners of others.

Two scripts, one that does nothing and one that imports torch, are tried by hand in a shell loop, under
``nnic run`` with ``--share off`` and ``--share imports``, under Optuna with a process for each trial, and
under Ray Tune. Rounds of all of them are made in turn, so that a busy machine slows all alike, and the
medians' ratios are what counts. The first trial, which starts what is shared, is not counted.

Then a script that prepares data for some seconds and trains for one: what of the wall clock is not the
training that the trials measured themselves, with ``--share off`` and with ``--share prefix``.

    python benchmarks/overhead.py --quick                 # a minute
    python benchmarks/overhead.py [--peers PYTHON]        # where optuna and ray are installed; ten minutes
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nnic.experiment import Experiment
from nnic.runtime.loop.observer import Observer

NOTHING = """\
value = 0.5  # @nni.uniform(0, 1)
# @nni.report_final_result(value)
"""
PREFIX = """\
import time

import numpy as np

begin = time.perf_counter()
data = np.full((1000, 1000), 0.5)
while time.perf_counter() - begin < {prepare}:
    data = np.tanh(data)
rate = 0.5  # @nni.uniform(0, 1)
begin = time.perf_counter()
while time.perf_counter() - begin < {train}:
    total = float(data[0, 0] * rate)
seconds = time.perf_counter() - begin
# @nni.report_final_result(seconds)
"""
PEERS = {"optuna": "Optuna", "ray": "Ray Tune"}
Way = Callable[[int], float]
"""Takes a number of trials after the first, and gives the seconds of one."""


@dataclass(frozen=True)
class Extent:
    """How much of everything is run."""

    rounds: int
    trials: int
    heavy: int  # The trials of the script that imports torch where each of them imports it.
    prefix: int
    prepare: float
    train: float


WHOLE = Extent(rounds=3, trials=30, heavy=4, prefix=20, prepare=3.0, train=1.0)
QUICK = Extent(rounds=1, trials=12, heavy=2, prefix=4, prepare=1.0, train=0.3)


def time_shell(script: Path, jobs: int, trials: int) -> float:
    """The seconds of a trial in a shell loop, with ``jobs`` scripts at once."""
    command = shlex.join([sys.executable, str(script)])
    loop = f"seq {trials} | xargs -P {jobs} -I {{}} {command}"
    if jobs == 1:
        loop = f"for i in $(seq {trials}); do {command}; done"
    begin = time.perf_counter()
    subprocess.run(["sh", "-c", loop], check=True)
    return (time.perf_counter() - begin) / trials


def time_nnic(script: Path, share: str, jobs: int, trials: int) -> float:
    """The seconds of a trial in an experiment, from the end of trial 0, which runs alone, to the last end."""
    experiment, _ = run_nnic(script, share, jobs, 1 + trials)
    ends = sorted(trial.ended for trial in experiment.trials if trial.ended is not None)
    return (ends[-1] - ends[0]) / trials


def run_nnic(script: Path, share: str, jobs: int, trials: int) -> tuple[Experiment, float]:
    """Run an experiment, and return it with its seconds."""
    begin = time.perf_counter()
    experiment = Experiment(script, tuner="random", share=share, jobs=jobs, trials=trials)
    experiment.run(Observer())
    seconds = time.perf_counter() - begin
    if len(experiment.trials) < trials or any(trial.metric is None for trial in experiment.trials):
        raise SystemExit(f"{script}: a trial failed; look with nnic trials")
    return experiment, seconds


def time_peer(python: str, peer: str, script: Path, jobs: int, trials: int) -> float:
    """The seconds of a trial of somebody else's study: one of many trials less one of a single trial."""
    seconds = []
    for count in (1, 1 + trials):
        study = str(Path(__file__).with_name("overhead_peers.py"))
        command = [python, study, peer, sys.executable, str(script), str(jobs), str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{PEERS[peer]} failed:\n{done.stderr[-2000:]}")
        seconds.append(float(json.loads(done.stdout.splitlines()[-1])))
    return (seconds[1] - seconds[0]) / trials


def installed_peers(python: str) -> list[str]:
    """The peers that can be imported by ``python``."""
    code = f"import importlib.util as u; print(*[n for n in {list(PEERS)} if u.find_spec(n)])"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def ways_of(script: Path, jobs: int, python: str, peers: list[str]) -> dict[str, Way]:
    """All ways to try a script, of which the first is by hand."""
    ways: dict[str, Way] = {"by hand": partial(time_shell, script, jobs)}
    for share in ("off", "imports"):
        ways[f"nnic --share {share}"] = partial(time_nnic, script, share, jobs)
    for peer in peers:
        ways[PEERS[peer]] = partial(time_peer, python, peer, script, jobs)
    return ways


def compare(title: str, ways: dict[str, Way], trials: dict[str, int], rounds: int) -> None:
    """Print what a trial takes in each way, and the ratios to the first."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds[name].append(way(trials[name]))
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    first = medians["by hand"]
    print(f"\n{title}", flush=True)
    for name, median in medians.items():
        more = f"{(median - first) * 1000:+8.1f} ms" if name != "by hand" else ""
        print(
            f"  {name:22} {median * 1000:8.1f} ms a trial {more:>12}   {first / median:6.1f} x as many",
            flush=True,
        )


def measure_prefix(folder: Path, extent: Extent) -> None:
    """Print what a trial of a script with expensive preparations takes beside its training."""
    script = folder / "prefix.py"
    script.write_text(PREFIX.format(prepare=extent.prepare, train=extent.train))
    times = f"{extent.prepare:g} s of preparation, {extent.train:g} s of training"
    print(f"\n{times}, {extent.prefix} trials, jobs 1: wall clock less training, a trial")
    for share in ("off", "imports", "prefix"):
        experiment, seconds = run_nnic(script, share, 1, extent.prefix)
        trained = sum(trial.metric or 0.0 for trial in experiment.trials)
        rest = (seconds - trained) / extent.prefix
        print(f"  nnic --share {share:8} {rest * 1000:8.1f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="What a trial costs beside its own work.")
    parser.add_argument("--quick", action="store_true", help="a minute instead of ten")
    parser.add_argument(
        "--peers", default=sys.executable, metavar="PYTHON", help="where others are installed"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="instead of three")
    options = parser.parse_args()
    extent = QUICK if options.quick else WHOLE
    extent = replace(extent, rounds=options.rounds or extent.rounds)
    peers = installed_peers(options.peers)
    missing = ", ".join(title for name, title in PEERS.items() if name not in peers)
    print(f"medians of {extent.rounds} rounds in turn" + (f"; not installed: {missing}" if missing else ""))
    os.environ.pop("PYTHONPATH", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").touch()
        os.chdir(folder)
        for title, text, heavy in (
            ("a script that does nothing", NOTHING, False),
            ("a script that imports torch", "import torch\n\n" + NOTHING, True),
        ):
            if heavy and importlib.util.find_spec("torch") is None:
                print(f"\n{title}: torch is not installed")
                continue
            script = folder / f"{'heavy' if heavy else 'light'}.py"
            script.write_text(text)
            run_nnic(script, "off", 1, 1)  # This writes the byte code of everything.
            for jobs in (1, 2):
                ways = ways_of(script, jobs, options.peers, peers)
                trials = dict.fromkeys(ways, extent.heavy if heavy else extent.trials)
                trials |= dict.fromkeys(map(PEERS.__getitem__, peers), extent.heavy)
                trials["nnic --share imports"] = extent.trials
                compare(f"{title}, jobs {jobs}", ways, trials, extent.rounds)
        measure_prefix(folder, extent)


if __name__ == "__main__":
    main()
