"""What the loop relies on in a store: the same for SQLite and for one in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

import pytest
from in_memory_store import InMemoryStore

from nnic.runtime.config import RunConfig
from nnic.runtime.program import Program
from nnic.runtime.store.log_entries import Attempt, Begin
from nnic.runtime.store.protocol import ExperimentStore
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import (
    AttemptRecord,
    AttemptState,
    ExperimentState,
    ReportRecord,
    TrialRecord,
    Wait,
)
from nnic.runtime.store.request_kinds import CancelTrials, EnqueueTrial
from nnic.runtime.store.requests import post_request, read_request
from nnic.runtime.store.writer import Store
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import SearchSpace


class Committed:
    """What a reader sees, of whatever store."""

    def __init__(self, log, trials, record, tuner_state) -> None:
        self.log, self.trials, self.record, self.tuner_state = list(log), list(trials), record, tuner_state


class StoreConformance(ABC):
    """Subclass it, and say how your store is made, asked and read."""

    store: ExperimentStore

    @pytest.fixture(autouse=True)
    def opened(self, tmp_path):
        self.home = tmp_path
        self.config = RunConfig(home=tmp_path, name="t-0001", argv=("python",), cwd=tmp_path)
        self.open()
        yield
        self.close()

    @abstractmethod
    def open(self) -> None:
        """Set ``store`` to that of a new experiment with ``Begin(0, 1, None)`` in its log."""

    @abstractmethod
    def close(self) -> None:
        """Give back what is held."""

    @abstractmethod
    def read(self) -> Committed:
        """What is committed."""

    @abstractmethod
    def ask(self, request) -> int:
        """Ask the experiment something, from elsewhere."""

    @abstractmethod
    def answer_of(self, number):
        """The request as it is committed."""

    def trial(self, number=0, status=TrialState.RUNNING, attempt=0, **more) -> TrialRecord:
        directory = self.config.attempt_directory(number, attempt)
        attempts = tuple(
            AttemptRecord(n, AttemptState.RUNNING if n == attempt else AttemptState.LOST, 2.0)
            for n in range(attempt + 1)
        )
        values = {"attempts": attempts, "started": 2.0, **more}
        return TrialRecord(number, status, attempt, {"lr": 0.5}, directory, **values)

    def test_nothing_is_seen_before_the_commit_and_all_of_it_after(self):
        self.store.commit()
        assert not self.store.dirty
        self.store.put_trial(self.trial())
        self.store.append(Attempt(0, 1))
        self.store.set_elapsed(3.5)
        assert self.store.dirty
        before = self.read()
        assert (before.trials, len(before.log), before.record.elapsed_s) == ([], 1, 0.0)
        self.store.commit()
        assert not self.store.dirty
        after = self.read()
        assert (after.trials, after.log[1:], after.record.elapsed_s) == ([self.trial()], [Attempt(0, 1)], 3.5)

    def test_what_is_discarded_was_never_there(self):
        self.store.append(Attempt(0, 1))
        self.store.commit()
        self.store.append(Attempt(0, 2))
        self.store.put_trial(self.trial())
        self.store.set_state(ExperimentState.DONE, "done", 9.0)
        self.store.discard()
        assert not self.store.dirty
        self.store.append(Attempt(0, 3))
        self.store.commit()
        found = self.read()
        assert found.log[1:] == [Attempt(0, 1), Attempt(0, 3)]
        assert (found.trials, found.record.state) == ([], ExperimentState.RUNNING)

    def test_the_last_word_about_a_trial_counts(self):
        self.store.put_trial(self.trial())
        self.store.put_trial(self.trial(1))
        self.store.commit()
        ended = self.trial(status=TrialState.SUCCEEDED, metric=0.5, ended=4.0)
        ended = replace(
            ended, attempts=(replace(ended.attempts[0], state=AttemptState.SUCCEEDED, ended=4.0),)
        )
        self.store.put_trial(ended)
        self.store.commit()
        assert self.read().trials == [ended, self.trial(1)]

    def test_a_metric_counts_once_and_for_its_attempt(self):
        self.store.put_trial(self.trial())
        self.store.add_report(ReportRecord(0, 0, 10, False, 0, 0.25))
        self.store.add_report(ReportRecord(0, 0, 10, False, 0, 0.75))
        self.store.commit()
        self.store.add_report(ReportRecord(0, 0, 10, False, 0, 0.75))
        self.store.add_report(ReportRecord(0, 0, 20, False, 1, 0.5, {"loss": 1.0}))
        self.store.add_report(ReportRecord(0, 0, 30, True, 2, 9.0))
        self.store.commit()
        (trial,) = self.read().trials
        assert (trial.intermediate, trial.reports[1].metrics, trial.metric) == (
            (0.25, 0.5),
            {"loss": 1.0},
            None,
        )
        self.store.put_trial(self.trial(attempt=1))
        self.store.add_report(ReportRecord(0, 1, 10, False, 0, 2.0))
        self.store.commit()
        (trial,) = self.read().trials
        assert trial.intermediate == (2.0,)

    def test_a_request_is_heeded_once_and_with_what_it_changes(self):
        first = self.ask(EnqueueTrial({"lr": 0.5}))
        second = self.ask(CancelTrials((7,)))
        assert [(s.id, s.request) for s in self.store.new_requests()] == [
            (first, EnqueueTrial({"lr": 0.5})),
            (second, CancelTrials((7,))),
        ]
        self.store.answer(first, "trial 1 will run")
        self.store.put_trial(self.trial(1))
        assert self.answer_of(first).answered is None
        self.store.commit()
        third = self.ask(CancelTrials((8,)))
        assert [s.id for s in self.store.new_requests()] == [second, third]
        self.store.answer(second, "there is no trial 7", refused=True)
        self.store.answer(third, "there is no trial 8", refused=True)
        self.store.commit()
        assert self.store.new_requests() == ()
        found = [self.answer_of(number) for number in (first, second, third)]
        assert [s.refused for s in found] == [False, True, True]
        assert found[0].answer == "trial 1 will run"
        assert all(s.answered is not None for s in found)

    def test_an_answer_that_is_discarded_is_due_again(self):
        number = self.ask(CancelTrials((7,)))
        assert len(self.store.new_requests()) == 1
        self.store.answer(number, "no")
        self.store.discard()
        self.ask(CancelTrials((8,)))
        assert [s.id for s in self.store.new_requests()] == [number, number + 1]

    def test_the_experiment_says_how_it_stands(self):
        waits = (Wait(None, "waits for a GPU"), Wait(3, "waits for a CPU"))
        self.store.set_state(ExperimentState.FAILED, "every trial failed", 9.0)
        self.store.set_config(replace(self.config, trials=7))
        self.store.set_never_read(("lr",))
        self.store.set_waits(waits)
        self.store.commit()
        self.store.put_tuner_state(b"\0state")
        found = self.read()
        record = found.record
        assert (record.state, record.reason, record.ended) == (
            ExperimentState.FAILED,
            "every trial failed",
            9.0,
        )
        assert (record.config.trials, record.never_read, record.waits) == (7, ("lr",), waits)
        assert found.tuner_state == (1, b"\0state")


class TestSQLite(StoreConformance):
    def open(self) -> None:
        self.store = Store(self.home)
        self.store.create(self.config, Program("/", "t.py", (), SearchSpace()), 1.0, Begin(0, 1, None))

    def close(self) -> None:
        self.store.close()

    def read(self) -> Committed:
        with StoreReader(self.home) as reader:
            state = reader.tuner_state("t-0001")
            return Committed(reader.log(), reader.trials(), reader.experiment(), state)

    def ask(self, request) -> int:
        return post_request(self.home, "t-0001", request)

    def answer_of(self, number):
        return read_request(self.home, number)


class TestInMemory(StoreConformance):
    def open(self) -> None:
        self.store = self.memory = InMemoryStore()
        self.store.append(Begin(0, 1, None))
        self.store.set_config(self.config)
        self.store.commit()

    def close(self) -> None:
        assert self.memory is self.store

    def read(self) -> Committed:
        found = self.memory.committed
        return Committed(found.log, self.memory.trials(), found, found.tuner_state)

    def ask(self, request) -> int:
        return self.memory.ask(request)

    def answer_of(self, number):
        return self.memory.committed.requests[number]
