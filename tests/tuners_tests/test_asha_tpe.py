"""ASHA with a model: which results it learns from, and what that buys."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from nnic.tuners.asha_tpe import AshaTPETuner
from nnic.tuners.fake_launcher import FakeLauncher
from nnic.tuners.protocol import EventKind, Objective, Problem, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing_spaces import MIXED, PLANE

PROBLEM = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 9))


def taught(losses: Mapping[float, float], count: int = 40, **options: Any) -> AshaTPETuner:
    """A tuner that knows ``count`` results with each budget, best where ``x`` is as given."""
    tuner = AshaTPETuner(PROBLEM, random_fraction=0.0, **options)
    rng = np.random.default_rng(0)
    for budget, best in losses.items():
        for _ in range(count):
            x, y = rng.random(2).tolist()
            tuner._learn({"x": x, "y": y}, budget, abs(x - best))
    return tuner


def median_x(tuner: AshaTPETuner, count: int = 15) -> float:
    return float(np.median([s.config["x"] for s in tuner.suggest(count).suggestions]))  # type: ignore[misc]


def test_the_model_is_of_the_largest_budget_with_enough_results() -> None:
    assert median_x(taught({1: 0.1, 9: 0.9})) > 0.7
    assert median_x(taught({1: 0.1, 3: 0.9}, startup=40)) > 0.7
    assert median_x(taught({1: 0.1, 3: 0.1})) < 0.3
    few = taught({1: 0.1})
    for number in range(9):  # one less than a model takes
        few._learn({"x": 0.9, "y": number / 10}, 9, 0.0)
    assert median_x(few) < 0.3


def test_a_part_is_random_and_all_without_a_model() -> None:
    tuner = taught({9: 0.9})
    tuner._random = 1.0
    assert 0.3 < median_x(tuner, 60) < 0.7
    assert 0.3 < median_x(taught({9: 0.9}, count=9), 60) < 0.7


def test_failures_teach_it_too() -> None:
    tuner = taught({})
    rng = np.random.default_rng(0)
    for _ in range(60):
        x, y = rng.random(2).tolist()
        tuner._learn({"x": x, "y": y}, 9, math.inf if x < 0.6 else 1.0)
    assert median_x(tuner) > 0.6


def test_a_failure_that_is_retried_is_forgotten() -> None:
    tuner = AshaTPETuner(PROBLEM)
    (suggestion,) = tuner.suggest(1).suggestions
    tell(tuner, 0, suggestion, None)
    tell(tuner, 0, suggestion, 0.25)
    table = tuner._tables[0]
    assert table.losses[table.ranking()].tolist() == [0.25]


@pytest.mark.parametrize("count", [40, 500])
def test_running_trials_keep_apart(count: int) -> None:
    def spread(ended: bool) -> float:
        """Of the 12 next suggestions, with the first ones running or ended."""
        tuner = taught({9: 0.5}, count)
        found = []
        for number in range(12):
            (suggestion,) = tuner.suggest(1).suggestions
            found.append(list(suggestion.config.values()))
            if ended:
                tuner.observe(
                    TrialEvent(number, EventKind.ENDED, Trial(number, suggestion, TrialState.CANCELLED))
                )
        return float(np.std(found, axis=0).sum())  # type: ignore[arg-type]

    assert spread(False) > spread(True)


def tell(tuner: AshaTPETuner, number: int, suggestion: Suggestion, loss: float | None) -> None:
    state = TrialState.FAILED if loss is None else TrialState.SUCCEEDED
    values = None if loss is None else (loss,)
    tuner.observe(TrialEvent(number, EventKind.ENDED, Trial(number, suggestion, state, (), values)))


def test_imported_results_make_a_model() -> None:
    tuner = AshaTPETuner(PROBLEM, random_fraction=0.0)
    rng = np.random.default_rng(2)
    for number in range(30):
        x, y = rng.random(2).tolist()
        trial = Trial(100 + number, Suggestion({"x": x, "y": y}), TrialState.SUCCEEDED, (), (abs(x - 0.8),))
        tuner.observe(TrialEvent(number, EventKind.IMPORTED, trial))
    assert median_x(tuner) > 0.65


def test_a_long_run_goes_on_alike_from_its_state() -> None:
    problem = Problem(MIXED, (Objective("loss", False),), fidelity=Fidelity(1, 9), seed=3)
    launcher = FakeLauncher(
        AshaTPETuner(problem), problem, lambda s, t: [len(str(s.config)) / (s.budget or 1)]
    )
    launcher.run(700)
    again = AshaTPETuner(problem)
    again.load(launcher.tuner.save())
    assert again.suggest(5) == launcher.tuner.suggest(5)


def test_it_is_ahead_of_asha_and_bohb_at_equal_budgets() -> None:
    space = SearchSpace(tuple(Parameter(f"x{i}", Sampler.UNIFORM, (0, 1)) for i in range(4)))

    def regret(name: str, seed: int) -> float:
        problem = Problem(space, (Objective("loss", False),), fidelity=Fidelity(1, 9), seed=seed, jobs=4)

        def curve(suggestion: Suggestion, trial: int) -> list[float]:
            loss = sum((suggestion.config[f"x{i}"] - 0.3) ** 2 for i in range(4))  # type: ignore[operator]
            return [loss + 0.2 / (suggestion.budget or 1)]

        launcher = FakeLauncher(make_tuner(name, problem), problem, curve)
        spent = 0.0
        while spent < 400 and launcher.step(10_000):
            spent = sum(s.budget or 0 for s in launcher.suggestions)
        return min(t.values[0] for t in launcher.history if t.values and t.suggestion.budget == 9)

    ours, asha, bohb = ([regret(name, s) for s in range(6)] for name in ("asha_tpe", "asha", "bohb"))
    assert np.mean(ours) < 0.8 * np.mean(asha)
    assert np.mean(ours) < 0.8 * np.mean(bohb)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"startup": 0}, "asha_tpe: startup and candidates must be at least 1, got 0, 12"),
        ({"candidates": 0}, "asha_tpe: startup and candidates must be at least 1, got 10, 0"),
        ({"random_fraction": 1.5}, "asha_tpe: random_fraction must be from 0 to 1, got 1.5"),
        ({"bracket": 3}, "asha_tpe: bracket must be from 0 to 2"),
        ({"eta": 1}, "asha_tpe: eta must be above 1"),
    ],
)
def test_options_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_tuner("asha_tpe", PROBLEM, options)
