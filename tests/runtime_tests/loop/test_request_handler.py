"""What a running experiment does when other processes ask something of it."""

from dataclasses import dataclass

import pytest

from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentState, Origin
from nnic.runtime.store.request_kinds import (
    CancelTrials,
    ChangeLimits,
    EarlierResult,
    EnqueueTrial,
    ImportResults,
    RetryTrials,
)
from nnic.runtime.store.requests import post_request, read_request
from nnic.tuners.protocol import Trial
from nnic.tuners.space import Fidelity

LR = "train/lr/uniform"


@dataclass(frozen=True)
class Dance(RetryTrials):
    """What a newer nnic may ask for."""

    kind = "dance"
    trials: tuple[int, ...] = ()


class Asks:
    """Posts requests when so many seconds of the fake clock have passed."""

    def __init__(self, lab, *requests):
        self.lab = lab
        self.left = list(requests)
        self.ids = []
        self.begin = lab.clock.time
        lab.launcher.on_wait.append(self)

    def __call__(self):
        while self.left and self.lab.clock.time - self.begin >= self.left[0][0]:
            request = self.left.pop(0)[1]
            with StoreReader(self.lab.folder) as reader:
                name = reader.experiment().name
            self.ids.append(post_request(self.lab.folder, name, request))

    def answers(self):
        found = [read_request(self.lab.folder, number) for number in self.ids]
        assert all(request.answered is not None for request in found)
        assert all(request.refused == request.answer.startswith("refused: ") for request in found)
        return [request.answer for request in found]


def run(lab, *requests, **options):
    experiment = lab.prepare(**options)
    asks = Asks(lab, *requests)
    result = experiment.run()
    return result, asks


def test_an_enqueued_trial_runs_before_what_the_tuner_proposes(lab):
    _, asks = run(lab, (0.5, EnqueueTrial({LR: 0.25})), trials=3)
    assert asks.answers() == ["trial 1 will run"]
    enqueued = lab.trials()[1]
    assert (enqueued.parameters, enqueued.origin, enqueued.status.value) == (
        {LR: 0.25},
        Origin.ENQUEUED,
        "succeeded",
    )
    assert [trial.origin for trial in lab.trials()] == [Origin.TUNER, Origin.ENQUEUED, Origin.TUNER]
    assert lab.tuner.told() == [
        "imported 0 succeeded",
        "started 1",
        "ended 1 succeeded",
        "started 2",
        "ended 2 succeeded",
    ]
    (launch,) = (launch for key, launch in lab.launcher.launches.items() if key.trial == 1)
    assert launch.document.parameters == {LR: 0.25}


def test_at_the_limit_an_enqueued_trial_still_runs(lab):
    _, asks = run(lab, (2.5, EnqueueTrial({LR: 0.25})), trials=3)
    assert asks.answers() == ["trial 3 will run"]
    assert lab.states() == ["succeeded"] * 4


def test_with_budgets_it_has_the_whole_one(lab):
    lab.fidelity = Fidelity(1, 9)
    run(lab, (0.5, EnqueueTrial({LR: 0.25})), trials=2)
    assert lab.trials()[1].budget == 9


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (EnqueueTrial({LR: 2.0}), "2.0"),
        (EnqueueTrial({"x": 1}), "has no parameter 'x'"),
        (RetryTrials((0,)), "trial 0 is succeeded: only failed and cancelled trials can run again"),
        (RetryTrials((99,)), "there is no trial 99"),
        (CancelTrials((0,)), "trial 0 has already ended: it is succeeded"),
        (ChangeLimits(jobs=0), "jobs"),
        (ChangeLimits(trials=2.5), "the request 'limits' is not understood: 'trials' is 2.5"),
        (ImportResults((EarlierResult({LR: 0.5}, float("nan")),)), "nan is not a result"),
        (Dance(), "does not know the request 'dance'"),
    ],
)
def test_what_is_refused_changes_nothing(lab, request_, words):
    result, asks = run(lab, (1.5, request_), trials=3)
    assert result.state is ExperimentState.DONE
    (answer,) = asks.answers()
    assert answer.startswith("refused: ")
    assert words in answer
    assert lab.states() == ["succeeded"] * 3


def test_what_is_left_out_has_the_scripts_own_value(lab):
    _, asks = run(lab, (0.5, EnqueueTrial({})), trials=3)
    assert asks.answers() == ["trial 1 will run"]
    assert lab.trials()[1].parameters == {LR: 0.5}


def test_failed_trials_are_tried_again(lab):
    lab.behaviour = lambda launch: (
        lab.fail(launch) if launch.key.trial == 1 and launch.key.attempt == 0 else lab.succeed(launch)
    )
    _, asks = run(lab, (2.5, RetryTrials((1,))), trials=4)
    assert asks.answers() == ["trial 1 will run again"]
    again = lab.trials()[1]
    assert (again.status.value, again.attempt) == ("succeeded", 1)
    assert [attempt.state.value for attempt in again.attempts] == ["failed", "succeeded"]
    told = [line for line in lab.tuner.told() if line.split()[1] == "1"]
    assert told == ["started 1", "ended 1 failed", "ended 1 succeeded"]


def test_limits_count_at_once(lab):
    result, asks = run(
        lab,
        (0.5, ChangeLimits(trials=9, jobs=3)),
        (3.5, ChangeLimits(trials=5, time_s=None)),
        trials=3,
    )
    assert asks.answers() == ["9 trials, 3 at once", "5 trials, no limit on time"]
    assert len(lab.trials()) >= 5
    assert result.reason == "5 trials are done"
    with StoreReader(lab.folder) as reader:
        config = reader.experiment().config
    assert (config.trials, config.jobs) == (5, 3)
    assert max(lab.tuner.asked) == 3


def test_the_time_that_is_left_can_be_taken_away(lab):
    result, _ = run(lab, (1.5, ChangeLimits(time_s=2.0)), trials=50)
    assert result.reason == "the time limit of 2 s is reached"


def test_a_running_trial_is_ended_and_the_run_goes_on(lab):
    lab.behaviour = lambda launch: (
        [50.0, *lab.succeed(launch)] if launch.key.trial == 1 else lab.succeed(launch)
    )
    result, asks = run(lab, (5.0, CancelTrials((1,))), trials=3)
    assert asks.answers() == ["trial 1 is to end"]
    assert lab.states() == ["succeeded", "cancelled", "succeeded"]
    assert result.state is ExperimentState.DONE


def test_imported_results_reach_the_tuner_once_and_count_for_no_limit(lab):
    results = ImportResults((EarlierResult({LR: 0.1}, 5.0), EarlierResult({LR: 0.2}, 0.5)))
    result, asks = run(lab, (0.5, results), (1.5, results), trials=3)
    assert asks.answers() == ["2 results are imported", "0 results are imported, 2 were already known"]
    assert lab.tuner.told()[:3] == ["imported 1 succeeded", "imported 2 succeeded", "imported 0 succeeded"]
    assert sum("imported" in line for line in lab.tuner.told()) == 3
    assert [trial.origin for trial in lab.trials()].count(Origin.TUNER) == 3
    assert (result.best.id, result.best.metric) == (1, 5.0)
    with StoreReader(lab.folder) as reader:
        assert sum(reader.experiment().counts.values()) == 3


def test_the_log_alone_gives_the_same_trials(lab):
    results = ImportResults((EarlierResult({LR: 0.1}, 5.0),))
    run(
        lab,
        (0.5, results),
        (0.5, EnqueueTrial({LR: 0.75})),
        (1.5, EnqueueTrial({LR: 0.25})),
        trials=6,
    )
    event_log = EventLog()
    for entry in lab.stored_log():
        event_log.apply(entry)

    def known(trial: Trial):
        return trial.id, trial.suggestion.config, trial.state, trial.values

    stored = lab.trials()
    assert event_log.next_id == len(stored)
    assert event_log.configurations == len(stored) - 1
    for record in stored:
        assert known(event_log[record.id]) == (record.id, record.parameters, record.status, (record.metric,))


def test_a_request_before_trial_0_waits_for_it(lab):
    experiment = lab.prepare(trials=2)
    asks = Asks(lab, (0.0, EnqueueTrial({LR: 0.25})))
    asks()
    experiment.run()
    assert asks.answers() == ["trial 1 will run"]
    assert lab.trials()[0].baseline
