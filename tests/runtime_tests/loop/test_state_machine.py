"""The loop over a real store, with kills at any point, held against a plain model of what it should hold."""

from __future__ import annotations

import copy
import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from nnic.runtime import faults
from nnic.runtime.config import RunConfig
from nnic.runtime.devices.admission import Admission
from nnic.runtime.launchers.base import Exit, Exited, Lost, Recorded
from nnic.runtime.launchers.metrics import parse_metric
from nnic.runtime.loop import experiment as experiment_module
from nnic.runtime.loop.assembly import make_experiment
from nnic.runtime.loop.experiment import Experiment
from nnic.runtime.loop.observer import Observer
from nnic.runtime.loop.replay import replay
from nnic.runtime.loop.trial_table import TrialTable
from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.manager.resume import ResumedSession
from nnic.runtime.manager.run import create_experiment
from nnic.runtime.manager.session import begin_of, make_gateway, problem_of
from nnic.runtime.program import Program
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.log_entries import Begin, Event, TrialReported
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.writer import Store
from nnic.tuners.space import Parameter, Sampler, SearchSpace

TUNER = f"{Path(__file__).parents[1] / 'scripts' / 'tuner.py'}:Halton"
SPACE = SearchSpace((Parameter("train/lr/uniform", Sampler.UNIFORM, (0.0, 1.0), default=0.5),))
POINTS = ["before-commit", "after-commit", "before-launch", "after-launch", "before-report", "after-final"]


# Nothing here depends on a disk, and memory does not wait for one.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Killed(BaseException):
    """The manager is gone at this point; nothing of it runs any more."""


@dataclass
class ModelTrial:
    """What the store should say of a trial."""

    status: str = "waiting"
    attempt: int = -1
    losses: int = 0
    interrupting: bool = False
    steps: list[float] = field(default_factory=list)
    final: float | None = None


class Model:
    """What should be in the store: a few lists, no transactions, no log."""

    def __init__(self, jobs: int, retries: int, limit: int) -> None:
        self.jobs, self.retries, self.limit = jobs, retries, limit
        self.trials: list[ModelTrial] = []
        self.stopping = False

    def running(self) -> list[int]:
        return [n for n, trial in enumerate(self.trials) if trial.status == "running"]

    def fill_slots(self) -> None:
        if self.stopping:
            return
        if not self.trials:
            self.trials.append(ModelTrial())
        first = self.trials[0].status
        order = [0] if first in ("waiting", "running") else range(len(self.trials))
        for number in order:
            if self.trials[number].status == "waiting" and len(self.running()) < self.jobs:
                self._start(number)
        if first in ("waiting", "running"):
            return
        while len(self.running()) < self.jobs and len(self.trials) < self.limit:
            self.trials.append(ModelTrial())
            self._start(len(self.trials) - 1)

    def _start(self, number: int) -> None:
        before = self.trials[number]
        self.trials[number] = ModelTrial("running", before.attempt + 1, before.losses)

    def end(self, number: int, how: str) -> None:
        trial = self.trials[number]
        if how == "success" and trial.final is not None:
            trial.status = "succeeded"
        elif trial.interrupting:
            trial.status = "waiting"
        elif how == "lost":
            self.lose(number)
        else:
            trial.status = "failed"

    def lose(self, number: int) -> None:
        trial = self.trials[number]
        trial.losses += 1
        trial.status = "failed" if trial.losses > self.retries else "waiting"

    def over(self) -> bool:
        waiting = any(trial.status == "waiting" for trial in self.trials)
        return not self.running() and (self.stopping or (not waiting and len(self.trials) >= self.limit))


class Hand:
    """A launcher whose trials do what the rules say; what is in their file is acknowledged."""

    def __init__(self) -> None:
        self.malformed = 0
        self.active: dict = {}
        self.unheard: dict = {}
        self.queue: list = []

    def start(self, launch) -> None:
        assert launch.key not in self.active
        self.active[launch.key], self.unheard[launch.key] = launch.directory / "metrics.jsonl", []
        launch.directory.mkdir(parents=True, exist_ok=True)

    def write(self, key, kind: str, value: float) -> None:
        with open(self.active[key], "ab") as stream:
            record = {"trial": key.trial, "attempt": key.attempt, "kind": kind, "value": value}
            line = json.dumps({**record, "sequence": stream.tell()}).encode()
            self.unheard[key].append(Recorded(key, parse_metric(line, *key, stream.tell())))
            stream.write(line + b"\n")

    def ring(self, key) -> None:
        self.queue += self.unheard[key]
        self.unheard[key] = []

    def end(self, key, happening) -> None:
        if key in self.active:
            self.ring(key)
            del self.active[key]
            self.queue.append(happening)

    def terminate(self, key) -> None:
        self.end(key, Exited(key, Exit(signal=15)))

    def kill(self, key) -> None:
        self.terminate(key)

    def wait(self, timeout_s: float) -> list:
        queue, self.queue = self.queue, []
        return queue

    def wake(self) -> None: ...

    def close(self) -> None: ...


class Clock:
    """Time that passes by itself."""

    time = 1000.0

    def now(self) -> float:
        Clock.time += 0.001
        return Clock.time

    monotonic = now


class Calm(Observer):
    """Warnings are of final results only: the tuner proposes what it did."""

    def warning(self, message: str) -> None:
        about_results = ("final results, and only the last one counts", "has its result, which counts")
        assert any(words in message for words in about_results), message


class LoopMachine(RuleBasedStateMachine):
    """Every rule is something that can happen to a run; the model says what must be in the store then."""

    @initialize(jobs=st.integers(1, 3), retries=st.integers(0, 2), limit=st.integers(2, 7))
    def begin(self, jobs: int, retries: int, limit: int) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="nnic-machine-", dir=MEMORY))
        self.model = Model(jobs, retries, limit)
        self.committed = copy.deepcopy(self.model)
        self.fatal = ""
        self.log: tuple = ()
        self.written: dict = {}
        name = create_experiment(self.home, "lab")
        self.config = RunConfig(
            home=self.home, name=name, argv=("python",), cwd=self.home, tuner=TUNER, trials=limit, jobs=jobs,
            retries=retries, keep_going=True,
        )  # fmt: skip
        program = Program("/", "train.py", (), SPACE)
        self.config.program.mkdir()
        (self.config.program / "program.json").write_text(json.dumps(program.to_json()))
        problem = problem_of(self.config, program)
        event_log, self.store, self.hand = EventLog(), Store(self.home), Hand()
        gateway = make_gateway(self.config, problem, event_log.history)
        self.store.create(self.config, program, 0.0, begin_of(self.config))
        trial_table = TrialTable(self.config, program, self.store)
        self.open(
            make_experiment(
                self.config,
                problem,
                gateway,
                self.hand,
                self.store,
                Clock(),
                Calm(),
                event_log,
                trial_table,
            )
        )

    def open(self, experiment: Experiment) -> None:
        self.experiment: Experiment | None = experiment
        faults.pass_point = self.pass_point
        self.experiment._open()

    def pass_point(self, point: str) -> None:
        if point == self.fatal and point != "after-commit":
            raise Killed
        if point == "after-commit":
            self.committed = copy.deepcopy(self.model)
            if self.fatal == point:
                raise Killed

    # -- what can happen -------------------------------------------------------------------------

    @precondition(lambda self: self.experiment is not None)
    @rule(times=st.integers(1, 3))
    def turn(self, times: int) -> None:
        for _ in range(times):
            if self.experiment is not None:
                self._turn()

    def _turn(self) -> None:
        assert self.experiment is not None
        try:
            if self.model.stopping and self.wanted_now:
                for number in self.model.running():
                    self.model.trials[number].interrupting = True
            self.model.fill_slots()
            over = self.experiment._turn()
            assert over == self.model.over()
            assert {key.trial for key in self.hand.active} <= set(self.model.running())
            if over:
                self.experiment._close()
                self.committed = copy.deepcopy(self.model)
                self._leave()
                return
            self._expect(list(self.hand.queue))
            self.experiment._wait()
        except Killed:
            self._die()

    def _expect(self, happenings: list) -> None:
        """Tell the model what the loop is about to hear."""
        for happening in happenings:
            trial = self.model.trials[happening.key.trial]
            if isinstance(happening, Recorded):
                if happening.metric.final:
                    trial.final = happening.metric.value
                else:
                    trial.steps.append(happening.metric.value)
            elif isinstance(happening, Lost):
                self.model.end(happening.key.trial, "lost")
            else:
                success = happening.exit.code == 0
                self.model.end(happening.key.trial, "success" if success else "failure")

    wanted_now = False

    @precondition(lambda self: self.experiment is not None and self.hand.active)
    @rule(data=st.data(), value=st.integers(0, 9), rings=st.booleans(), final=st.booleans())
    def report(self, data: st.DataObject, value: int, rings: bool, final: bool) -> None:
        key = data.draw(st.sampled_from(sorted(self.hand.active)))
        self.hand.write(key, "final" if final else "intermediate", float(value))
        self.written.setdefault(key, []).append((final, float(value)))
        if rings:
            self.hand.ring(key)

    @precondition(lambda self: self.experiment is not None and self.hand.active)
    @rule(data=st.data(), how=st.sampled_from(["success", "success", "code", "signal", "lost"]))
    def end(self, data: st.DataObject, how: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.hand.active)))
        if how == "success":
            self.hand.write(key, "final", 1.0)
            self.written.setdefault(key, []).append((True, 1.0))
        if how == "lost":
            self.hand.end(key, Lost(key, "its supervisor was killed"))
        else:
            exit = {"success": Exit(code=0), "code": Exit(code=3), "signal": Exit(signal=11)}[how]
            self.hand.end(key, Exited(key, exit))

    @precondition(lambda self: self.experiment is not None and not self.model.stopping)
    @rule(now=st.booleans())
    def stop(self, now: bool) -> None:
        assert self.experiment is not None
        self.experiment.request_stop(drain=not now)
        self.model.stopping, self.wanted_now = True, now

    @precondition(lambda self: self.experiment is not None)
    @rule(point=st.sampled_from(POINTS))
    def kill(self, point: str) -> None:
        """The next time that the manager comes to the point, if it does in two turns; else where it is."""
        self.fatal = point
        self.turn(2)
        if self.experiment is not None:
            self._die()
        self.fatal = ""

    def _die(self) -> None:
        """Nothing of the manager is left, and the trials die with it."""
        self.model = copy.deepcopy(self.committed)
        self.model.stopping = False
        self._leave()

    def _leave(self) -> None:
        self.store.close()
        self.experiment = None
        self.wanted_now = False

    @precondition(lambda self: self.experiment is None)
    @rule(more=st.integers(0, 2))
    def resume(self, more: int) -> None:
        with StoreReader(self.home) as reader:
            log = reader.log()
        assert log[: len(self.log)] == self.log
        self.log = log
        self.model.limit += more
        self.model.stopping = False
        self.store, self.hand = Store(self.home), Hand()
        self.store.open(self.config.name)
        session = ResumedSession(self.home, self.config.name, self.store, {"trials": self.model.limit})
        with closing(Admission()) as admission:
            experiment = session.experiment(self.hand, Calm(), admission, Clock())
        for number in self.model.running():
            trial = self.model.trials[number]
            heard = self.written.get((number, trial.attempt), [])
            trial.steps = [value for final, value in heard if not final]
            self.model.lose(number)
        self.open(experiment)

    # -- what must hold --------------------------------------------------------------------------

    @invariant()
    def the_store_holds_what_was_committed(self) -> None:
        if not hasattr(self, "home"):
            return
        with StoreReader(self.home) as reader:
            trials = reader.trials()
        model = self.committed.trials
        assert [trial.id for trial in trials] == list(range(len(model)))
        for trial, expected in zip(trials, model):
            assert (trial.status.value, trial.attempt) == (expected.status, expected.attempt), trial.id
            assert list(trial.intermediate) == expected.steps
            assert trial.metric == (expected.final if expected.status == "succeeded" else None)

    def teardown(self) -> None:
        if not hasattr(self, "home"):
            return
        self.fatal = ""
        if self.experiment is None:
            self.resume(0)
        self._finish()
        self._check_end()
        shutil.rmtree(self.home)

    def _finish(self) -> None:
        """Let every trial succeed until the run is done."""
        for _ in range(200):
            if self.experiment is None:
                self.model.stopping = False
                if self.model.over():
                    return
                self.resume(0)
            for key in sorted(self.hand.active):
                self.hand.write(key, "final", 1.0)
                self.written.setdefault(key, []).append((True, 1.0))
                self.hand.end(key, Exited(key, Exit(code=0)))
            self._turn()
        raise AssertionError("the run does not come to an end")

    def _check_end(self) -> None:
        with StoreReader(self.home) as reader:
            record, log, trials = reader.experiment(), reader.log(), reader.trials()
        assert log[: len(self.log)] == self.log
        assert all(trial.status.ended for trial in trials)
        changes = [entry.change for entry in log if isinstance(entry, Event)]
        told = [(change.trial, change.report.step) for change in changes if isinstance(change, TrialReported)]
        assert len(told) == len(set(told))
        program = Program.load(self.config.program)
        begin = next(entry for entry in log if isinstance(entry, Begin))
        event_log = EventLog()
        problem = problem_of(record.config, program, begin)
        gateway = make_gateway(record.config, problem, event_log.history)
        assert isinstance(gateway, TunerGateway)
        assert replay(log, gateway, event_log).mismatch == ""
        self._check_reports()

    def _check_reports(self) -> None:
        connection = sqlite3.connect(self.home / "nnic.db")
        rows = connection.execute("SELECT trial, attempt, kind, value FROM report ORDER BY 1, 2, sequence")
        stored: dict = {}
        for trial, attempt, kind, value in rows.fetchall():
            stored.setdefault((trial, attempt), []).append((kind == "final", json.loads(value)))
        connection.close()
        assert stored == {tuple(key): lines for key, lines in self.written.items()}


def test_the_loop_and_the_store_do_as_the_model(kills, tally, monkeypatch):
    monkeypatch.setattr(faults, "pass_point", faults.pass_point)  # put back after the machine's own
    monkeypatch.setattr(experiment_module, "TICK_S", 0.0)
    runs = 25 * kills if kills > 2 else 15
    options = settings(
        max_examples=runs,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),  # what fails is a run of forty steps at most; shrinking it takes minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(LoopMachine, settings=options)
    tally("loop and store", "40 steps against a model", runs)
