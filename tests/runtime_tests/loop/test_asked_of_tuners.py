"""Every tuner takes what its user asks of a run: to enqueue, import, end, keep, discard, try again."""

import random

import pytest

from nnic.runtime.launchers.base import Exit, Exited, Lost
from nnic.runtime.loop.replay import replay
from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentState
from nnic.runtime.store.request_kinds import (
    CancelTrials,
    ChangeLimits,
    DiscardTrials,
    EarlierResult,
    EnqueueTrial,
    ImportResults,
    KeepTrials,
    RetryTrials,
)
from nnic.runtime.store.requests import post_request, read_request
from nnic.tuners.protocol import Problem
from nnic.tuners.registry import find_tuner, list_tuners, make_assessor, make_tuner, tuner_abilities
from nnic.tuners.space import Fidelity

LR = "train/lr/uniform"
TUNERS = [entry.name for entry in list_tuners() if entry.name != "batch"]


class Pesterer:
    """Asks for something at random every few seconds of the fake clock."""

    def __init__(self, lab, draw):
        self.lab, self.draw, self.ids, self.due = lab, draw, [], 0.0
        lab.launcher.on_wait.append(self)

    def __call__(self):
        if self.lab.clock.time < self.due or len(self.ids) > 40:
            return
        self.due = self.lab.clock.time + self.draw.random() * 5
        with StoreReader(self.lab.folder) as reader:
            name, trials = reader.experiment().name, reader.trials()
        kinds = [self.enqueue, self.retry, self.cancel, self.import_, self.limit, self.discard, self.keep]
        if len(self.ids) % 5 == 4:  # By then something has failed.
            kinds = [self.retry]
        make = self.draw.choice(kinds)
        self.ids.append(post_request(self.lab.folder, name, make(trials)))

    def enqueue(self, trials):
        known = self.draw.random() < 0.3 and trials
        return EnqueueTrial(self.draw.choice(trials).parameters if known else {LR: self.draw.random()})

    def retry(self, trials):
        failed = [t.id for t in trials if t.status.value in ("failed", "cancelled") and t.id > 0]
        return RetryTrials(tuple(self.draw.sample(failed, min(2, len(failed)))))

    def cancel(self, trials):
        open_ = [t.id for t in trials if not t.status.ended and t.id > 0]
        return CancelTrials(tuple(self.draw.sample(open_, min(1, len(open_)))))

    def keep(self, trials):
        told = [t.id for t in trials if t.status.value == "running" and t.reports and t.id > 0]
        return KeepTrials(tuple(self.draw.sample(told, min(1, len(told)))))

    def discard(self, trials):
        undo = self.draw.random() < 0.3
        if undo:
            found = [t.id for t in trials if t.discarded is not None]
        else:
            found = [t.id for t in trials if t.status.value in ("succeeded", "stopped", "paused")]
        return DiscardTrials(tuple(self.draw.sample(found, min(2, len(found)))), undo)

    def import_(self, trials):
        results = (EarlierResult({LR: self.draw.random()}, self.draw.random()) for _ in range(3))
        return ImportResults(tuple(results))

    def limit(self, trials):
        return ChangeLimits(jobs=self.draw.randint(1, 4))

    def refused(self):
        answers = [read_request(self.lab.folder, number) for number in self.ids]
        assert all(answer.answered is not None for answer in answers[:-1])
        return [answer.answer for answer in answers if answer.refused]


def play(lab, seed):
    def behaviour(launch):
        draw = random.Random(f"{seed} {launch.key}")
        steps = int(launch.document.budget or 5)
        what = draw.random() if launch.key.trial else 1.0
        if what < 0.3:
            reported = lab.succeed(launch, *[draw.random() for _ in range(draw.randint(0, steps))])[:-3]
            return [
                *reported,
                1.0,
                Exited(launch.key, Exit(code=1)) if what < 0.25 else Lost(launch.key, "x"),
            ]
        return lab.succeed(launch, *[draw.random() for _ in range(steps)], final=draw.random())

    return behaviour


@pytest.mark.parametrize(
    ("name", "assessor"),
    [(name, None) for name in TUNERS]
    + [(name, "medianstop") for name in TUNERS if not find_tuner(name).owns_stopping],
)
def test_a_tuner_goes_on_and_its_log_gives_the_same(lab, name, assessor):
    budgets = name != "auto" and tuner_abilities(name).budgets
    lab.fidelity = Fidelity(1, 9) if budgets else None
    problem = Problem(lab.space, fidelity=lab.fidelity, jobs=3)
    lab.tuner = make_tuner(name, problem)
    lab.assessor = make_assessor(assessor, problem) if assessor else None
    lab.behaviour = play(lab, f"{name} {assessor}")
    experiment = lab.prepare(trials=25, jobs=3, retries=1)
    pesterer = Pesterer(lab, random.Random(name))
    result = experiment.run()
    assert result.state is ExperimentState.DONE, result.reason
    assert len(pesterer.ids) > 5
    expected = ("only failed and cancelled", "has already ended", "is already being ended")
    assert [why for why in pesterer.refused() if not any(words in why for words in expected)] == []
    assert any(trial.attempt > 0 for trial in lab.trials())
    event_log = EventLog()
    gateway = TunerGateway(make_tuner(name, problem), None, lab.space, event_log.history)
    assert replay(lab.stored_log(), gateway, event_log).mismatch == ""
