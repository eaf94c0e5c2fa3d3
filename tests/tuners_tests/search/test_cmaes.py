"""CMA-ES, its margin, and its categorical part."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from nnic.tuners.protocol import EventKind, Objective, Problem, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.registry import make_tuner
from nnic.tuners.search.categorical import CategoricalDistribution
from nnic.tuners.search.normal import NormalDistribution, rank_weights
from nnic.tuners.space import Parameter, Sampler, SearchSpace
from nnic.tuners.testing.fake_launcher import FakeLauncher
from nnic.tuners.testing.spaces import PLANE

S = Sampler


def run(space, loss, trials, seed=0, jobs=1, **options):
    problem = Problem(space, (Objective("loss", False),), seed=seed, jobs=jobs)
    tuner = make_tuner("cmaes", problem, options)
    launcher = FakeLauncher(tuner, problem, lambda s, trial: [loss(s.config)])
    launcher.run(trials)
    return launcher, min(trial.values[0] for trial in launcher.history if trial.values)


def no_cells(units):
    return units[:0], units[:0]


def test_the_constants_are_those_of_the_tutorial():
    # Hansen 2016, table 1, for n = 10 and lambda = 10; worked out by hand.
    normal = NormalDistribution(np.full(10, 0.5), 0.3, 10, [], no_cells)
    good = np.log(5.5) - np.log(np.arange(1, 6))
    mu_eff = good.sum() ** 2 / (good**2).sum()
    assert normal.weights[:5] == pytest.approx(good / good.sum())
    assert normal.weights[:5].sum() == pytest.approx(1.0)
    c_1 = 2 / (11.3**2 + mu_eff)
    c_mu = 2 * (mu_eff - 2 + 1 / mu_eff) / (144 + mu_eff)
    bad = rank_weights(10)[5:]
    bad_eff = bad.sum() ** 2 / (bad**2).sum()
    most = min(1 + c_1 / c_mu, 1 + 2 * bad_eff / (mu_eff + 2), (1 - c_1 - c_mu) / (10 * c_mu))
    assert normal.weights.sum() == pytest.approx(1 - most)


def test_it_solves_a_rotated_ellipsoid_from_several_starts():
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    space = SearchSpace(tuple(Parameter(f"x{i}", S.UNIFORM, (-3, 2)) for i in range(5)))

    def loss(config):
        x = axes @ np.array([config[f"x{i}"] for i in range(5)])
        return float(np.sum(10.0 ** (4 * np.arange(5) / 4) * (x - 0.3) ** 2))

    # Without learning the covariance matrix the medians are 12 and 8.
    for jobs in (1, 6):
        assert np.median([run(space, loss, 1000, seed, jobs)[1] for seed in range(5)]) < 1e-3


def test_integers_do_not_freeze():
    # Without a margin four of five runs keep a wrong integer, whatever the trials; one costs 1. With it
    # a quarter of the runs has one after 500 trials, and of sixty none after 800.
    space = SearchSpace(
        (
            *(Parameter(f"i{i}", S.RANDINT, (0, 2)) for i in range(6)),
            *(Parameter(f"x{i}", S.UNIFORM, (-10, 10)) for i in range(6)),
        )
    )

    def loss(config):
        numbers = sum((config[f"x{i}"] - 1.3) ** 2 for i in range(6))
        return float(numbers + sum(config[f"i{i}"] == i % 2 for i in range(6)))

    assert sum(run(space, loss, 800, seed)[1] > 0.9 for seed in range(8)) <= 1


def test_every_neighbouring_integer_stays_possible():
    rng = np.random.default_rng(1)
    count = 9

    def cells(units):
        index = np.clip(np.floor(units * count), 0, count - 1)
        return index / count, (index + 1) / count

    for _ in range(6):
        normal = NormalDistribution(rng.random(3), 0.2, 8, [0, 1], cells)
        for _ in range(60):
            points = np.stack([normal.sample(rng) for _ in range(8)])
            order = np.argsort(np.abs(points - 0.37).sum(axis=1))
            normal.update(points[order], normal.weights, np.zeros(8, dtype=bool))
        low, high = cells(normal.mean[:2])
        deviation = normal.deviations[:2]
        leave = norm.cdf((low - normal.mean[:2]) / deviation) + norm.sf((high - normal.mean[:2]) / deviation)
        assert (leave >= 0.99 / (3 * 8)).all()  # alpha is 1 / (n lambda)


def test_choices_are_learned():
    space = SearchSpace((*(Parameter(f"c{i}", S.CHOICE, tuple(range(5))) for i in range(8)), *PLANE))

    def loss(config):
        wrong = sum(config[f"c{i}"] != i % 5 for i in range(8))
        return wrong + (config["x"] - 0.2) ** 2 + (config["y"] - 0.7) ** 2

    assert np.median([run(space, loss, 400, seed)[1] for seed in range(2)]) < 1e-2


def test_options_keep_their_margin():
    categorical = CategoricalDistribution([4, 2])
    rng = np.random.default_rng(0)
    weights = np.maximum(rank_weights(6), 0) / np.maximum(rank_weights(6), 0).sum()
    for _ in range(300):
        options = np.stack([categorical.sample(rng) for _ in range(6)])
        categorical.update(options[np.argsort(-(options == 1).sum(axis=1), kind="stable")], weights)
    margin = 1 - math.sqrt(0.73)
    for share, count in zip(categorical.shares, (4, 2)):
        assert share.sum() == pytest.approx(1.0)
        assert share.min() == pytest.approx(margin / (count - 1))
        assert share.argmax() == 1


def test_it_starts_at_what_is_known():
    tuner = make_tuner("cmaes", Problem(PLANE, (Objective("loss", False),)), {"sigma0": 0.01})
    for number, x in enumerate([0.5, 0.8, 0.1]):
        trial = Trial(number, Suggestion({"x": x, "y": 0.2}), TrialState.SUCCEEDED, values=(abs(x - 0.7),))
        tuner.observe(TrialEvent(number, EventKind.IMPORTED, trial))
    for suggestion in tuner.suggest(8).suggestions:
        assert abs(float(suggestion.config["x"]) - 0.8) < 0.05
        assert abs(float(suggestion.config["y"]) - 0.2) < 0.05


def test_it_starts_anew_where_it_has_converged():
    space = SearchSpace(tuple(Parameter(f"x{i}", S.UNIFORM, (0, 1)) for i in range(2)))

    def loss(config):  # two valleys, the wider one is the worse
        u = np.array([config["x0"], config["x1"]])
        return float(min(0.1 + np.sum((u - 0.4) ** 2), 6 * np.sum((u - 0.8) ** 2)))

    later = 0
    for seed in range(6):
        launcher, found = run(space, loss, 1500, seed)
        late = np.array([[s.config["x0"], s.config["x1"]] for s in launcher.suggestions[400:]])
        assert np.ptp(late) > 0.5
        first = min(trial.values[0] for trial in list(launcher.history)[:300])
        later += first > 0.05 > found
    assert later >= 1  # six of ten runs come to the better valley after they have been in the other one


@pytest.mark.parametrize(
    ("options", "message"),
    [({"population_size": 3}, "population_size"), ({"sigma0": 0}, "sigma0"), ({"sigma0": "2"}, "sigma0")],
)
def test_options_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        make_tuner("cmaes", Problem(PLANE), options)
