"""The loop needs no more of a store than its protocol: on one in memory it does what it does on SQLite."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from in_memory_store import InMemoryStore

from nnic.runtime.store.log_entries import Decided
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentState, Origin
from nnic.runtime.store.request_kinds import (
    CancelTrials,
    ChangeLimits,
    EarlierResult,
    EnqueueTrial,
    ImportResults,
)
from nnic.runtime.store.requests import post_request
from nnic.tuners.protocol import Decision, EventKind

LR = "train/lr/uniform"
REQUESTS = [
    (1.5, EnqueueTrial({LR: 0.25})),
    (2.5, ImportResults((EarlierResult({LR: 0.75}, 0.5),))),
    (3.5, ChangeLimits(trials=7)),
    (4.5, CancelTrials((99,))),
]


def live(lab, ask):
    """A run in which trials succeed, fail, are stopped, lost and asked for; the result."""

    def behaviour(launch):
        if launch.key == (1, 0):
            return lab.lose(launch)
        if launch.key.trial == 3:
            return lab.fail(launch, 3)
        return lab.succeed(launch, 0.1, 0.2, final=launch.key.trial / 8)

    def decide(event):
        stops = event.kind is EventKind.REPORT and event.trial.id == 4
        return Decision.STOP if stops else Decision.CONTINUE

    lab.behaviour, lab.tuner.decide = behaviour, decide
    experiment = lab.prepare(trials=5, jobs=2)
    left, begin = list(REQUESTS), lab.clock.time

    def asks():
        while left and lab.clock.time - begin >= left[0][0]:
            ask(left.pop(0)[1])

    lab.launcher.on_wait.append(asks)
    return experiment.run()


def plain(trials):
    """Trials without the folder, which has the name of the experiment in it."""
    return [replace(trial, directory=Path()) for trial in trials]


def test_the_same_run_on_both(lab):
    def post(request):
        with StoreReader(lab.folder) as reader:
            post_request(lab.folder, reader.experiment().name, request)

    real = live(lab, post)
    memory = InMemoryStore()
    other = type(lab)(lab.folder.with_name("other"), memory=memory)
    found = live(other, memory.ask)
    assert (found.state, found.reason, found.best.id) == (real.state, real.reason, real.best.id)
    assert memory.committed.log == lab.stored_log()
    assert plain(memory.trials()) == plain(lab.trials())
    assert other.log.lines == lab.log.lines
    with StoreReader(lab.folder) as reader:
        record = reader.experiment()
        assert reader.tuner_state(record.name) == memory.committed.tuner_state
    kept = memory.committed
    assert (kept.state, kept.reason, kept.elapsed_s, kept.config.trials) == (
        record.state,
        record.reason,
        record.elapsed_s,
        record.config.trials,
    )
    # The run had all of what it was made for.
    states = [trial.status.value for trial in memory.trials()]
    assert {"succeeded", "failed", "stopped"} == set(states)
    assert any(len(trial.attempts) == 2 for trial in memory.trials())
    assert {trial.origin for trial in memory.trials()} == set(Origin)
    assert any(isinstance(entry, Decided) for entry in kept.log)
    assert [stored.refused for stored in kept.requests.values()] == [False, False, False, True]


def test_what_was_not_committed_is_not_there_after_an_error(lab):
    memory = InMemoryStore()
    lab.memory = memory
    lab.log.trial_started = lambda trial: 1 / 0
    with pytest.raises(ZeroDivisionError):
        lab.run(trials=2)
    assert (memory.committed.state, memory.committed.reason) == (
        ExperimentState.INTERRUPTED,
        "ended by an error",
    )
    assert not memory.dirty
