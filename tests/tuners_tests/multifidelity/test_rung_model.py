"""Tuners that promote and model: which results they learn from, what stays random, what that buys."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from nnic.tuners.multifidelity.rung_model import RungModelTuner
from nnic.tuners.protocol import EventKind, Objective, Problem, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.fake_launcher import FakeLauncher
from nnic.tuners.testing.spaces import MIXED, PLANE

PROBLEM = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 9))
ENOUGH = {"asha_tpe": 10, "bohb": 5}  # results that make a model of the plane
FORTY: dict[str, dict[str, Any]] = {"asha_tpe": {"startup": 40}, "bohb": {"min_points_in_model": 38}}

both = pytest.mark.parametrize("name", ["asha_tpe", "bohb"])


def make(name: str, problem: Problem = PROBLEM, **options: Any) -> RungModelTuner:
    return cast(RungModelTuner, make_tuner(name, problem, options))


def taught(
    name: str, losses: Mapping[float, float], count: int = 40, seed: int = 0, **options: Any
) -> RungModelTuner:
    """A tuner that knows ``count`` results with each budget, best where ``x`` is as given."""
    tuner = make(name, replace(PROBLEM, seed=seed), **{"random_fraction": 0.0, **options})
    rng = np.random.default_rng(seed)
    for budget, best in losses.items():
        for _ in range(count):
            x, y = rng.random(2).tolist()
            tuner._learn({"x": x, "y": y}, budget, abs(x - best))
    return tuner


def median_x(tuner: RungModelTuner, count: int = 15) -> float:
    return float(np.median([s.config["x"] for s in tuner.suggest(count).suggestions]))  # type: ignore[misc]


def tell(tuner: RungModelTuner, number: int, suggestion: Suggestion, loss: float | None) -> None:
    state = TrialState.FAILED if loss is None else TrialState.SUCCEEDED
    values = None if loss is None else (loss,)
    tuner.observe(TrialEvent(number, EventKind.ENDED, Trial(number, suggestion, state, (), values)))


@both
def test_the_model_is_of_the_largest_budget_with_enough_results(name: str) -> None:
    assert median_x(taught(name, {1: 0.1, 9: 0.9})) > 0.7
    assert median_x(taught(name, {1: 0.1, 3: 0.9}, **FORTY[name])) > 0.4
    assert median_x(taught(name, {1: 0.1, 3: 0.1})) < 0.3
    few = taught(name, {1: 0.1})
    for number in range(ENOUGH[name] - 1):
        few._learn({"x": 0.9, "y": number / 10}, 9, 0.0)
    assert median_x(few) < 0.3
    few._learn({"x": 0.9, "y": 0.9}, 9, 0.0)
    assert median_x(few) > 0.3


@both
def test_a_part_is_random_and_all_without_a_model(name: str) -> None:
    assert 0.3 < median_x(taught(name, {9: 0.9}, random_fraction=1.0), 60) < 0.7
    assert 0.3 < median_x(taught(name, {9: 0.9}, ENOUGH[name] - 1), 60) < 0.7
    assert median_x(taught(name, {9: 0.9}, ENOUGH[name] + 25), 60) > 0.7


@both
def test_failures_teach_it_too(name: str) -> None:
    tuner = make(name, random_fraction=0.0)
    rng = np.random.default_rng(0)
    for _ in range(60):
        x, y = rng.random(2).tolist()
        tuner._learn({"x": x, "y": y}, 9, math.inf if x < 0.6 else 1.0)
    assert median_x(tuner) > 0.6


@both
def test_a_failure_that_is_retried_is_forgotten(name: str) -> None:
    tuner = make(name)
    (suggestion,) = tuner.suggest(1).suggestions
    tell(tuner, 0, suggestion, None)
    table = tuner._by_rung[0]
    assert table.losses[table.ranking()].tolist() == [math.inf]
    tell(tuner, 0, suggestion, 0.25)
    assert table.losses[table.ranking()].tolist() == [0.25]


@pytest.mark.parametrize(("name", "count"), [("asha_tpe", 40), ("asha_tpe", 500), ("bohb", 40)])
def test_running_trials_keep_apart(name: str, count: int) -> None:
    def spread(end: TrialState | None, seed: int) -> float:
        """Of the 12 next suggestions, with the first ones running or ended so."""
        tuner = taught(name, {9: 0.5}, count, seed)
        found = []
        for number in range(12):
            (suggestion,) = tuner.suggest(1).suggestions
            found.append(list(suggestion.config.values()))
            if end is not None:
                tuner.observe(TrialEvent(number, EventKind.ENDED, Trial(number, suggestion, end)))
        return float(np.std(found, axis=0).sum())  # type: ignore[arg-type]

    running = [spread(None, seed) for seed in range(24)]
    for end in (TrialState.CANCELLED, TrialState.FAILED):
        ended = [spread(end, seed) for seed in range(24)]
        # In the mean over 240 seeds 2.3, 1.5 and 2.7; where trials that run do not count it is 1.
        assert np.exp(np.mean(np.log(np.divide(running, ended)))) > 1.02


@both
def test_imported_results_make_a_model(name: str) -> None:
    tuner = make(name, random_fraction=0.0)
    rng = np.random.default_rng(2)
    for number in range(30):
        x, y = rng.random(2).tolist()
        trial = Trial(100 + number, Suggestion({"x": x, "y": y}), TrialState.SUCCEEDED, (), (abs(x - 0.8),))
        tuner.observe(TrialEvent(number, EventKind.IMPORTED, trial))
    assert median_x(tuner) > 0.65


@both
def test_a_long_run_goes_on_alike_from_its_state(name: str) -> None:
    problem = Problem(MIXED, (Objective("loss", False),), fidelity=Fidelity(1, 9), seed=3)
    launcher = FakeLauncher(make(name, problem), problem, lambda s, t: [len(str(s.config)) / (s.budget or 1)])
    launcher.run(700)
    again = make(name, problem)
    again.load(launcher.tuner.save())
    assert again.save() == launcher.tuner.save()
    assert again.suggest(5) == launcher.tuner.suggest(5)


@pytest.mark.parametrize(
    ("name", "others", "budget"),
    [("asha_tpe", {"asha": 0.85, "bohb": 1.0}, 400), ("bohb", {"hyperband": 0.85}, 500)],
)
def test_it_is_ahead_of_others_at_equal_budgets(name: str, others: dict[str, float], budget: float) -> None:
    # Over 36 seeds the ratios are 0.66, 0.84 and 0.68.
    ours, *theirs = ([regret(each, seed, budget) for seed in range(24)] for each in [name, *others])
    for regrets, most in zip(theirs, others.values()):
        assert np.mean(ours) < most * np.mean(regrets)


def regret(name: str, seed: int, budget: float) -> float:
    """How far the tuner's best trial with the whole budget is from the best, for ``budget`` in all."""
    space = SearchSpace(tuple(Parameter(f"x{i}", Sampler.UNIFORM, (0, 1)) for i in range(4)))
    problem = Problem(space, (Objective("loss", False),), fidelity=Fidelity(1, 9), seed=seed, jobs=4)

    def curve(suggestion: Suggestion, trial: int) -> list[float]:
        loss = sum((suggestion.config[f"x{i}"] - 0.3) ** 2 for i in range(4))  # type: ignore[operator]
        return [loss + 0.2 / (suggestion.budget or 1)]

    launcher = FakeLauncher(make_tuner(name, problem), problem, curve)
    spent = 0.0
    while spent < budget and launcher.step(10_000):
        spent = sum(s.budget or 0 for s in launcher.suggestions)
    return min(t.values[0] for t in launcher.history if t.values and t.suggestion.budget == 9)


@both
@pytest.mark.parametrize("fraction", [1.5, -0.1])
def test_the_random_part_out_of_range(name: str, fraction: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: random_fraction must be from 0 to 1, got {fraction}"):
        make(name, random_fraction=fraction)
