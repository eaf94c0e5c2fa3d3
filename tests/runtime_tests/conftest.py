"""A project to run experiments in, and a laboratory for the loop with a fake clock and launcher."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.devices.admission import Admission
from nnic.runtime.launchers.base import Exit, Exited, Happening, Key, Launch, Lost, Recorded
from nnic.runtime.launchers.metrics import Metric, Result
from nnic.runtime.loop.assembly import make_experiment
from nnic.runtime.loop.experiment import Experiment
from nnic.runtime.loop.observer import Observer, RunResult
from nnic.runtime.loop.trial_table import TrialTable
from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.manager.run import create_experiment, run_experiment
from nnic.runtime.processes import SUPERVISOR_MARK, TRIAL_MARK, ProcessId, find_marked
from nnic.runtime.program import Program, ProgramFile
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.log_entries import Begin, LogEntry
from nnic.runtime.store.protocol import ExperimentStore
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import TrialRecord
from nnic.runtime.store.writer import Store
from nnic.tuners.protocol import (
    Batch,
    Decision,
    EventKind,
    Problem,
    Suggestion,
    TrialEvent,
)
from nnic.tuners.space import Fidelity, Parameter, Sampler, SearchSpace

HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"
LR = "train/lr/uniform"


KILLS = 2
FAULTS = "faults"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=KILLS, help="kills at each named point; more show a table")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    count = request.config.getoption("kills", default=KILLS)
    assert isinstance(count, int)
    return count


Tally = Callable[..., None]


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """Writes a line of the table of ``make faults``, then asserts that it holds no damage."""

    def count(what: str, where: str, times: int, lost: int = 0, twice: int = 0, left: int = 0) -> None:
        record_property(FAULTS, [what, where, times, lost, twice, left])
        assert (lost, twice, left) == (0, 0, 0), f"{what}, {where}: {lost} lost, {twice} twice, {left} left"

    return count


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print what was killed how often, and what came of it."""
    if config.getoption("kills", default=KILLS) <= KILLS:
        return
    rows: dict[tuple[str, str], list[int]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue
            for name, (what, where, *counts) in report.user_properties:
                if name == FAULTS:
                    sums = rows.setdefault((what, where), [0] * len(counts))
                    rows[what, where] = [a + b for a, b in zip(sums, counts)]
    terminalreporter.section("faults")
    line = "{:<34} {:<32} {:>8} {:>6} {:>6} {:>10}"
    terminalreporter.write_line(line.format("what", "when", "times", "lost", "twice", "left over"))
    for (what, where), counts in sorted(rows.items()):
        terminalreporter.write_line(line.format(what, where, *counts))
    kills = [counts for (what, _), counts in rows.items() if what.endswith("killed")]
    totals = [sum(column) for column in zip(*kills)] or [0] * 4
    terminalreporter.write_line(line.format("kills in all", "", *totals))


def make_space(default: float = 0.5) -> SearchSpace:
    return SearchSpace((Parameter(LR, Sampler.UNIFORM, (0.0, 1.0), default=default),))


class Log(Observer):
    """Keeps what an observer is told, as short texts."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.ticks = 0

    def trial_started(self, trial: TrialRecord) -> None:
        self.lines.append(f"started {trial.id}.{trial.attempt}")

    def trial_reported(self, trial: TrialRecord) -> None:
        self.lines.append(f"report {trial.id} {trial.reports[-1].values[0]:g}")

    def trial_ended(self, trial: TrialRecord) -> None:
        self.lines.append(f"ended {trial.id} {trial.status.value}")

    def trial_lost(self, trial: TrialRecord, reason: str) -> None:
        self.lines.append(f"lost {trial.id} {trial.status.value}")

    def best_changed(self, trial: TrialRecord, previous: TrialRecord | None) -> None:
        self.lines.append(f"best {trial.id}")

    def waiting(self, reason: str) -> None:
        self.lines.append(f"waiting {reason}")

    def warning(self, message: str) -> None:
        self.lines.append(f"warning {message}")

    def stopping(self, drain: bool) -> None:
        self.lines.append(f"stopping {drain}")

    def tick(self) -> None:
        self.ticks += 1


# Real processes


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Project:
    """A project folder in which experiments run for real."""

    observer = Observer

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / ".nnic"
        self.managers: list[subprocess.Popen[str]] = []

    def config(self, script: str | Path, *arguments: str, light: bool = True, **options: Any) -> RunConfig:
        """A run of a file of ``scripts/``; ``light`` ones do without site and the trial module, others are
        forked from a template."""
        name = create_experiment(self.home, "train")
        path = SCRIPTS / script
        argv = (sys.executable, *(("-S",) if light else ()), str(path), *arguments)
        values: dict[str, Any] = {"tuner": f"{SCRIPTS / 'tuner.py'}:Halton", "trials": 3, "grace_s": 2.0}
        config = RunConfig(home=self.home, name=name, argv=argv, cwd=self.folder, **{**values, **options})
        config.program.mkdir()
        files = () if light else (ProgramFile(path.name, "", False, ()),)
        program = Program(str(path.parent), path.name, files, make_space())
        (config.program / "code").mkdir()
        shutil.copy(path, config.program / "code")
        (config.program / "program.json").write_text(json.dumps(program.to_json()))
        return config

    def run(self, config: RunConfig, observer: Observer | None = None) -> RunResult:
        return run_experiment(config, observer)

    def manage(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start ``scripts/manage.py``, a manager in a process of its own."""
        manager = subprocess.Popen(
            [sys.executable, str(SCRIPTS / "manage.py"), str(self.home), *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE if "RACE" in environment else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.managers.append(manager)
        return manager

    def race(self, *actions: Sequence[str]) -> list[subprocess.Popen[str]]:
        """Start managers that begin at the same instant."""
        managers = [self.manage(*action, RACE="1") for action in actions]
        for manager in managers:
            self.read_until(manager, "ready")
        for manager in managers:
            assert manager.stdin is not None
            manager.stdin.write("go\n")
            manager.stdin.flush()
        return managers

    def read_until(self, manager: subprocess.Popen[str], wanted: str) -> None:
        """Read the manager's lines up to one."""
        assert manager.stdout is not None
        for line in manager.stdout:
            if line.strip() == wanted:
                return
        raise AssertionError(f"the manager ended without {wanted!r}: {manager.communicate()[1]}")

    def until(self, condition: Callable[[], object], seconds: float = 60.0) -> None:
        """Wait for what is bound to come, on a slow machine too."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "nothing came of it"
            time.sleep(0.01)

    def processes(self, manager: subprocess.Popen[str]) -> dict[str, int]:
        """The pids of a manager, its supervisor and its guard, which acts when others end and so is first."""
        (guard,) = children_of(manager.pid)
        (supervisor,) = children_of(guard)
        return {"guard": guard, "supervisor": supervisor, "manager": manager.pid}

    def kill_at_once(self, *pids: int) -> None:
        """Kill processes before any of them can do something about it."""
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                os.kill(pid, number)

    def survivors(self) -> list[ProcessId]:
        """What runs of the project's trials."""
        return find_marked(TRIAL_MARK, lambda value: value.startswith(str(self.home)))

    def left_over(self) -> list[ProcessId]:
        """What runs of the trials of killed managers once no supervisor is at work any more."""
        self.until(lambda: not find_marked(SUPERVISOR_MARK, lambda value: value.startswith(str(self.home))))
        return self.survivors()

    def clean(self) -> None:
        """End the managers that a failed test left."""
        for manager in self.managers:
            if manager.poll() is None:
                manager.kill()
            manager.communicate()

    def reader(self) -> StoreReader:
        return StoreReader(self.home)


@pytest.fixture(autouse=True, scope="session")
def hangups_arrive() -> Iterator[None]:
    """Let SIGHUP end processes again where the tests run under ``nohup``, which would be inherited."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    folder = tmp_path / "a project é"
    folder.mkdir()
    made = Project(folder)
    yield made
    made.clean()


# The laboratory


class FakeClock:
    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


Behaviour = Callable[[Launch], Sequence["Happening | float"]]


class FakeLauncher:
    """Plays what a behaviour says: happenings, and seconds between them."""

    def __init__(self, clock: FakeClock, behaviour: Behaviour) -> None:
        self.clock = clock
        self.behaviour = behaviour
        self.malformed = 0
        self.calls: list[str] = []
        self.launches: dict[Key, Launch] = {}
        self.queue: list[tuple[float, int, Happening]] = []
        self.stubborn: set[int] = set()
        self.answers: list[tuple[int, int]] = []
        self.on_wait: list[Callable[[], None]] = []
        self.closed = False
        self._count = 0

    def schedule(self, when: float, happening: Happening) -> None:
        self._count += 1
        self.queue.append((when, self._count, happening))

    def start(self, launch: Launch) -> None:
        self.calls.append(f"start {launch.key.trial}.{launch.key.attempt}")
        self.launches[launch.key] = launch
        when = self.clock.time
        for entry in self.behaviour(launch):
            if isinstance(entry, float):
                when += entry
            else:
                self.schedule(when, entry)

    def answer(self, key: Key, sequence: int) -> None:
        self.answers.append((key.trial, sequence))

    def ask_to_stop(self, key: Key) -> bool:
        return False

    def terminate(self, key: Key) -> None:
        self.calls.append(f"terminate {key.trial}.{key.attempt}")
        if key.trial not in self.stubborn:
            self._end(key, Exit(signal=15))

    def kill(self, key: Key) -> None:
        self.calls.append(f"kill {key.trial}.{key.attempt}")
        self._end(key, Exit(signal=9))

    def _end(self, key: Key, exit: Exit) -> None:
        self.queue = [entry for entry in self.queue if entry[2].key != key]
        self.schedule(self.clock.time, Exited(key, exit))

    def wait(self, timeout_s: float) -> Sequence[Happening]:
        for action in self.on_wait:
            action()
        until = self.clock.time + timeout_s
        due = sorted(entry for entry in self.queue if entry[0] <= until)
        if not due:
            self.clock.time = until
            return []
        self.clock.time = max(self.clock.time, due[0][0])
        now = [entry for entry in due if entry[0] <= self.clock.time]
        self.queue = [entry for entry in self.queue if entry not in now]
        return [entry[2] for entry in now]

    def wake(self) -> None: ...

    def close(self) -> None:
        self.closed = True


class Scripted:
    """A tuner that returns given batches, then ``n`` configurations a call."""

    owns_stopping = False

    def __init__(self, batches: Sequence[Batch | Exception] = ()) -> None:
        self.batches = list(batches)
        self.asked: list[int] = []
        self.events: list[TrialEvent] = []
        self.decide: Callable[[TrialEvent], Decision] = lambda event: Decision.CONTINUE
        self.count = 0

    def suggest(self, n: int) -> Batch:
        self.asked.append(n)
        if self.batches:
            batch = self.batches.pop(0)
            if isinstance(batch, Exception):
                raise batch
            return batch
        self.count += n
        return Batch(tuple(suggest((self.count + i) % 997 / 1000) for i in range(n)))

    def observe(self, event: TrialEvent) -> Decision:
        self.events.append(event)
        return self.decide(event)

    def save(self) -> bytes:
        return b"{}"

    def load(self, state: bytes) -> None: ...

    def told(self) -> list[str]:
        """The events in short."""
        return [
            f"{e.kind.value} {e.trial.id}"
            + (f" {e.trial.reports[-1].values[0]:g}" if e.kind is EventKind.REPORT else "")
            + (f" {e.trial.state.value}" if e.kind in (EventKind.ENDED, EventKind.IMPORTED) else "")
            for e in self.events
        ]


def suggest(lr: float, **more: Any) -> Suggestion:
    return Suggestion({LR: lr}, **more)


def metric(launch: Launch, value: float, final: bool = False, sequence: int = 0) -> Recorded:
    made: Metric = Result(sequence, final, value)
    return Recorded(launch.key, made)


def succeed(launch: Launch, *values: float, final: float = 1.0) -> list[Happening | float]:
    """A second a report, then the final result."""
    played: list[Happening | float] = []
    for sequence, value in enumerate(values):
        played += [1.0, metric(launch, value, sequence=sequence)]
    return [*played, 1.0, metric(launch, final, True, len(values)), Exited(launch.key, Exit(code=0))]


def fail(launch: Launch, code: int = 1) -> list[Happening | float]:
    return [1.0, Exited(launch.key, Exit(code=code))]


def lose(launch: Launch) -> list[Happening | float]:
    return [1.0, Lost(launch.key, "its supervisor was killed")]


@dataclass
class Lab:
    """The loop over a real store, with everything else fake."""

    suggest = staticmethod(suggest)
    metric = staticmethod(metric)
    succeed = staticmethod(succeed)
    fail = staticmethod(fail)
    lose = staticmethod(lose)
    scripted = Scripted
    space: ClassVar[SearchSpace] = make_space()

    folder: Path
    tuner: Any = field(default_factory=Scripted)
    assessor: Any = None
    behaviour: Behaviour = succeed
    default: float = 0.5
    fidelity: Fidelity | None = None
    clock: FakeClock = field(default_factory=FakeClock)
    log: Log = field(default_factory=Log)
    event_log: EventLog = field(default_factory=EventLog)
    memory: ExperimentStore | None = None  # in the place of SQLite
    sqlite: Store | None = None
    open_admission: Callable[[RunConfig], Admission] | None = None

    def prepare(self, **options: Any) -> Experiment:
        name = create_experiment(self.folder, "lab")
        values = {"trials": 4, "grace_s": 2.0, **options}
        config = RunConfig(home=self.folder, name=name, argv=("python",), cwd=self.folder, **values)
        space = make_space(self.default)
        program = Program("/", "train.py", (), space)
        if self.memory is None:
            self.sqlite = self.store = Store(self.folder)
            self.sqlite.create(config, program, 0.0, Begin(0, 1, None))
        else:
            self.store = self.memory
            self.store.append(Begin(0, 1, None))
        self.launcher = FakeLauncher(self.clock, lambda launch: self.behaviour(launch))
        gateway = TunerGateway(
            self.tuner, self.assessor, space, self.event_log.history, "scripted", "scripted"
        )
        problem = Problem(space, fidelity=self.fidelity, jobs=config.jobs)
        trial_table = TrialTable(config, program, self.store)
        self.experiment = make_experiment(
            config,
            problem,
            gateway,
            self.launcher,
            self.store,
            self.clock,
            self.log,
            self.event_log,
            trial_table,
            None if self.open_admission is None else self.open_admission(config),
        )
        return self.experiment

    def run(self, **options: Any) -> RunResult:
        return self.prepare(**options).run()

    def trials(self) -> tuple[TrialRecord, ...]:
        with StoreReader(self.folder) as reader:
            return reader.trials()

    def states(self) -> list[str]:
        return [trial.status.value for trial in self.trials()]

    def stored_log(self) -> list[LogEntry]:
        with StoreReader(self.folder) as reader:
            return list(reader.log())


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path / "home")
    yield made
    if made.sqlite is not None:
        made.sqlite.close()
