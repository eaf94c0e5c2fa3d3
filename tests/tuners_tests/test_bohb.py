"""BOHB: its brackets, which results its model learns from, and what that buys."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnic.tuners.bohb import BohbTuner
from nnic.tuners.fake_launcher import FakeLauncher
from nnic.tuners.protocol import EventKind, Objective, Problem, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing_spaces import PLANE

PROBLEM = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 9))


def tell(tuner: BohbTuner, number: int, suggestion: Suggestion, loss: float | None) -> None:
    state = TrialState.FAILED if loss is None else TrialState.SUCCEEDED
    values = None if loss is None else (loss,)
    tuner.observe(TrialEvent(number, EventKind.ENDED, Trial(number, suggestion, state, (), values)))


def test_new_configurations_are_dealt_to_the_brackets_of_hyperband():
    tuner = BohbTuner(PROBLEM)
    budgets = [tuner.suggest(1).suggestions[0].budget for _ in range(17 + 17)]
    assert budgets == [*[1] * 9, *[3] * 5, *[9] * 3] * 2  # Li et al. 2018, Algorithm 1 with R = 9


def test_brackets_promote_for_themselves():
    tuner = BohbTuner(PROBLEM)
    batch = tuner.suggest(14).suggestions
    for number, suggestion in enumerate(batch):
        tell(tuner, number, suggestion, number / 100)
    promoted = [s for s in tuner.suggest(4).suggestions if s.parent is not None]
    # A third of nine from the first bracket, and one of the five that began with a budget of 3.
    assert [(s.parent, s.budget) for s in promoted] == [(0, 3), (1, 3), (2, 3), (9, 9)]


def observations(losses: dict[float, list[float | None]], **options: object) -> tuple[int, int] | None:
    """The sizes of the parts that the model is made of, given losses by budget."""
    tuner = BohbTuner(PROBLEM, **options)  # type: ignore[arg-type]
    rng = np.random.default_rng(0)
    for budget, values in losses.items():
        for loss in values:
            tuner._learn({"x": rng.random(), "y": rng.random()}, budget, math.inf if loss is None else loss)
    parts = tuner._observations()
    return None if parts is None else (len(parts[0]), len(parts[1]))


@pytest.mark.parametrize(
    ("losses", "options", "sizes"),
    [
        # With two parameters N_min is 3, and N_min + 2 results make a model.
        ({1: [0.1] * 4}, {}, None),
        ({1: [0.1] * 5}, {}, (3, 3)),
        ({1: [0.1] * 40}, {}, (6, 34)),
        ({1: [0.1] * 100, 9: [0.1] * 5}, {}, (3, 3)),
        ({1: [0.1] * 100, 9: [0.1] * 4}, {}, (15, 85)),
        ({1: [0.1] * 100}, {"top_n_percent": 25}, (25, 75)),
        ({1: [0.1] * 11}, {"min_points_in_model": 9}, (9, 9)),
        # Failures count as results, and are none of the best.
        ({1: [0.1] * 3 + [None] * 20}, {}, (3, 20)),
        ({1: [0.1] * 2 + [None] * 20}, {}, None),
        ({1: [0.1] * 9, 3: [None] * 20}, {}, (3, 6)),
    ],
)
def test_the_model_is_of_the_largest_budget_with_enough_results(losses, options, sizes):
    assert observations(losses, **options) == sizes


def test_it_learns_where_the_good_ones_are():
    space = SearchSpace(
        (
            Parameter("x", Sampler.UNIFORM, (0, 1)),
            Parameter("c", Sampler.CHOICE, ("a", "b", "c", "d")),
        )
    )
    problem = Problem(space, (Objective("loss", False),), fidelity=Fidelity(1, 9))
    tuner = BohbTuner(problem, random_fraction=0.0)
    rng = np.random.default_rng(1)

    def loss(config):
        return abs(config["x"] - 0.7) + (config["c"] != "c")

    for _ in range(60):
        config = {"x": rng.random(), "c": "abcd"[int(rng.integers(4))]}
        tuner._learn(config, 9, loss(config))
    configs = []
    for _ in range(60):
        (suggestion,) = tuner.suggest(1).suggestions
        configs.append(suggestion.config)
        tuner._learn(suggestion.config, 9, loss(suggestion.config))
    assert np.mean([c["c"] == "c" for c in configs]) > 0.8
    assert np.median([abs(c["x"] - 0.7) for c in configs[30:]]) < 0.15  # at random 0.35


def test_running_trials_keep_apart():
    def spread(told: bool) -> float:
        """Of the 12 next suggestions, with the first ones running or ended."""
        tuner = BohbTuner(PROBLEM, random_fraction=0.0)
        rng = np.random.default_rng(1)
        for _ in range(40):
            x, y = rng.random(2).tolist()
            tuner._learn({"x": x, "y": y}, 9, abs(x - 0.5) + abs(y - 0.5))
        found = []
        for number in range(12):
            (suggestion,) = tuner.suggest(1).suggestions
            found.append(list(suggestion.config.values()))
            if told:
                tell(tuner, number, suggestion, None)
        return float(np.std(found, axis=0).sum())  # type: ignore[arg-type]

    assert spread(False) > 1.5 * spread(True)


def test_it_is_ahead_of_hyperband_at_equal_budgets():
    space = SearchSpace(tuple(Parameter(f"x{i}", Sampler.UNIFORM, (0, 1)) for i in range(4)))

    def regret(name: str, seed: int) -> float:
        problem = Problem(space, (Objective("loss", False),), fidelity=Fidelity(1, 9), seed=seed, jobs=4)

        def curve(suggestion: Suggestion, trial: int) -> list[float]:
            loss = sum((suggestion.config[f"x{i}"] - 0.3) ** 2 for i in range(4))  # type: ignore[operator]
            return [loss + 0.2 / (suggestion.budget or 1)]

        launcher = FakeLauncher(make_tuner(name, problem), problem, curve)
        spent = 0.0
        while spent < 500 and launcher.step(10_000):
            spent = sum(s.budget or 0 for s in launcher.suggestions)
        return min(t.values[0] for t in launcher.history if t.values and t.suggestion.budget == 9)

    ours = [regret("bohb", seed) for seed in range(6)]
    theirs = [regret("hyperband", seed) for seed in range(6)]
    assert np.mean(ours) < 0.8 * np.mean(theirs)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_points_in_model": 0}, "min_points_in_model must be at least 1, got 0"),
        ({"top_n_percent": 100}, "top_n_percent must be above 0"),
        ({"num_samples": 0}, "num_samples"),
        ({"random_fraction": 1.5}, "random_fraction must be from 0 to 1, got 1.5"),
        ({"bandwidth_factor": 0}, "bandwidth_factor"),
        ({"min_bandwidth": 0}, "min_bandwidth"),
        ({"max_budget": 27}, "budgets from 1 to 27 do not lie within those of the program, 1 to 9"),
        ({"eta": 1}, "eta"),
    ],
)
def test_options_out_of_range(options, message):
    with pytest.raises(ValueError, match=f"bohb: .*{message}|{message}"):
        make_tuner("BOHB", PROBLEM, options)


def test_options_of_nni():
    options = {"optimize_mode": "minimize", "min_budget": 3, "max_budget": 9, "eta": 3, "num_samples": 32}
    assert make_tuner("BOHB", PROBLEM, options).suggest(1).suggestions[0].budget == 3
    with pytest.raises(ValueError, match=r"bohb gives trials budgets.*@nni.budget"):
        make_tuner("bohb", Problem(PLANE))


def test_imported_results_make_a_model():
    tuner = BohbTuner(PROBLEM, random_fraction=0.0)
    rng = np.random.default_rng(2)
    for number in range(30):
        x, y = rng.random(2).tolist()
        trial = Trial(100 + number, Suggestion({"x": x, "y": y}), TrialState.SUCCEEDED, (), (abs(x - 0.8),))
        tuner.observe(TrialEvent(number, EventKind.IMPORTED, trial))
    assert np.median([s.config["x"] for s in tuner.suggest(15).suggestions]) > 0.65


def test_a_retried_failure_is_forgotten():
    tuner = BohbTuner(PROBLEM)
    (suggestion,) = tuner.suggest(1).suggestions
    tell(tuner, 0, suggestion, None)
    tell(tuner, 0, suggestion, 0.25)
    table = tuner._tables[0]
    assert table.losses[table.ranking()].tolist() == [0.25]
