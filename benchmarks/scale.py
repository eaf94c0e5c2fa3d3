"""Ten thousand trials in one experiment: the manager's memory and time per trial stay flat, nothing is lost.

``real`` starts a process a trial, the cheapest that there is (a shell that writes its result);
``fake`` runs the same loop and store over a launcher without processes, for what grows in them alone.
Then ``nnic trials``, ``nnic best`` and ``nnic status`` are timed on the result, as a user waits for them.
Beside the time on the clock stands the processor's, which says the same on a machine that is busy.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from nnic.runtime.clock import SystemClock
from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.base import Exit, Exited, Happening, Key, Launch, Recorded
from nnic.runtime.launchers.metrics import Result
from nnic.runtime.loop.assembly import make_experiment
from nnic.runtime.loop.observer import Observer
from nnic.runtime.loop.trial_table import TrialTable
from nnic.runtime.manager.run import create_experiment, run_experiment
from nnic.runtime.manager.session import begin_of, make_gateway, problem_of
from nnic.runtime.program import Program
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import TrialRecord
from nnic.runtime.store.writer import Store
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import Parameter, Sampler, SearchSpace

SPACE = SearchSpace(
    (
        Parameter("noop/lr/uniform", Sampler.UNIFORM, (0.0, 1.0), default=0.5),
        Parameter("noop/width/choice", Sampler.CHOICE, tuple(range(8, 520, 8)), default=64),
    )
)
# The attempt's folder ends with TRIAL/ATTEMPT; the file is written as the trial module would.
SCRIPT = """\
t=${NNIC_TRIAL_DIR%/*}
t=${t##*/}
a=${NNIC_TRIAL_DIR##*/}
l="{\\"trial\\":$t,\\"attempt\\":$a,\\"sequence\\":0,\\"kind\\":\\"final\\",\\"value\\":0.$t}"
echo "$l" > "$NNIC_TRIAL_DIR/metrics.jsonl"
"""
COMMANDS = (["trials"], ["trials", "--format", "json"], ["best"], ["status"])


class Watch(Observer):
    """Notes time and memory of this process after every ``step`` trials."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.ended = 0
        self.points = [(0, time.perf_counter(), time.process_time(), resident_bytes())]

    def trial_ended(self, trial: TrialRecord) -> None:
        """See the class."""
        self.ended += 1
        if self.ended % self.step == 0:
            now = time.perf_counter(), time.process_time()
            self.points.append((self.ended, *now, resident_bytes()))


class Instant:
    """A launcher whose trials have reported and ended as soon as they start."""

    malformed = 0

    def __init__(self) -> None:
        self._queue: list[Happening] = []

    def start(self, launch: Launch) -> None:
        """See the class."""
        value = float(f"0.{launch.key.trial}")
        self._queue += [
            Recorded(launch.key, Result(0, True, value)),
            Exited(launch.key, Exit(code=0)),
        ]

    def answer(self, key: Key, sequence: int) -> None:
        """Do nothing, since no trial waits for an answer."""

    def ask_to_stop(self, key: Key) -> bool:
        """Return False, since no trial hears it."""
        return False

    def terminate(self, key: Key) -> None:
        """Do nothing, since nothing runs."""

    kill = terminate

    def wait(self, timeout_s: float) -> Sequence[Happening]:
        """Return what has happened."""
        queue, self._queue = self._queue, []
        return queue

    def wake(self) -> None:
        """Do nothing, since nothing waits."""

    close = wake


def resident_bytes() -> int:
    """The memory of this process."""
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def configure(folder: Path, trials: int, jobs: int, tuner: str) -> RunConfig:
    """Make the folder of an experiment, and its configuration."""
    home = folder / ".nnic"
    script = folder / "noop.sh"
    script.write_text(SCRIPT)
    name = create_experiment(home, "noop")
    config = RunConfig(
        home=home, name=name, argv=("/bin/sh", str(script)), cwd=folder, tuner=tuner, trials=trials, jobs=jobs
    )
    config.program.mkdir()
    program = Program(str(folder), "noop.py", (), SPACE)
    (config.program / "program.json").write_text(json.dumps(program.to_json()))
    return config


def run_fake(config: RunConfig, watch: Watch) -> None:
    """Run the loop and the store without processes."""
    program = Program.load(config.program)
    problem = problem_of(config, program)
    event_log = EventLog()
    gateway = make_gateway(config, problem, event_log.history)
    with closing(Store(config.home)) as store:
        store.create(config, program, time.time(), begin_of(config))
        trial_table = TrialTable(config, program, store)
        make_experiment(
            config, problem, gateway, Instant(), store, SystemClock(), watch, event_log, trial_table
        ).run()


def count_losses(config: RunConfig, trials: int) -> int:
    """The number of trials that are not there, or not with the result that they wrote."""
    with StoreReader(config.home) as reader:
        found = reader.trials(config.name)
    right = [
        trial.id
        for trial in found
        if trial.status is TrialState.SUCCEEDED and trial.metric == float(f"0.{trial.id}")
    ]
    return trials - len(set(right) & set(range(trials)))


def time_command(folder: Path, command: list[str]) -> tuple[float, float]:
    """The median seconds of ``nnic COMMAND`` with its start, on the clock and of the processor."""
    taken, used = [], []
    for _ in range(5):
        begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "nnic", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL,
            env={**os.environ, "NNIC_HOME": str(folder / ".nnic")},
        )  # fmt: skip
        taken.append(time.perf_counter() - begin)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken), statistics.median(used)


def show(kind: str, watch: Watch, lost: int) -> None:
    """Print time and memory as they grew; the processor's time is the manager's."""
    print(f"{kind}: {watch.ended} trials, {lost} lost")
    print(f"{'trials':>8} {'ms a trial':>11} {'ms of CPU':>11} {'MiB':>7}")
    for (_, before, used_before, _), (count, now, used, memory) in zip(watch.points, watch.points[1:]):
        wall, cpu = (1000 * seconds / watch.step for seconds in (now - before, used - used_before))
        print(f"{count:>8} {wall:>11.2f} {cpu:>11.2f} {memory / (1 << 20):>7.1f}")


def measure(kind: str, trials: int, jobs: int, tuner: str) -> int:
    """Run one form, print what it took, and return the number of trials that were lost."""
    with tempfile.TemporaryDirectory(prefix="nnic-scale-") as name:
        folder = Path(name)
        config = configure(folder, trials, jobs, tuner)
        watch = Watch(max(1, trials // 10))
        if kind == "fake":
            run_fake(config, watch)
        else:
            run_experiment(config, watch)
        lost = count_losses(config, trials)
        show(kind, watch, lost)
        for command in COMMANDS:
            taken, used = time_command(folder, command)
            print(f"  nnic {' '.join(command):<22} {taken:6.2f} s, {used:.2f} s of CPU")
        return lost


def main() -> int:
    """Measure; the exit status is 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tuner", default="random")
    parser.add_argument("--only", choices=("fake", "real"), help="one form instead of both")
    arguments = parser.parse_args()
    kinds = (arguments.only,) if arguments.only else ("fake", "real")
    lost = [measure(kind, arguments.trials, arguments.jobs, arguments.tuner) for kind in kinds]
    return int(any(lost))


if __name__ == "__main__":
    sys.exit(main())
