"""The densities of TPE: against their definition, and from the table of trials."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest, norm, truncnorm

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.protocol import EventKind, Objective, Problem, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.registry import make_tuner
from nnic.tuners.search.observations import Observations
from nnic.tuners.space import Parameter, Sampler, SearchSpace
from nnic.tuners.testing.spaces import MIXED, PLANE
from nnic.tuners.tpe.parzen import Parzen, neighbour_gaps
from nnic.tuners.tpe.product_kernels import ProductKernels


def log_kernel(cube: Cube, at: np.ndarray, row: np.ndarray, sigma: float, leak: float) -> float:
    """One kernel as its definition says, relative to the uniform density; without steps."""
    total = 0.0
    for x, own, options in zip(at, row, cube.options):
        if math.isnan(x) or math.isnan(own):
            continue
        if options:
            total += math.log(((x == own) + leak / options) / (1 + leak) * options)
        else:
            total += norm.logpdf(x, own, sigma) - math.log(norm.cdf(1, own, sigma) - norm.cdf(0, own, sigma))
    return total


def test_the_mixture_is_that_of_the_definition():
    space = SearchSpace(tuple(p for p in MIXED if not p.integer and not p.sampler.quantized))
    assert any(p.condition for p in space)
    cube, rng = Cube(space), np.random.default_rng(0)
    rows, points = cube.sample(rng, 7), cube.sample(rng, 20)
    weights = np.arange(1.0, 9.0)
    kernels = ProductKernels(cube)
    sigmas = np.full((7, len(kernels.numbers)), 0.2)
    found = Parzen(kernels, rows, sigmas, 0.4, weights).log_density(kernels.features(points))
    for point, value in zip(points, found):
        parts = [math.exp(log_kernel(cube, point, row, 0.2, 0.4)) for row in rows] + [1.0]
        assert value == pytest.approx(math.log(float(weights @ parts) / weights.sum()), abs=1e-9)


def test_steps_widen_a_kernel():
    cube = Cube(SearchSpace((Parameter("n", Sampler.RANDINT, (0, 4)),)))
    kernels = ProductKernels(cube)
    (row,) = kernels.coefficients(np.array([[0.125]]), np.float64(0.1), 1.0)
    assert row[0] == pytest.approx(-0.5 / (0.1**2 + 0.25**2 / 12))


def test_draws_follow_the_kernel_cut_off_at_the_ends():
    cube = Cube(SearchSpace((Parameter("x", Sampler.UNIFORM, (0, 1)),)))
    mixture = Parzen(ProductKernels(cube), np.array([[0.05]]), np.array([[0.2]]), 1.0, np.array([1.0, 1e-9]))
    drawn = mixture.sample(np.random.default_rng(1), 2000)[:, 0]
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert kstest(drawn, truncnorm(-0.25, 4.75, loc=0.05, scale=0.2).cdf).pvalue > 0.01


def test_gaps_are_those_to_the_neighbours():
    values = np.array([[0.1, np.nan], [0.4, 0.7], [0.9, np.nan]])
    # The middle counts as a value, what is absent gets 1.
    assert neighbour_gaps(values).tolist() == pytest.approx(np.array([[0.3, 1], [0.3, 0.2], [0.4, 1]]))


@pytest.mark.parametrize("violated", [False, True])
def test_the_best_are_the_first_of_the_ranking(violated):
    table, rng = Observations(1), np.random.default_rng(2)
    for line in range(300):
        table.append(rng.random(1))
        if line % 7:
            loss = math.inf if line % 11 == 0 else float(rng.integers(12))  # many are equal
            table.settle(line, loss, float(violated and line % 5 == 0))
    for count in (1, 2, 25, 26, 60, 200, 500):
        assert table.best(count).tolist() == table.ranking()[:count].tolist()


def feed(tuner, count: int, rng: np.random.Generator) -> None:
    for number in range(count):
        x, y = rng.random(2).tolist()
        loss = (x - 0.2) ** 2 + (y - 0.7) ** 2
        trial = Trial(number, Suggestion({"x": x, "y": y}), TrialState.SUCCEEDED, values=(loss,))
        tuner.observe(TrialEvent(number, EventKind.IMPORTED, trial))


@pytest.mark.parametrize("count", [395, 1990, 4500])
def test_many_results_are_as_good_a_model(count):
    problem = Problem(PLANE, (Objective("loss", False),), seed=3)
    tuner = make_tuner("tpe", problem)
    feed(tuner, count, np.random.default_rng(4))
    again = make_tuner("tpe", problem)
    again.load(tuner.save())
    configs = [s.config for s in tuner.suggest(20).suggestions]
    assert configs == [s.config for s in again.suggest(20).suggestions]
    gaps = [math.hypot(c["x"] - 0.2, c["y"] - 0.7) for c in configs]  # type: ignore[operator]
    assert np.median(gaps) < 0.1


def test_a_configuration_that_was_changed_counts_as_it_ran():
    tuner = make_tuner("tpe", Problem(PLANE, (Objective("loss", False),)))
    (suggestion,) = tuner.suggest(1).suggestions
    changed = replace(suggestion, config={"x": 0.25, "y": 0.75})
    tuner.observe(TrialEvent(0, EventKind.ENDED, Trial(0, changed, TrialState.SUCCEEDED, values=(1.0,))))
    assert tuner.observations.rows[tuner.ranked[0][-1]].tolist() == [0.25, 0.75]  # type: ignore[attr-defined]


def test_late_configurations_are_near_the_best():
    problem = Problem(PLANE, (Objective("loss", False),), seed=5)
    tuner = make_tuner("tpe", problem, {"local": 1.0})
    feed(tuner, 400, np.random.default_rng(6))
    best = [tuner.observations.rows[place[-1]] for place in tuner.ranked[:12]]  # type: ignore[attr-defined]
    for suggestion in tuner.suggest(20).suggestions:
        row = tuner.cube.encode(suggestion.config)  # type: ignore[attr-defined]
        assert min(np.abs(row - other).max() for other in best) <= 0.5 / (1 + 0.1 * 400)


def test_early_configurations_are_the_models():
    found = []
    for local in (0.0, 1.0):
        tuner = make_tuner("tpe", Problem(PLANE, (Objective("loss", False),), seed=7), {"local": local})
        feed(tuner, 59, np.random.default_rng(8))
        found.append([s.config for s in tuner.suggest(3).suggestions])
    assert found[0] == found[1]


def test_the_part_near_the_best_is_a_part():
    with pytest.raises(ValueError, match=r"tpe: local must be from 0 to 1, got 1\.5"):
        make_tuner("tpe", Problem(PLANE), {"local": 1.5})
