"""When each assessor stops a trial, by hand."""

from __future__ import annotations

import math

import pytest

from nnic.tuners.history import History
from nnic.tuners.protocol import Decision, Objective, Problem, Report, Suggestion, Trial, TrialState
from nnic.tuners.registry import make_assessor
from nnic.tuners.testing.spaces import PLANE


def trial(number: int, curve: list[float], state: TrialState = TrialState.SUCCEEDED) -> Trial:
    return Trial(number, Suggestion({}), state, tuple(Report(s, (v,)) for s, v in enumerate(curve)))


def stops(
    name: str,
    others: list[Trial],
    curve: list[float],
    maximize: bool = True,
    **options: object,
) -> list[int]:
    """The steps at which a trial with ``curve`` would be stopped."""
    history = History()
    for other in others:
        history.record(other)
    assessor = make_assessor(name, Problem(PLANE, (Objective("default", maximize),)), options)
    found = []
    for step in range(len(curve)):
        now = trial(99, curve[: step + 1], TrialState.RUNNING)
        history.record(now)
        if assessor.assess(now, history) is Decision.STOP:
            found.append(step)
    return found


def mirrored(trials: list[Trial]) -> list[Trial]:
    return [trial(t.id, [-r.values[0] for r in t.reports], t.state) for t in trials]


# -- asha ----------------------------------------------------------------------------------------


def level(number: int, value: float, length: int = 9, state: TrialState = TrialState.SUCCEEDED) -> Trial:
    return trial(number, [value] * length, state)


def test_asha_lets_the_best_third_of_a_rung_go_on():
    others = [level(n, n / 10) for n in range(5)]  # 0.0 to 0.4
    # With five others and itself there are two places on each of the rungs at 1, 3 and 9 reports.
    assert stops("asha", others, [0.35] * 9) == []
    assert stops("asha", others, [0.25] * 9) == [0, 2, 8]
    assert stops("asha", others, [0.25, 0.25, 0.35, 0.2]) == [0]
    assert stops("asha", mirrored(others), [-0.25] * 9, maximize=False) == [0, 2, 8]


def test_asha_counts_running_and_stopped_trials_where_they_were():
    others = [level(0, 0.9, 3, TrialState.STOPPED), level(1, 0.8, 3, TrialState.RUNNING)]
    assert stops("asha", others, [0.5] * 9) == [0, 2]  # the first to get to the third rung
    assert stops("asha", [], [0.1] * 9) == []
    assert stops("asha", [level(0, math.nan)], [0.5] * 9) == []


def test_asha_stops_what_is_no_number_unless_it_is_the_first():
    others = [level(n, n / 10) for n in range(5)]
    assert stops("asha", others, [math.nan] * 3) == [0, 2]
    assert stops("asha", others, [math.inf] * 3) == [0, 2]


@pytest.mark.parametrize(
    ("options", "rungs"),
    [
        ({"eta": 2}, [0, 1, 3, 7]),
        ({"min_reports": 2}, [1, 5]),
        ({"bracket": 1}, [2, 8]),
        ({"eta": 4, "min_reports": 2}, [1, 7]),
        ({"eta": 1.5}, [0, 1, 2, 4, 7]),  # 1, 1.5, 2.25, 3.4, 5.1, 7.6, rounded
    ],
)
def test_rungs_of_asha(options, rungs):
    others = [level(n, 1.0) for n in range(9)]
    assert stops("asha", others, [0.0] * 9, **options) == rungs


# -- percentile ----------------------------------------------------------------------------------


def test_percentile_keeps_the_best_quarter_of_those_that_got_there():
    others = [level(n, n / 10, 4 if n % 2 else 9, TrialState.STOPPED) for n in range(9)]  # 0.0 to 0.8
    assert stops("percentile", others, [0.6] * 9) == []
    assert stops("percentile", others, [0.59] * 4) == [0, 1, 2, 3]
    # Later only 0.0, 0.2, ... 0.8 are left: the third best of five is 0.6 again.
    assert stops("percentile", others, [0.59] * 9, start_step=5) == [5, 6, 7, 8]
    assert stops("percentile", others, [0.6, 0.1, 0.1]) == []  # its best value counts
    assert stops("percentile", others, [0.35] * 9, percentile=50) == list(range(9))
    assert stops("percentile", others, [0.4] * 9, percentile=50) == []
    assert stops("percentile", mirrored(others), [-0.59] * 4, maximize=False) == [0, 1, 2, 3]


def test_percentile_waits_for_enough_trials_and_looks_at_intervals():
    others = [level(n, n / 10) for n in range(4)]
    assert stops("percentile", others, [0.0] * 4) == []
    assert stops("percentile", others, [0.0] * 8, min_trials=4, start_step=1, gap=3) == [1, 4, 7]


# -- patience ------------------------------------------------------------------------------------


def test_patience_runs_out_below_the_best():
    best = [level(0, 0.9)]
    curve = [0.1, 0.5, 0.5, 0.4, 0.5, 0.6, 0.6, 0.6]
    assert stops("patience", best, curve, patience=3) == [4]
    assert stops("patience", best, curve, patience=2) == [3, 4, 7]
    assert stops("patience", best, curve, patience=2, min_delta=0.2) == [3, 4, 5, 6, 7]
    assert stops("patience", best, curve, patience=2, start_step=4) == [4, 7]
    lower = [-v for v in curve]
    assert stops("patience", mirrored(best), lower, patience=2, maximize=False) == [3, 4, 7]
    assert stops("patience", mirrored(best), lower, patience=2, min_delta=0.2, maximize=False) == [
        3,
        4,
        5,
        6,
        7,
    ]


def test_patience_keeps_the_leader():
    curve = [0.5] * 9
    assert stops("patience", [], curve, patience=2) == []
    assert stops("patience", [level(0, 0.4)], curve, patience=2) == []
    assert stops("patience", [level(0, 0.6, 9, TrialState.STOPPED)], curve, patience=2) == []
    assert stops("patience", [level(0, 0.5)], curve, patience=2) == [2, 3, 4, 5, 6, 7, 8]


def test_patience_takes_what_is_no_number_for_no_improvement():
    curve = [math.nan, 0.5, math.inf, math.nan, 0.6]
    assert stops("patience", [level(0, 0.9)], curve, patience=2) == [3]
    assert stops("patience", [level(0, 0.9)], [math.nan] * 3, patience=2) == [1, 2]


# -- threshold -----------------------------------------------------------------------------------


def test_thresholds():
    curve = [0.1, 0.5, math.nan, 0.9, math.inf, -math.inf]
    assert stops("threshold", [], curve, lower=0.2) == [0, 2, 4, 5]
    assert stops("threshold", [], curve, upper=0.8) == [2, 3, 4, 5]
    assert stops("threshold", [], curve, lower="0.2", upper="0.8", start_step=1, gap=2) == [3, 5]
    assert stops("threshold", [], curve[:2], lower=0.1, upper=0.5) == []


# -- options -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("asha", {"eta": 1}, "asha: eta must be above 1, got 1"),
        ("asha", {"min_reports": 0}, "min_reports must be at least 1"),
        ("asha", {"bracket": -1}, "bracket cannot be negative"),
        ("percentile", {"percentile": 100}, "percentile must be above 0 and below 100, got 100"),
        ("percentile", {"min_trials": 0}, "min_trials"),
        ("percentile", {"gap": 0}, "percentile: gap must be at least 1, got 0"),
        ("patience", {"patience": 0}, "patience must be at least 1"),
        ("patience", {"min_delta": -1}, "min_delta cannot be negative"),
        ("patience", {"start_step": -1}, "patience: start_step cannot be negative"),
        ("threshold", {}, "needs one of the options 'lower' and 'upper'"),
        ("threshold", {"lower": 2, "upper": 1}, "lower must be below upper"),
        ("curvefitting", {"start_step": 3}, "start_step must be at least 4, got 3"),
        ("curvefitting", {"epoch_num": 6}, "epoch_num must be above start_step, got 6 and 6"),
        ("curvefitting", {"threshold": 1}, "threshold must be above 0.5 and below 1"),
        ("curvefitting", {"gap": 0}, "curvefitting: gap must be at least 1"),
    ],
)
def test_options_out_of_range(name, options, message):
    with pytest.raises(ValueError, match=message):
        make_assessor(name, Problem(PLANE), options)


def test_options_of_nni():
    problem = Problem(PLANE, (Objective("default", False),))
    assert make_assessor("Medianstop", problem, {"optimize_mode": "minimize", "start_step": 5})
    options = {"epoch_num": "20", "start_step": "6", "threshold": "0.95", "gap": "1"}
    assert make_assessor("Curvefitting", problem, options)
