from __future__ import annotations

import math
import random
import statistics

import pytest

from nnic.tuners.history import History, running_averages
from nnic.tuners.protocol import Report, Suggestion, Trial, TrialState


def trial(number: int, curve: list[float], state: TrialState = TrialState.SUCCEEDED) -> Trial:
    reports = tuple(Report(step, (value,)) for step, value in enumerate(curve))
    return Trial(number, Suggestion({}), state, reports)


def test_trials_by_id_and_in_order():
    history = History()
    for number in (3, 1, 2, 7, 5):
        history.record(trial(number, []))
    assert [t.id for t in history] == [1, 2, 3, 5, 7]
    assert len(history) == 5
    assert 7 in history
    assert 4 not in history
    assert history[5].id == 5
    with pytest.raises(KeyError):
        history[4]


def test_only_finished_curves_are_indexed():
    history = History()
    for number, state in enumerate(TrialState):
        history.record(trial(number, [1.0, 2.0], state))
    assert history.finished == 1
    assert history.values(0).finite == [1.0]
    assert history.averages(1).finite == [1.5]
    assert len(history.averages(2)) == 0


def test_shorter_curves_are_absent_from_later_steps():
    history = History()
    history.record(trial(0, [1.0]))
    history.record(trial(1, [3.0, 5.0]))
    assert history.steps == 2
    assert len(history.averages(0)) == 2
    assert history.averages(1).finite == [4.0]


def test_recording_again_replaces():
    history = History()
    history.record(trial(0, [1.0, math.nan]))
    history.record(trial(1, [2.0]))
    history.record(trial(0, [4.0]))
    assert history.values(0).finite == [2.0, 4.0]
    assert history.steps == 1
    history.record(trial(0, [4.0], TrialState.FAILED))
    assert history.finished == 1
    assert history.values(0).finite == [2.0]


def test_running_averages_break_at_what_is_no_number():
    assert running_averages([1.0, 3.0, 5.0]) == [1.0, 2.0, 3.0]
    broken = running_averages([1.0, math.inf, 5.0])
    assert broken[0] == 1.0
    assert [math.isnan(value) for value in broken[1:]] == [True, True]


@pytest.mark.parametrize("maximize", [True, False])
def test_quantiles_agree_with_sorting(maximize):
    rng = random.Random(0)
    history, values = History(), []
    for number in range(31):
        values.append(rng.gauss(0, 1))
        history.record(trial(number, [values[-1]]))
        column = history.values(0)
        assert column.quantile(0.5, maximize) == pytest.approx(statistics.median(values))
        assert column.quantile(1.0, maximize) == (max(values) if maximize else min(values))
        assert column.quantile(0.0, maximize) == (min(values) if maximize else max(values))


@pytest.mark.parametrize(("maximize", "worst"), [(True, -math.inf), (False, math.inf)])
def test_broken_values_are_the_worst(maximize, worst):
    history = History()
    for number, value in enumerate([math.nan, math.inf, -math.inf, 1.0, 2.0, 3.0, 4.0]):
        history.record(trial(number, [value]))
    column = history.values(0)
    assert len(column) == 7
    assert column.quantile(0.0, maximize) == worst
    assert column.quantile(0.5, maximize) == (1.0 if maximize else 4.0)
    assert column.quantile(1 / 3 + 0.01, maximize) == worst
    with pytest.raises(ValueError, match="no finished trial"):
        history.values(1).quantile(0.5, maximize)
