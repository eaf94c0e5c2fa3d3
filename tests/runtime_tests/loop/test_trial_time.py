"""The time that a trial may take."""

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.base import Exit, Exited, Lost
from nnic.runtime.store.records import AttemptState, ExperimentState
from nnic.tuners.protocol import EventKind


def slow(lab, trial=1, seconds=30):
    return lambda launch: lab.succeed(launch, *([0.1] * (seconds if launch.key.trial == trial else 1)))


def test_a_trial_over_its_time_has_failed_and_is_told_as_a_failure(lab):
    lab.behaviour = slow(lab)
    result = lab.run(trials=3, trial_time_s=4.5)
    trial = lab.trials()[1]
    assert (trial.status.value, trial.error.kind) == ("failed", "time limit")
    assert trial.error.message == "ran longer than its limit of 4.5 s"
    assert trial.ended - trial.started == pytest.approx(4.5)
    assert trial.intermediate == (0.1,) * 4
    (ended,) = (e for e in lab.tuner.events if e.kind is EventKind.ENDED and e.trial.id == 1)
    assert (ended.trial.failure.kind, ended.trial.values) == ("time limit", None)
    assert lab.states() == ["succeeded", "failed", "succeeded"]
    assert result.state is ExperimentState.DONE


def test_a_trial_within_its_time_is_left_alone(lab):
    lab.behaviour = slow(lab, seconds=3)
    lab.run(trials=2, trial_time_s=4.5)
    assert lab.states() == ["succeeded"] * 2
    assert not any("terminate" in call for call in lab.launcher.calls)


def test_one_that_ignores_sigterm_is_killed_after_the_grace_period(lab):
    lab.behaviour = slow(lab)
    experiment = lab.prepare(trials=2, trial_time_s=4.5, grace_s=3.0)
    lab.launcher.stubborn = {1}
    experiment.run()
    assert lab.launcher.calls[-2:] == ["terminate 1.0", "kill 1.0"]
    trial = lab.trials()[1]
    assert (trial.status.value, trial.error.kind, trial.attempts[0].signal) == ("failed", "time limit", 9)
    assert trial.ended - trial.started == pytest.approx(7.5)


def test_one_that_gets_to_its_result_while_it_is_ended_has_succeeded(lab):
    def behaviour(launch):
        if launch.key.trial != 1:
            return lab.succeed(launch)
        return [5.0, lab.metric(launch, 0.5, final=True), Exited(launch.key, Exit(code=0))]

    lab.behaviour = behaviour
    experiment = lab.prepare(trials=2, trial_time_s=4.5)
    lab.launcher.stubborn = {1}
    experiment.run()
    assert [t.metric for t in lab.trials()] == [1.0, 0.5]


def test_one_that_is_lost_while_it_is_ended_is_not_started_again(lab):
    lab.behaviour = lambda launch: (
        lab.succeed(launch) if launch.key.trial != 1 else [5.0, Lost(launch.key, "killed")]
    )
    experiment = lab.prepare(trials=2, trial_time_s=4.5)
    lab.launcher.stubborn = {1}
    experiment.run()
    trial = lab.trials()[1]
    assert (trial.error.kind, [a.state for a in trial.attempts]) == ("time limit", [AttemptState.FAILED])


def test_each_attempt_has_the_whole_time(lab):
    def behaviour(launch):
        if launch.key == (1, 0):
            return [3.0, Lost(launch.key, "killed")]
        return lab.succeed(launch, *[0.1] * (2 if launch.key.trial == 1 else 1))

    lab.behaviour = behaviour
    lab.run(trials=2, trial_time_s=4.0)
    assert lab.states() == ["succeeded"] * 2


def test_your_own_values_over_their_time_end_the_run(lab):
    lab.behaviour = slow(lab, trial=0)
    result = lab.run(trials=3, trial_time_s=4.5)
    assert result.state is ExperimentState.FAILED
    assert result.reason.startswith("trial #0 (your own values) failed after 4.5 s: ran longer")


def test_the_limit_of_the_run_during_the_end_of_one_changes_nothing(lab):
    lab.behaviour = slow(lab)
    experiment = lab.prepare(trials=2, trial_time_s=4.5, time_s=8.0, grace_s=6.0)
    lab.launcher.stubborn = {1}
    experiment.run()
    assert (lab.trials()[1].status.value, lab.trials()[1].error.kind) == ("failed", "time limit")


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan")])
def test_a_limit_is_positive(tmp_path, seconds):
    with pytest.raises(ValueError, match="trial_time_s must be positive"):
        RunConfig(home=tmp_path, name="x", argv=("python",), cwd=tmp_path, trial_time_s=seconds)
