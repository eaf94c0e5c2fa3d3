"""The loop with a fake launcher and a fake clock: order, slots, limits, failures of trial 0."""

import math
from dataclasses import asdict

import pytest

from nnic.runtime.loop.launching import trial_seed
from nnic.runtime.store.log_entries import Ask, Baseline, Begin, Event
from nnic.runtime.store.records import ExperimentState
from nnic.tuners.protocol import Batch, BatchStatus


def test_the_scripts_own_values_run_first_and_alone(lab):
    result = lab.run(jobs=3, trials=4)
    assert lab.log.lines[:4] == ["started 0.0", "ended 0 succeeded", "best 0", "started 1.0"]
    assert result.state is ExperimentState.DONE
    assert result.reason == "4 trials are done"
    assert (result.baseline.id, result.best.id) == (0, 0)
    assert lab.launcher.launches[(0, 0)].document.parameters == {}
    assert lab.trials()[0].parameters == {"train/lr/uniform": 0.5}


def test_ids_follow_the_order_of_the_suggestions(lab):
    lab.run(jobs=2, trials=5)
    assert [t.parameters["train/lr/uniform"] for t in lab.trials()] == [0.5, 0.002, 0.003, 0.004, 0.005]
    assert lab.tuner.asked == [2, 2]


def test_what_a_trial_is_told(lab):
    lab.run(trials=2, seed=7)
    launch = lab.launcher.launches[(1, 0)]
    folder = lab.trials()[1].directory
    assert launch.directory == folder
    document = asdict(launch.document)
    assert document.pop("experiment").startswith("lab-")
    assert document.pop("program").endswith("/program")
    assert document == {
        "trial": 1,
        "attempt": 0,
        "seed": trial_seed(7, 1),
        "parameters": {"train/lr/uniform": 0.001},
        "options": {},
        "budget": None,
        "parent": None,
        "checkpoint": "",
        "checkpoint_source": "",
        "output_dir": str(folder / "output"),
        "judged": False,
        "nested": None,
    }
    assert len({trial_seed(seed, trial) for seed in range(9) for trial in range(9)}) == 81


def test_suggestions_are_committed_before_they_are_launched(lab):
    experiment = lab.prepare(trials=3)
    start = lab.launcher.start

    def checked(launch):
        stored = {trial.id: trial for trial in lab.trials()}
        assert stored[launch.key.trial].status.value == "running"
        assert isinstance(lab.stored_log()[-1], (Baseline, Event))
        start(launch)

    lab.launcher.start = checked
    experiment.run()
    assert len(lab.launcher.calls) == 3


def test_observers_hear_of_what_is_committed(lab):
    experiment = lab.prepare(trials=3)
    lab.behaviour = lambda launch: lab.succeed(launch, 0.1, 0.2)
    seen = []

    def ended(trial):
        seen.append(lab.trials()[trial.id] == trial)

    lab.log.trial_ended = ended
    lab.log.trial_reported = lambda trial: seen.append(lab.trials()[trial.id].reports == trial.reports)
    experiment.run()
    assert seen == [True] * 9


def test_the_tuner_hears_everything_once_and_in_order(lab):
    lab.behaviour = lambda launch: lab.succeed(launch, 0.1, 0.2, final=0.3)
    lab.run(trials=3)
    assert [event.order for event in lab.tuner.events] == list(range(9))
    assert lab.tuner.told() == [
        "imported 0 succeeded",
        "started 1",
        "report 1 0.1",
        "report 1 0.2",
        "ended 1 succeeded",
        "started 2",
        "report 2 0.1",
        "report 2 0.2",
        "ended 2 succeeded",
    ]
    last = lab.tuner.events[4].trial
    assert (last.values, [r.values for r in last.reports]) == ((0.3,), [(0.1,), (0.2,)])
    assert lab.tuner.events[0].trial.suggestion.config == {"train/lr/uniform": 0.5}


def test_own_values_outside_the_space_are_not_told(lab):
    lab.default = 7.0
    result = lab.run(trials=2)
    assert lab.tuner.told() == ["started 1", "ended 1 succeeded"]
    assert result.baseline.metric == 1.0


def test_when_the_own_values_fail_nothing_else_starts(lab):
    lab.behaviour = lambda launch: lab.fail(launch, 3)
    result = lab.run(jobs=4)
    assert result.state is ExperimentState.FAILED
    assert result.reason == "trial #0 (your own values) failed after 1.0 s: exited with 3"
    assert lab.launcher.calls == ["start 0.0"]
    assert lab.tuner.asked == []


def test_the_run_goes_on_all_the_same_when_asked(lab):
    lab.behaviour = lambda launch: lab.fail(launch) if launch.key.trial == 0 else lab.succeed(launch)
    result = lab.run(keep_going=True, trials=3)
    assert lab.states() == ["failed", "succeeded", "succeeded"]
    assert (result.state, result.best.id) == (ExperimentState.DONE, 1)
    assert lab.tuner.told()[0] == "started 1"


def test_a_run_in_which_every_trial_failed_has_failed(lab):
    lab.behaviour = lambda launch: lab.fail(launch, 2)
    result = lab.run(keep_going=True, trials=3)
    assert (result.state, result.best) == (ExperimentState.FAILED, None)
    assert result.reason == "every trial failed; the last: exited with 2"


def test_jobs_bound_what_runs_at_once(lab):
    running, most = set(), []

    def behaviour(launch):
        running.add(launch.key)
        most.append(len(running))
        return lab.succeed(launch)

    lab.behaviour = behaviour
    lab.log.trial_ended = lambda trial: running.discard((trial.id, trial.attempt))
    lab.run(jobs=3, trials=20)
    assert max(most) == 3


def test_the_time_limit_cancels_what_runs(lab):
    lab.behaviour = lambda launch: lab.succeed(launch, *[0.1] * 9)
    result = lab.run(jobs=2, trials=None, time_s=15.5)
    assert result.state is ExperimentState.DONE
    assert result.reason == "the time limit of 15.5 s is reached"
    assert lab.states() == ["succeeded", "cancelled", "cancelled"]
    assert lab.tuner.told()[-2:] == ["ended 1 cancelled", "ended 2 cancelled"]
    assert lab.clock.time == pytest.approx(1015.5)


def test_a_tuner_with_nothing_more_ends_the_run(lab):
    batch = Batch((lab.suggest(0.1),), BatchStatus.EXHAUSTED, "the grid is done")
    lab.tuner = lab.scripted([batch])
    result = lab.run(trials=None)
    assert (result.state, result.reason) == (ExperimentState.DONE, "the grid is done")
    assert lab.tuner.asked == [1]
    assert lab.states() == ["succeeded", "succeeded"]


def test_a_tuner_that_waits_is_asked_again_after_an_event(lab):
    wait = Batch((), BatchStatus.WAIT, "rung 0 is not full")
    lab.tuner = lab.scripted([Batch((lab.suggest(0.1),)), wait])
    lab.run(jobs=2, trials=4)
    assert lab.tuner.asked == [2, 1, 2, 1][: len(lab.tuner.asked)]
    assert "waiting rung 0 is not full" in lab.log.lines
    assert lab.log.lines.index("waiting rung 0 is not full") < lab.log.lines.index("ended 1 succeeded")


@pytest.mark.parametrize("status", [BatchStatus.WAIT, BatchStatus.READY])
def test_a_tuner_that_waits_for_nothing_is_an_error(lab, status):
    lab.tuner = lab.scripted([Batch((), status, "no reason")])
    result = lab.run()
    assert result.state is ExperimentState.FAILED
    assert result.reason == "tuner 'scripted' waits although no trial is running (no reason)"


def test_a_result_that_is_no_number_is_a_result_but_never_the_best(lab):
    finals = {0: math.nan, 1: math.inf, 2: 0.5, 3: -math.inf}
    lab.behaviour = lambda launch: lab.succeed(launch, final=finals[launch.key.trial])
    result = lab.run()
    assert lab.states() == ["succeeded"] * 4
    assert result.best.id == 2
    assert math.isnan(lab.tuner.events[0].trial.values[0])


def test_the_last_final_result_counts(lab):
    def behaviour(launch):
        first, second = lab.metric(launch, 0.1, True, 0), lab.metric(launch, 0.2, True, 40)
        return [first, second, *lab.succeed(launch, final=0.3)[-1:]]

    lab.behaviour = behaviour
    assert lab.run(trials=1).best.metric == 0.2


def test_what_comes_from_another_attempt_is_ignored(lab):
    def behaviour(launch):
        stranger = type(launch.key)(9, 0)
        older = type(launch.key)(launch.key.trial, 5)
        late = lab.metric(launch, 9.0)
        extra = [type(late)(stranger, late.metric), type(late)(older, late.metric)]
        return [*extra, *lab.succeed(launch, 0.1), 1.0, late]

    lab.behaviour = behaviour
    lab.run(trials=2)
    assert [t.intermediate for t in lab.trials()] == [(0.1,), (0.1,)]


def test_one_commit_a_turn(lab):
    experiment = lab.prepare(trials=5, jobs=2)
    commits = []
    begin = lab.store._database.begin
    lab.store._database.begin = lambda: (commits.append(lab.clock.time), begin())
    experiment.run()
    # A start, then one for each moment at which trials ended, and the end with the tuner's state.
    assert len(commits) <= 6


def test_the_log_is_what_happened(lab):
    lab.run(trials=2)
    assert [type(entry) for entry in lab.stored_log()] == [Begin, Baseline, Event, Ask, Event, Event]


def test_a_thousand_trials(lab):
    result = lab.run(trials=1000, jobs=4)
    assert result.reason == "1000 trials are done"
    assert [t.id for t in lab.trials()] == list(range(1000))
