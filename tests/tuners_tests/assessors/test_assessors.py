from __future__ import annotations

import math

import pytest

from nnic.tuners.history import History
from nnic.tuners.protocol import Decision, Objective, Problem, Report, Suggestion, Trial, TrialState
from nnic.tuners.registry import make_assessor
from nnic.tuners.testing.spaces import PLANE


def trial(number: int, curve: list[float], state: TrialState = TrialState.SUCCEEDED) -> Trial:
    reports = tuple(Report(step, (value,)) for step, value in enumerate(curve))
    return Trial(number, Suggestion({}), state, reports)


def decide(
    curves: list[list[float]], running: list[float], maximize: bool = True, **options: object
) -> Decision:
    history = History()
    for number, curve in enumerate(curves):
        history.record(trial(number, curve))
    now = trial(99, running, TrialState.RUNNING)
    history.record(now)
    problem = Problem(PLANE, (Objective("default", maximize),))
    return make_assessor("medianstop", problem, options).assess(now, history)


FIVE = [[0.1, 0.3], [0.2, 0.4], [0.3, 0.5], [0.4, 0.6], [0.5, 0.7]]
"""At step 1 the running averages are 0.2, 0.3, 0.4, 0.5 and 0.6."""


@pytest.mark.parametrize(
    ("running", "decision"),
    [
        ([0.0, 0.39], Decision.STOP),
        ([0.39, 0.0], Decision.STOP),
        ([0.0, 0.4], Decision.CONTINUE),
        ([0.41, 0.0], Decision.CONTINUE),
        ([0.29], Decision.STOP),
        ([0.3], Decision.CONTINUE),
        ([math.nan, 0.5], Decision.CONTINUE),
        ([math.nan, math.nan], Decision.STOP),
        ([math.inf, 0.3], Decision.STOP),
    ],
)
def test_the_best_value_against_the_median_of_running_averages(running, decision):
    assert decide(FIVE, running) is decision
    mirrored = [[-value for value in curve] for curve in FIVE]
    assert decide(mirrored, [-value for value in running], maximize=False) is decision


def test_it_waits_for_five_finished_trials_and_for_its_first_step():
    assert decide(FIVE[:4], [0.0]) is Decision.CONTINUE
    assert decide(FIVE[:4], [0.0], min_finished=4) is Decision.STOP
    assert decide(FIVE, [0.0], start_step=1) is Decision.CONTINUE
    assert decide(FIVE, [0.0, 0.0], start_step=1) is Decision.STOP


def test_trials_that_ended_before_the_step_do_not_count():
    assert decide([*FIVE[:4], [0.9]], [0.0, 0.0]) is Decision.CONTINUE


def test_stopped_trials_do_not_count_as_finished():
    history = History()
    for number in range(9):
        history.record(trial(number, [0.9, 0.9], TrialState.STOPPED))
    for number, curve in enumerate(FIVE):
        history.record(trial(20 + number, curve))
    now = trial(99, [0.45], TrialState.RUNNING)
    assert make_assessor("medianstop", Problem(PLANE)).assess(now, history) is Decision.CONTINUE


def test_broken_curves_are_the_worst_of_the_finished():
    broken = [[math.nan, 0.9]] * 5
    assert decide([*FIVE, *broken, *broken], [-1e9, -1e9]) is Decision.CONTINUE
    assert decide([*FIVE, *broken[:2]], [0.0, 0.1]) is Decision.STOP


@pytest.mark.parametrize("options", [{"start_step": -1}, {"min_finished": 0}])
def test_options_out_of_range(options):
    with pytest.raises(ValueError, match="medianstop"):
        make_assessor("medianstop", Problem(PLANE), options)
