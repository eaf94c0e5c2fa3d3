"""Stopping, pausing, promotions, retries, stops of the run, and tuners that break."""

import pytest

from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.store.log_entries import Decided, Event
from nnic.runtime.store.records import AttemptState, ExperimentState
from nnic.tuners.protocol import Batch, BatchStatus, Decision, EventKind, Problem
from nnic.tuners.registry import make_assessor, make_tuner
from nnic.tuners.space import Fidelity

FOREVER = [0.1] * 50


def at_step(step, decision, trial=1):
    def decide(event):
        hit = event.kind is EventKind.REPORT and (event.trial.id, event.trial.reports[-1].step) == (
            trial,
            step,
        )
        return decision if hit else Decision.CONTINUE

    return decide


class Assessor:
    def __init__(self, decide):
        self.decide = decide
        self.seen = []

    def assess(self, trial, history):
        self.seen.append((trial.id, len(trial.reports), len(history), history[trial.id] is trial))
        return self.decide(trial)


def long_or_short(lab):
    return lambda launch: lab.succeed(launch, *(FOREVER if launch.key.trial == 1 else [0.1]))


@pytest.mark.parametrize(
    ("tuner", "assessor", "state"),
    [
        (Decision.CONTINUE, Decision.STOP, "stopped"),
        (Decision.STOP, Decision.CONTINUE, "stopped"),
        (Decision.PAUSE, Decision.STOP, "stopped"),
        (Decision.PAUSE, Decision.CONTINUE, "paused"),
        (Decision.CONTINUE, Decision.PAUSE, "paused"),
    ],
)
def test_the_larger_decision_wins(lab, tuner, assessor, state):
    lab.behaviour = long_or_short(lab)
    lab.tuner.decide = at_step(2, tuner)
    hit = {True: assessor, False: Decision.CONTINUE}
    lab.assessor = Assessor(lambda trial: hit[(trial.id, len(trial.reports)) == (1, 3)])
    result = lab.run(trials=3)
    trial = lab.trials()[1]
    assert (trial.status.value, trial.metric, len(trial.intermediate), trial.error) == (state, None, 3, None)
    assert lab.tuner.told()[5:7] == [f"ended 1 {state}", "started 2"]
    assert lab.launcher.calls[1:3] == ["start 1.0", "terminate 1.0"]
    assert result.state is ExperimentState.DONE
    decisions = [entry for entry in lab.stored_log() if isinstance(entry, Decided)]
    assert [(d.trial, d.tuner, d.assessor) for d in decisions] == [(1, tuner, assessor)]


def test_the_assessor_sees_the_trial_in_its_history_and_never_the_baseline(lab):
    lab.behaviour = lambda launch: lab.succeed(launch, 0.1, 0.2)
    lab.assessor = Assessor(lambda trial: Decision.CONTINUE)
    lab.run(trials=2)
    assert lab.assessor.seen == [(1, 1, 2, True), (1, 2, 2, True)]


def test_reports_on_the_way_out_are_kept_and_not_told(lab):
    def behaviour(launch):
        extra = [lab.metric(launch, 0.7, sequence=7), lab.metric(launch, 0.8, sequence=8)]
        return [*lab.succeed(launch, 0.1)[:2], *extra, *lab.succeed(launch)]

    lab.behaviour = behaviour
    lab.tuner.decide = at_step(0, Decision.STOP)
    lab.run(trials=2)
    assert lab.trials()[1].intermediate == (0.1, 0.7, 0.8)
    assert [t for t in lab.tuner.told() if t.startswith("report")] == ["report 1 0.1"]


def test_a_trial_that_ignores_sigterm_is_killed_after_the_grace_period(lab):
    lab.behaviour = long_or_short(lab)
    lab.tuner.decide = at_step(0, Decision.STOP)
    experiment = lab.prepare(trials=2, grace_s=3.0)
    lab.launcher.stubborn = {1}
    experiment.run()
    assert lab.launcher.calls[-2:] == ["terminate 1.0", "kill 1.0"]
    trial = lab.trials()[1]
    assert trial.status.value == "stopped"
    assert trial.ended - trial.started == pytest.approx(1.0 + 3.0)


def test_a_tuner_that_stops_trials_itself_excludes_an_assessor(lab):
    lab.tuner.owns_stopping = True
    with pytest.raises(ValueError, match="without the assessor 'median'"):
        TunerGateway(lab.tuner, Assessor(None), None, None, "asha", "median")
    lab.run(trials=1)


# Promotions


def test_promotions_are_trials_with_a_parent_and_do_not_count(lab):
    lab.fidelity = Fidelity(1, 9)
    first = Batch((lab.suggest(0.1, budget=1.0), lab.suggest(0.2, budget=1.0)))
    promoted = Batch((lab.suggest(0.2, budget=3.0, parent=2, parent_step=1),))
    more = Batch((lab.suggest(0.2, budget=9.0, parent=3),), BatchStatus.EXHAUSTED)
    lab.tuner = lab.scripted([first, promoted, more])
    lab.tuner.promote = lab.tuner.suggest
    lab.tuner.decide = at_step(0, Decision.PAUSE, trial=2)
    lab.behaviour = lambda launch: lab.succeed(launch, 0.1)
    result = lab.run(jobs=2, trials=3)
    trials = lab.trials()
    assert [t.parent for t in trials] == [None, None, None, 2, 3]
    assert [t.budget for t in trials] == [None, 1.0, 1.0, 3.0, 9.0]
    assert [t.status.value for t in trials] == ["succeeded", "succeeded", "paused", "succeeded", "succeeded"]
    assert lab.launcher.launches[(3, 0)].document.parent == 2
    assert lab.launcher.launches[(3, 0)].document.budget == 3.0
    assert result.state is ExperimentState.DONE


def test_at_the_limit_only_a_tuner_that_promotes_is_asked(lab):
    lab.fidelity = Fidelity(1, 9)
    lab.run(trials=2)
    assert lab.states() == ["succeeded", "succeeded"]


def test_a_new_configuration_in_the_place_of_a_promotion_ends_the_run(lab):
    lab.fidelity = Fidelity(1, 9)
    lab.tuner.promote = lab.tuner.suggest
    assert "returned a new configuration from promote" in lab.run(trials=2).reason


def test_asha_promotes_what_still_runs_at_the_limit(lab):
    lab.fidelity = Fidelity(1, 9)
    lab.tuner = make_tuner("asha", Problem(lab.space, fidelity=lab.fidelity, jobs=3, trials=10))

    def behaviour(launch):
        return lab.succeed(launch, 0.1, final=launch.document.parameters.get("train/lr/uniform", 0.0))

    lab.behaviour = behaviour
    result = lab.run(jobs=3, trials=10)
    trials = lab.trials()[1:]
    assert result.reason == "10 trials are done"
    budgets = [trial.budget for trial in trials]
    assert budgets.count(1) == 9
    assert budgets.count(3) >= 3
    assert budgets.count(9) >= 1
    assert all(trial.status.value == "succeeded" for trial in trials)


def test_a_parent_that_does_not_exist_is_an_error_of_the_tuner(lab):
    lab.tuner = lab.scripted([Batch((lab.suggest(0.1, parent=77),))])
    assert "continue trial 77" in lab.run().reason


def test_the_builtin_hyperband_works_over_the_loop(lab):
    lab.fidelity = Fidelity(1, 9)
    problem = Problem(lab.space, fidelity=lab.fidelity, jobs=3, trials=9)
    lab.tuner = make_tuner("hyperband", problem, {"eta": 3})

    def behaviour(launch):
        lr = launch.document.parameters.get("train/lr/uniform", 0.0)
        return lab.succeed(launch, *[lr] * int(launch.document.budget or 9), final=lr)

    lab.behaviour = behaviour
    lab.run(jobs=3, trials=10)
    trials = lab.trials()[1:]
    assert [trial.budget for trial in trials] == [1] * 9 + [3] * 3 + [9]
    ranked = sorted(trials[:9], key=lambda trial: -trial.metric)
    assert {trial.parent for trial in trials[9:12]} == {trial.id for trial in ranked[:3]}
    assert trials[12].metric == ranked[0].metric


def test_the_builtin_median_stop_works_over_the_loop(lab):
    problem = Problem(lab.space)
    lab.assessor = make_assessor("medianstop", problem, {"start_step": 2})
    lab.behaviour = lambda launch: lab.succeed(launch, *[1.0 / (1 + launch.key.trial)] * 20)
    lab.run(trials=8)
    assert "stopped" in lab.states()
    assert all(len(trial.reports) < 20 for trial in lab.trials() if trial.status.value == "stopped")


@pytest.mark.parametrize(
    ("name", "steps"), [("curvefitting", 6), ("asha", 1), ("percentile", 1), ("patience", 12)]
)
def test_the_builtin_assessors_work_over_the_loop(lab, name, steps):
    options = {"min_trials": 2} if name == "percentile" else {}
    lab.assessor = make_assessor(name, Problem(lab.space), options)
    lab.behaviour = lambda launch: lab.succeed(
        launch, *[(1 - 0.5 ** min(step + 1, 9)) / (1 + launch.key.trial) for step in range(30)]
    )
    lab.run(trials=8)
    stopped = [trial for trial in lab.trials() if trial.status.value == "stopped"]
    assert stopped
    assert min(len(trial.reports) for trial in stopped) >= steps
    assert all(len(trial.reports) < 30 for trial in stopped)
    assert "succeeded" in lab.states()


# Attempts


def lost_until(lab, attempt, trial=1):
    def behaviour(launch):
        if launch.key.trial == trial and launch.key.attempt < attempt:
            return [1.0, lab.metric(launch, 0.1), *lab.lose(launch)]
        return lab.succeed(launch, 0.1, 0.2)

    return behaviour


def test_a_lost_trial_is_tried_again_and_each_step_told_once(lab):
    lab.behaviour = lost_until(lab, 2)
    lab.run(trials=2)
    trial = lab.trials()[1]
    assert [a.state for a in trial.attempts] == [AttemptState.LOST, AttemptState.LOST, AttemptState.SUCCEEDED]
    assert (trial.attempt, trial.intermediate) == (2, (0.1, 0.2))
    assert lab.tuner.told()[1:] == ["started 1", "report 1 0.1", "report 1 0.2", "ended 1 succeeded"]
    assert [len(e.trial.reports) for e in lab.tuner.events[1:]] == [0, 1, 2, 2]
    assert "lost 1 waiting" in lab.log.lines
    seeds = {launch.document.seed for key, launch in lab.launcher.launches.items() if key.trial == 1}
    assert len(seeds) == 1


def test_a_trial_that_is_lost_too_often_has_failed(lab):
    lab.behaviour = lost_until(lab, 99)
    lab.run(trials=2, retries=2)
    trial = lab.trials()[1]
    assert (trial.status.value, len(trial.attempts), trial.error.kind) == ("failed", 3, "lost")
    assert trial.error.message == "lost 3 times, the last time because its supervisor was killed"
    assert lab.tuner.told()[-1] == "ended 1 failed"


def test_a_lost_trial_that_was_to_stop_has_stopped(lab):
    lab.behaviour = lost_until(lab, 99)
    lab.tuner.decide = at_step(0, Decision.STOP)
    experiment = lab.prepare(trials=2)
    lab.launcher.stubborn = {1}
    experiment.run()
    assert (lab.trials()[1].status.value, len(lab.trials()[1].attempts)) == ("stopped", 1)


def test_a_lost_baseline_is_tried_again(lab):
    lab.behaviour = lost_until(lab, 1, trial=0)
    assert lab.run(trials=2).state is ExperimentState.DONE
    assert [t.attempt for t in lab.trials()] == [1, 0]


# Stopping the run


def stop_at(lab, experiment, *times, drain=True):
    def check():
        while times_left and lab.clock.time >= times_left[0]:
            times_left.pop(0)
            experiment.request_stop(drain)

    times_left = list(times)
    lab.launcher.on_wait.append(check)


def test_stopping_once_lets_running_trials_end(lab):
    lab.behaviour = lambda launch: lab.succeed(launch, 0.1, 0.2, 0.3)
    experiment = lab.prepare(trials=9, jobs=2)
    stop_at(lab, experiment, 1005.0)
    result = experiment.run()
    assert (result.state, result.reason) == (ExperimentState.INTERRUPTED, "stopped by its user")
    assert lab.states() == ["succeeded"] * 3
    assert "stopping True" in lab.log.lines


@pytest.mark.parametrize("times", [(1005.0, 1006.0), (1006.0,)])
def test_stopping_at_once_leaves_trials_to_be_repeated(lab, times):
    lab.behaviour = lambda launch: lab.succeed(launch, *FOREVER[:3] if launch.key.trial == 0 else FOREVER)
    experiment = lab.prepare(trials=9, jobs=2)
    stop_at(lab, experiment, *times, drain=len(times) > 1)
    result = experiment.run()
    assert result.state is ExperimentState.INTERRUPTED
    assert lab.states() == ["succeeded", "waiting", "waiting"]
    assert [t.attempts[0].state for t in lab.trials()[1:]] == [AttemptState.INTERRUPTED] * 2
    assert not any(t.startswith("ended") for t in lab.tuner.told())
    assert lab.clock.time < 1007.0


def test_a_third_stop_does_not_wait_for_the_grace_period(lab):
    lab.behaviour = lambda launch: lab.succeed(launch, *FOREVER)
    experiment = lab.prepare(grace_s=1000.0)
    lab.launcher.stubborn = {0}
    stop_at(lab, experiment, 1005.0, 1006.0, 1007.0)
    experiment.run()
    assert lab.launcher.calls == ["start 0.0", "terminate 0.0", "kill 0.0"]
    assert lab.clock.time < 1008.0


# Tuners and others that break


def test_a_tuner_that_raises_ends_the_run_and_loses_nothing(lab):
    batches = [Batch((lab.suggest(0.1),)), ZeroDivisionError("by my own fault")]
    lab.tuner = lab.scripted(batches)
    lab.behaviour = lambda launch: lab.succeed(launch, *FOREVER[: 30 * launch.key.trial])
    result = lab.run(jobs=2, trials=9)
    assert result.state is ExperimentState.FAILED
    assert result.reason.startswith("tuner 'scripted' raised ZeroDivisionError: by my own fault (")
    assert "conftest.py:" in result.reason
    assert lab.states() == ["succeeded", "waiting"]
    assert lab.trials()[1].attempts[0].state is AttemptState.INTERRUPTED


@pytest.mark.parametrize("kind", list(EventKind)[:3])
def test_a_tuner_that_raises_while_it_is_told_ends_the_run(lab, kind):
    def decide(event):
        if event.kind is kind:
            raise KeyError("lr")
        return Decision.CONTINUE

    lab.tuner.decide = decide
    lab.behaviour = lambda launch: lab.succeed(launch, *FOREVER[: 1 + launch.key.trial])
    result = lab.run(jobs=2, trials=9)
    assert result.state is ExperimentState.FAILED
    assert "raised KeyError: 'lr'" in result.reason
    assert not {"running"} & set(lab.states())
    events = [entry for entry in lab.stored_log() if isinstance(entry, Event)]
    assert events[-1].order == len(events) - 1
    assert kind in {event.change.kind for event in events}


@pytest.mark.parametrize(
    ("batch", "text"),
    [
        (None, "returned None from suggest, not a Batch"),
        (Batch(()), "waits although"),
        ("two", "returned 2 suggestions for 1"),
        ("outside", "outside of the search space: 'train/lr/uniform': 3.0 is outside"),
        ("unknown", "no parameter 'x'"),
    ],
)
def test_what_a_tuner_must_not_return_is_said(lab, batch, text):
    made = {
        "two": Batch((lab.suggest(0.1), lab.suggest(0.2))),
        "outside": Batch((lab.suggest(3.0),)),
        "unknown": Batch((type(lab.suggest(1))({"x": 1}),)),
    }
    lab.tuner = lab.scripted([made.get(batch, batch) if isinstance(batch, str) else batch])
    result = lab.run()
    assert result.state is ExperimentState.FAILED
    assert text in result.reason


def test_a_decision_that_is_none_is_said(lab):
    lab.tuner.decide = lambda event: None
    assert "returned None from observe, not a Decision" in lab.run(trials=2).reason


def test_an_observer_that_raises_leaves_a_state_to_go_on_from(lab):
    experiment = lab.prepare()

    def raising(trial):
        raise BrokenPipeError("no terminal")

    lab.log.trial_started = raising
    with pytest.raises(BrokenPipeError):
        experiment.run()
    assert lab.launcher.closed
    assert lab.states() == ["running"]
