"""BOHB: its brackets, the parts of its model, its options. Common cases are in test_rung_model.py."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnic.tuners.multifidelity.bohb import BohbTuner
from nnic.tuners.protocol import EventKind, Objective, Problem, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.spaces import PLANE

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
    found = tuner._largest()
    if found is None:
        return None
    good, rest = tuner._split(tuner._by_rung[found[0]], found[1])
    return len(good), len(rest)


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
def test_the_parts_are_of_the_largest_budget_with_enough_results(losses, options, sizes):
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_points_in_model": 0}, "min_points_in_model must be at least 1, got 0"),
        ({"top_n_percent": 100}, "top_n_percent must be above 0"),
        ({"num_samples": 0}, "num_samples"),
        ({"bandwidth_factor": 0}, "bandwidth_factor"),
        ({"min_bandwidth": 0}, "min_bandwidth"),
        ({"max_budget": 27}, "budgets from 1 to 27 must lie within those of the program, 1 to 9"),
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
