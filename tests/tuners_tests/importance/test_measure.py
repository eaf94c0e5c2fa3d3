"""Importance of parameters, on functions whose importance can be written down."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from nnic.tuners.importance.fanova import main_shares
from nnic.tuners.importance.forest import Boxes, TreeGrower
from nnic.tuners.importance.measure import METHODS, ImportanceReport, measure_importance
from nnic.tuners.mapping.cube import Cube
from nnic.tuners.space import Condition, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.spaces import EXTREME, MIXED

Function = Callable[[Mapping[str, Any]], float]


def uniform(key: str, **more: Any) -> Parameter:
    return Parameter(key, Sampler.UNIFORM, (0.0, 1.0), **more)


NUMBERS = SearchSpace((uniform("a"), uniform("b"), uniform("c")))
BRANCHES = SearchSpace(
    (
        Parameter("kind", Sampler.CHOICE, ("x", "y", "z", "w")),
        uniform("a"),
        uniform("below x", condition=Condition("kind", 0)),
        uniform("below y", condition=Condition("kind", 1)),
    )
)


def evaluate(space: SearchSpace, function: Function, n: int, **options: Any) -> ImportanceReport:
    cube = Cube(space)
    configs = [cube.decode(row) for row in cube.snap(cube.sample(np.random.default_rng(0), n))]
    return measure_importance(space, configs, [function(config) for config in configs], **options)


def values(report: ImportanceReport) -> dict[str, float]:
    return {p.key: p.value for p in report.parameters}


def test_fanova_of_a_sum() -> None:
    # The variance of 3a + b is 9/12 + 1/12.
    report = evaluate(NUMBERS, lambda c: 3 * c["a"] + c["b"], 400)
    assert values(report) == pytest.approx({"a": 0.9, "b": 0.1, "c": 0.0}, abs=0.04)
    assert [p.key for p in report.parameters] == ["a", "b", "c"]
    assert report.quality is not None
    assert report.quality > 0.9
    assert report.trials == 400


def test_fanova_of_a_product_is_joint() -> None:
    # (a - 1/2)(b - 1/2) has no main effect at all.
    report = evaluate(NUMBERS, lambda c: (c["a"] - 0.5) * (c["b"] - 0.5), 400)
    assert report.joint is not None
    assert report.joint > 0.7
    assert max(values(report).values()) < 0.15


def test_fanova_of_a_choice_and_a_number() -> None:
    # A coin of 0 and 1 has the variance 1/4, the number 1/12.
    levels = {"x": 0.0, "y": 1.0, "z": 0.0, "w": 1.0}
    found = values(evaluate(BRANCHES, lambda c: levels[c["kind"]] + c["a"], 300))
    assert found["kind"] == pytest.approx(0.75, abs=0.04)
    assert found["a"] == pytest.approx(0.25, abs=0.04)


def test_fanova_of_a_condition() -> None:
    # f = u below x, else 0. With p = 1/4: Var f = p/3 - (p/2)^2 = 13/192; of the choice alone
    # (1/2)^2 p (1 - p) = 9/192; of u alone p^2/12 = 1/192.
    report = evaluate(BRANCHES, lambda c: c.get("below x", 0.0), 400)
    found = values(report)
    assert found["kind"] == pytest.approx(9 / 13, abs=0.06)
    assert found["below x"] == pytest.approx(1 / 13, abs=0.04)
    assert found["below y"] < 0.02
    present = {p.key: p.present for p in report.parameters}
    assert present["kind"] == 1
    assert present["below x"] == pytest.approx(0.25, abs=0.07)


def test_intervals_hold_the_truth_and_narrow_with_more_trials() -> None:
    few, many = (evaluate(NUMBERS, lambda c: 3 * c["a"] + c["b"], n).parameters[0] for n in (40, 400))
    assert few.low <= 0.9 <= few.high
    assert many.high - many.low < few.high - few.low


def test_what_the_forest_does_not_know_has_no_quality() -> None:
    noise = np.random.default_rng(5)
    report = evaluate(NUMBERS, lambda c: noise.standard_normal(), 100)
    assert report.quality is not None
    assert report.quality < 0.2


def test_ped_anova_looks_at_the_best() -> None:
    # Far from the best a is all that matters; among the best trials b decides.
    def function(config: Mapping[str, Any]) -> float:
        return max(config["a"] - 0.5, 0.0) * 100 + (config["b"] - 0.3) ** 2

    assert values(evaluate(NUMBERS, function, 300))["a"] > 0.8
    found = values(evaluate(NUMBERS, function, 300, method="ped-anova"))
    assert found["b"] > found["a"] > found["c"]
    assert sum(found.values()) == pytest.approx(1)


def test_ped_anova_does_not_mind_where_was_searched() -> None:
    # All of c lies in one place, and says nothing: neither does its density among the best.
    rng = np.random.default_rng(1)
    configs = [{"a": rng.random(), "b": rng.random(), "c": 0.4 + 0.01 * rng.random()} for _ in range(200)]
    losses = [(config["a"] - 0.3) ** 2 for config in configs]
    found = values(measure_importance(NUMBERS, configs, losses, "ped-anova"))
    assert found["a"] > 0.8
    assert found["c"] < 0.1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("space", [MIXED, EXTREME], ids=["mixed", "extreme"])
def test_any_space(method: str, space: SearchSpace) -> None:
    report = evaluate(space, lambda c: float(len(repr(sorted(c.items())))), 60, method=method)
    assert len(report.parameters) == len(space)
    for p in report.parameters:
        assert 0 <= p.low <= p.value <= p.high <= 1


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides(method: str) -> None:
    first, second = (evaluate(NUMBERS, lambda c: c["a"], 50, method=method, seed=3) for _ in range(2))
    assert first == second


def test_losses_without_a_number_are_left_out_and_large_ones_do_not_overflow() -> None:
    configs = [{"a": i / 40, "b": (7 * i % 40) / 40, "c": 0.5} for i in range(40)]
    losses = [math.inf if i % 4 == 0 else 1e308 * (config["a"] - 0.5) for i, config in enumerate(configs)]
    report = measure_importance(NUMBERS, configs, losses)
    assert report.trials == 30
    assert report.parameters[0].key == "a"
    assert report.parameters[0].value > 0.7


def test_too_little_is_refused() -> None:
    config = {"a": 0.5, "b": 0.5, "c": 0.5}
    with pytest.raises(ValueError, match="10 trials with a result, there are 9"):
        measure_importance(NUMBERS, [config] * 9, [1.0] * 9)
    with pytest.raises(ValueError, match="same result"):
        measure_importance(NUMBERS, [config] * 12, [1.0] * 12)
    with pytest.raises(ValueError, match="not by 'guess'"):
        measure_importance(NUMBERS, [config] * 12, [1.0] * 12, "guess")
    with pytest.raises(ValueError, match="above 0 and below 1"):
        measure_importance(NUMBERS, [config] * 12, [1.0] * 12, "ped-anova", best=1.0)


def test_a_tree_is_a_partition_with_the_means_of_its_rows() -> None:
    rng = np.random.default_rng(2)
    cube = Cube(BRANCHES)
    rows = cube.sample_all(rng, 120)
    y = rows[:, 0] + rows[:, 1]
    tree = TreeGrower(cube.options, 4, 5, rng).grow(rows, y, np.arange(120))
    assert tree.shares().prod(axis=1).sum() == pytest.approx(1)
    guesses = tree.predict(rows)
    for value in np.unique(guesses):
        inside = guesses == value
        assert inside.sum() >= 5
        assert y[inside].mean() == pytest.approx(value)


def test_the_variance_of_boxes() -> None:
    # 1 where a < 1/4, else 0: all of the variance is a's.
    tree = Boxes(np.array([1.0, 0.0]), np.array([[0, 0], [0.25, 0]]), np.array([[0.25, 1], [1, 1]]), {})
    assert main_shares(tree) == pytest.approx([1, 0])
