"""A discarded result counts no more, whether the run goes on or has ended, until that is undone."""

import pytest

from nnic.runtime.launchers.base import Exit, Exited
from nnic.runtime.loop.replay import replay
from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.manager.discarding import discard_results
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.lock import ExperimentBusyError, ExperimentLock
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentState
from nnic.runtime.store.request_kinds import (
    CancelTrials,
    DiscardTrials,
    EarlierResult,
    ImportResults,
    KeepTrials,
    RetryTrials,
)
from nnic.runtime.store.requests import post_request, read_request
from nnic.tuners.protocol import FailureKind, TrialState

LR = "train/lr/uniform"


@pytest.fixture
def run(lab):
    """Run four trials, the second of which has the best result; requests come when a trial has started."""
    lab.behaviour = lambda launch: lab.succeed(launch, 0.5, final=9.0 if launch.key.trial == 1 else 1.0)
    found = []

    def start(*requests, **options):
        experiment = lab.prepare(**options)
        left = list(requests)

        def ask():
            while left and f"started {left[0][0]}.0" in lab.log.lines:
                with StoreReader(lab.folder) as reader:
                    name = reader.experiment().name
                found.append(post_request(lab.folder, name, left.pop(0)[1]))

        lab.launcher.on_wait.append(ask)
        result = experiment.run()
        return result, [read_request(lab.folder, number).answer for number in found]

    return start


def told_again(lab):
    """What a fresh tuner is told when the log is replayed to it."""
    fresh = lab.scripted(())
    event_log = EventLog()
    gateway = TunerGateway(fresh, None, lab.space, event_log.history)
    replay(lab.stored_log(), gateway, event_log)
    return fresh.told(), event_log


def test_a_running_experiment_discards_a_result(lab, run):
    result, answers = run((3, DiscardTrials((1,))))
    assert answers == ["trial 1 is discarded"]
    discarded = lab.trials()[1]
    assert (discarded.status, discarded.metric) == (TrialState.FAILED, None)
    assert (discarded.discarded.status, discarded.discarded.metric) == (TrialState.SUCCEEDED, 9.0)
    assert discarded.error.kind is FailureKind.DISCARDED
    assert "9.0" in discarded.error.message
    assert result.best.metric == 1.0
    with StoreReader(lab.folder) as reader:
        assert reader.best().id == 0
    assert lab.tuner.told().count("ended 1 failed") == 1
    told, event_log = told_again(lab)
    assert told == lab.tuner.told()
    assert event_log.history[1].state is TrialState.FAILED
    assert event_log.history.finished == 3  # an assessor compares with it no more


def test_undo_has_the_result_count_again(lab, run):
    result, answers = run((2, DiscardTrials((1,))), (3, DiscardTrials((1,), undo=True)))
    assert answers == ["trial 1 is discarded", "trial 1 is counted again"]
    trial = lab.trials()[1]
    assert (trial.status, trial.metric, trial.discarded, trial.error) == (
        TrialState.SUCCEEDED,
        9.0,
        None,
        None,
    )
    assert result.best.id == 1
    assert told_again(lab)[0] == lab.tuner.told()


def test_the_scripts_own_values_and_imported_results_are_discarded_too(lab, run):
    imported = ImportResults((EarlierResult({LR: 0.125}, 99.0),))
    # The import is trial 1, before which only trial 0 was started.
    result, answers = run((0, imported), (2, DiscardTrials((0, 1))), trials=3)
    assert answers[1] == "trials 0, 1 are discarded"
    assert result.state is ExperimentState.DONE  # it is no failure of trial 0 that ends a run
    assert {"imported 0 failed", "imported 1 failed"} <= set(lab.tuner.told())
    assert result.best.id == 2


def test_a_discarded_trial_is_tried_again_when_asked(lab, run):
    run((3, DiscardTrials((1,))), (3, RetryTrials((1,))))
    trial = lab.trials()[1]
    assert (trial.status, trial.attempt, trial.discarded) == (TrialState.SUCCEEDED, 1, None)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (DiscardTrials((7,)), "there is no trial 7"),
        (DiscardTrials((2,)), "trial 2 is running; end it first: nnic stop --trial 2"),
        (DiscardTrials((1,), undo=True), "trial 1 is not discarded"),
        (DiscardTrials((0, 7)), "there is no trial 7"),
        (KeepTrials((1,)), "trial 1 has already ended: it is succeeded"),
        (KeepTrials((2,)), "trial 2 has reported nothing yet to keep"),
        (CancelTrials((1,)), "trial 1 has already ended: it is succeeded"),
    ],
)
def test_what_makes_no_sense_is_refused(lab, run, request_, words):
    _, (answer,) = run((2, request_))
    assert words in answer
    assert lab.states() == ["succeeded"] * 4


def test_one_that_failed_has_nothing_to_discard(lab, run):
    lab.behaviour = lambda launch: lab.fail(launch) if launch.key.trial == 1 else lab.succeed(launch)
    _, answers = run((3, DiscardTrials((1,))))
    assert "trial 1 is failed, so it has no result to discard" in answers[0]


def test_an_ended_experiment_discards_and_undoes_and_a_resume_tells_it(lab, run):
    result, _ = run()
    lab.sqlite.close()
    discard_results(lab.folder, result.name, [1, 0])
    with StoreReader(lab.folder) as reader:
        assert reader.best().id == 2
    told, _ = told_again(lab)
    assert told == [*lab.tuner.told(), "ended 1 failed", "imported 0 failed"]
    with pytest.raises(ValueError, match="trial 1 is already discarded"):
        discard_results(lab.folder, result.name, [2, 1])
    with StoreReader(lab.folder) as reader:
        assert reader.trial(None, 2).discarded is None  # all or none
    discard_results(lab.folder, result.name, [1], undo=True)
    with StoreReader(lab.folder) as reader:
        assert reader.best().id == 1
    assert told_again(lab)[0][-1] == "ended 1 succeeded"


def test_a_running_experiment_is_asked_and_not_written_to(lab, run):
    result, _ = run()
    with ExperimentLock(lab.folder, result.name), pytest.raises(ExperimentBusyError):
        discard_results(lab.folder, result.name, [1])


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_kept_trial_has_its_last_value_as_result(lab, run, stubborn):
    def behaviour(launch):
        if launch.key.trial != 1:
            return lab.succeed(launch)
        return [0.2, lab.metric(launch, 0.25), 0.2, lab.metric(launch, 7.5, sequence=1), 1000.0]

    lab.behaviour = behaviour
    experiment = lab.prepare(trials=3)
    if stubborn:
        lab.launcher.stubborn.add(1)
    asked = []

    def ask():
        if not asked and "report 1 7.5" in lab.log.lines:
            with StoreReader(lab.folder) as reader:
                asked.append(post_request(lab.folder, reader.experiment().name, KeepTrials((1,))))

    lab.launcher.on_wait.append(ask)
    result = experiment.run()
    kept = lab.trials()[1]
    assert (kept.status, kept.metric, kept.error) == (TrialState.SUCCEEDED, 7.5, None)
    assert (result.best.id, result.state) == (1, ExperimentState.DONE)
    assert "ended 1 succeeded" in lab.tuner.told()
    answer = read_request(lab.folder, asked[0]).answer
    assert answer == "trial 1 is to end with the last reported value as result"


def test_several_final_results_in_a_trial_are_told_once(lab):
    def behaviour(launch):
        folds = [lab.metric(launch, 0.25 * i, True, i) for i in range(1, 4)]
        return [1.0, *folds, 1.0, Exited(launch.key, Exit(code=0))]

    lab.behaviour = behaviour
    lab.run(trials=3)
    warnings = [line for line in lab.log.lines if line.startswith("warning")]
    assert len(warnings) == 1
    assert "trial #0 reported 3 final results, and only the last one counts, 0.75" in warnings[0]
    assert [trial.metric for trial in lab.trials()] == [0.75] * 3


def test_one_final_result_is_none_too_many(lab):
    lab.run(trials=3)
    assert not any("final results" in line for line in lab.log.lines)
