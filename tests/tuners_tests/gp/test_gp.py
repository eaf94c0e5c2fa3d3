"""The Gaussian process tuner and what it is made of."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from nnic.tuners.gp.alternatives import Alternatives
from nnic.tuners.gp.batched_ascent import ascend
from nnic.tuners.gp.features import FeatureMap
from nnic.tuners.gp.fitting import Fit
from nnic.tuners.gp.log_ei import LogEI, log_h
from nnic.tuners.gp.matern import Hyperparameters, matern
from nnic.tuners.gp.maximizer import Maximizer
from nnic.tuners.gp.output_warping import OutputWarp
from nnic.tuners.gp.posterior import Posterior
from nnic.tuners.gp.trust_region import TrustRegion
from nnic.tuners.gp.tuner import GPTuner
from nnic.tuners.mapping.cube import Cube
from nnic.tuners.protocol import EventKind, Objective, Problem, Trial, TrialEvent, TrialState
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Condition, Constraint, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.fake_launcher import FakeLauncher
from nnic.tuners.testing.spaces import MIXED, PLANE

S = Sampler
RNG = np.random.default_rng


def slope(function, at, step=1e-5):
    """Central differences, whose error is that of the third derivative."""
    moves = step * np.eye(len(at))
    return np.array([(function(at + move) - function(at - move)) / (2 * step) for move in moves])


def some(count, seed=0):
    """Features of random rows of MIXED, values, hyperparameters."""
    rng = RNG(seed)
    cube = Cube(MIXED)
    features = FeatureMap(cube)
    points = features(cube.snap(cube.sample(rng, count)))
    start = Fit(features.group, features.scales, features.active).default().to_vector()
    hyper = Hyperparameters.from_vector(start + 0.5 * rng.standard_normal(len(start)))
    return features, points, rng.standard_normal(count), hyper


def run(space, loss, trials, seed=0, jobs=1, constraints=()):
    problem = Problem(space, (Objective("loss", False),), constraints, seed=seed, jobs=jobs)
    tuner = make_tuner("gp", problem)

    def curve(suggestion, trial):
        value = loss(suggestion.config)
        return None if value is None else [value]

    launcher = FakeLauncher(tuner, problem, curve)
    launcher.run(trials)
    return launcher, min(trial.values[0] for trial in launcher.history if trial.values)


# -- the parts ---------------------------------------------------------------------------------------


def test_the_kernel_and_its_slope():
    # k(1) of nu = 5/2 is (1 + sqrt 5 + 5/3) exp(-sqrt 5).
    value, slope = matern(np.array([0.0, 1.0]))
    assert value == pytest.approx([1.0, (1 + math.sqrt(5) + 5 / 3) * math.exp(-math.sqrt(5))])
    assert slope[0] == pytest.approx(-5 / 6)
    assert slope[1] == pytest.approx((matern(np.array([1 + 1e-6]))[0][0] - value[1]) / 1e-6, rel=1e-4)


def test_distances_count_choices_once_and_say_what_exists():
    space = SearchSpace(
        (
            Parameter("c", S.CHOICE, ("a", "b", "c")),
            Parameter("x", S.UNIFORM, (0, 1), condition=Condition("c", 0)),
            Parameter("one", S.CHOICE, ("only",)),
        )
    )
    cube = Cube(space)
    features = FeatureMap(cube)
    assert features.scales == 3  # the choice, the number, whether the number exists
    configs = [{"c": "a", "x": 0.5}, {"c": "b"}, {"c": "c"}, {"c": "a", "x": 0.75}]
    points = features(np.array([cube.encode({**config, "one": "only"}) for config in configs]))
    squared = ((points[:, None] - points) ** 2).sum(axis=2)
    assert squared[0, 1] == pytest.approx(2.0)  # another option, and x does not exist
    assert squared[1, 2] == pytest.approx(1.0)
    assert squared[0, 3] == pytest.approx(0.0625)


def test_the_gradient_of_the_fit():
    features, points, values, hyper = some(30)
    fit = Fit(features.group, features.scales, features.active)
    vector = hyper.to_vector()
    _, gradient = fit.loss(vector, points, values)
    numeric = slope(lambda v: fit.loss(v, points, values)[0], vector)
    assert gradient == pytest.approx(numeric, rel=1e-3, abs=1e-3)


def test_appending_points_changes_nothing_else():
    features, points, values, hyper = some(30)
    whole = Posterior(features.group, hyper, points, values[:, None])
    grown = Posterior(features.group, hyper, points[:20], values[:20, None])
    for i in range(20, 30):
        grown = grown.extended(points[i : i + 1], values[i : i + 1, None])
    for a, b in zip(whole.predict(points + 0.1), grown.predict(points + 0.1)):
        assert a == pytest.approx(b, rel=1e-6, abs=1e-8)


def test_the_posterior_of_two_points():
    # Worked out from equations 2.25 and 2.26 of Rasmussen and Williams, the mean's variance added.
    hyper = Hyperparameters(np.array([1.0]), 2.0, 0.5)
    posterior = Posterior(np.array([0]), hyper, np.array([[0.0], [1.0]]), np.array([[1.0], [-1.0]]))
    k = 2 * matern(np.array([1.0]))[0][0] + 1
    kernel = np.array([[3.5, k], [k, 3.5]])
    at = np.array([3.0, k])  # to the point at 0
    mean, variance = posterior.predict(np.array([[0.0]]))
    assert mean[0, 0] == pytest.approx(at @ np.linalg.solve(kernel, [1.0, -1.0]))
    assert variance[0] == pytest.approx(3.0 - at @ np.linalg.solve(kernel, at))


def test_the_logarithm_of_the_improvement_in_its_tail():
    # log(phi(z) + z Phi(z)), computed with 60 digits.
    z = np.array([-50.0, -5.0, 0.0, 3.0])
    value, slope = log_h(z)
    assert value == pytest.approx([-1258.744183, -16.744301, -0.918939, 1.098740], abs=1e-5)
    below, above = log_h(z - 1e-6)[0], log_h(z + 1e-6)[0]
    assert slope == pytest.approx((above - below) / 2e-6, rel=1e-5)
    far, steep = log_h(np.array([-1e6, -1000.0001, -999.9999]))
    assert far[0] == pytest.approx(-5e11)
    assert steep[0] == pytest.approx(1e6)
    assert far[1] == pytest.approx(far[2], rel=1e-6)


@pytest.mark.parametrize("noise", [1e-4, 0.3])
def test_the_gradient_of_the_improvement(noise):
    features, points, values, hyper = some(30)
    hyper = replace(hyper, noise=noise)
    versions = values[:, None] + 0.1 * RNG(1).standard_normal((30, 3))
    failing = Posterior(features.group, hyper, points, (values[:, None] > 0.5) * 1.0)
    posterior = Posterior(features.group, hyper, points, versions)
    found = LogEI(posterior, np.array([-1.0, -1.2, -0.8]), failing)
    at = points[:3] + 0.05
    value, gradient = found.with_gradient(at)
    assert value == pytest.approx(found.value(at))
    numeric = slope(lambda x: found.value(x.reshape(at.shape)).sum(), at.ravel())
    assert gradient.ravel() == pytest.approx(numeric, rel=1e-3, abs=2e-2)


def test_where_results_are_noisy_what_is_known_from_many_promises_little():
    features, points, _, hyper = some(3)
    often, once = np.repeat(points[:1], 60, axis=0), points[1:2] + 1.0
    known, values = np.concatenate([often, once]), np.zeros((61, 1))
    best, at = np.array([0.0]), np.concatenate([points[:1], once])
    gaps = {}
    for noise in (5e-4, 0.05):
        posterior = Posterior(features.group, replace(hyper, noise=noise), known, values)
        there, elsewhere = LogEI(posterior, best).value(at)
        deviations = np.sqrt(posterior.predict(at)[1])
        gaps[noise] = (elsewhere - there) - np.log(deviations[1] / deviations[0])
        parts = 1 - np.sqrt(noise / (deviations**2 + noise))
    # Both are expected to be as good as the best: the improvement itself is as the deviation.
    assert gaps[5e-4] == pytest.approx(0.0, abs=1e-3)
    assert gaps[0.05] == pytest.approx(np.log(parts[1] / parts[0]), rel=0.05)
    assert gaps[0.05] > 2


def test_climbing_a_bent_valley_within_a_box():
    def rosenbrock(points, which):
        del which
        a, b = points.T
        gradient = np.stack([400 * a * (b - a * a) + 2 * (1 - a), -200 * (b - a * a)], axis=1)
        return -(100 * (b - a * a) ** 2 + (1 - a) ** 2), gradient

    starts = RNG(0).uniform(-2, 2, (5, 2))
    for top, best in [((2.0, 2.0), (1.0, 1.0)), ((0.5, 2.0), (0.5, 0.25))]:
        low, high = np.array([-2.0, -2.0]), np.array(top)
        points, values = ascend(rosenbrock, starts, low, high, np.ones(2), 400)
        assert points == pytest.approx(np.tile(best, (5, 1)), abs=0.02)
        assert (values >= rosenbrock(np.clip(starts, low, high), None)[0]).all()


@pytest.mark.parametrize("bend", [math.inf, 1.0, 0.03])
def test_warped_losses_keep_their_order(bend):
    losses = np.array([-1e308, -3.0, -3.0, 0.0, 1e-300, 0.5, 7.0, 1e308])
    warp = OutputWarp.of(losses[1:-1]).bent(bend, losses[1:-1])
    values = warp(losses)
    assert np.isfinite(values).all()
    assert (np.diff(values) >= 0).all()
    assert warp(losses[1:-1]).mean() == pytest.approx(0.0, abs=1e-12)
    assert warp(losses[1:-1]).std() == pytest.approx(1.0)
    assert OutputWarp.from_json(warp.to_json()) == warp


def test_the_slope_of_a_warp():
    losses = np.array([0.1, 0.4, 1.0, 2.5, 9.0])
    for bend in (math.inf, 0.3):
        warp = OutputWarp.of(losses).bent(bend, losses)
        slopes = (warp(losses + 1e-6) - warp(losses - 1e-6))[1:] / 2e-6
        other = OutputWarp.of(losses).bent(3.0, losses)
        others = (other(losses + 1e-6) - other(losses - 1e-6))[1:] / 2e-6
        # At the lowest loss the logarithm ends; its slope there is that from above.
        first = (warp(losses[:1] + 1e-9) - warp(losses[:1])) / 1e-9
        other_first = (other(losses[:1] + 1e-9) - other(losses[:1])) / 1e-9
        expected = np.log(slopes / others).sum() + math.log(first[0] / other_first[0])
        assert warp.log_slope(losses) - other.log_slope(losses) == pytest.approx(expected, abs=1e-4)


def test_the_trust_region_grows_shrinks_and_begins_anew():
    region = TrustRegion()
    for _ in range(3):
        region.note(True, 4)
    assert region.length == 1.6
    lengths = []
    for _ in range(32):
        region.note(False, 4)
        lengths.append(region.length)
    assert lengths[3] == 0.8
    assert min(lengths) == 0.8 / 2**6
    assert lengths[-1] == 0.8
    low, high = TrustRegion(length=0.5).box(np.array([0.5, 0.1]), np.array([2.0, 0.5]))
    assert high[0] - low[0] == pytest.approx(1.0)
    assert (low[1], high[1]) == (0.0, pytest.approx(0.1 + 0.125))


# -- the tuner ---------------------------------------------------------------------------------------


def test_it_finds_the_bottom_of_a_valley():
    def loss(config):
        a, b = 15 * config["x"] - 5, 15 * config["y"]
        valley = b - 5.1 / (4 * math.pi**2) * a**2 + 5 / math.pi * a - 6
        return float(valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10)

    # One run in six ends in another of the three valleys; of random searches one in twenty gets there.
    for trials, jobs, seeds in ((30, 1, 8), (32, 4, 4)):
        found = [run(PLANE, loss, trials, seed, jobs)[1] for seed in range(seeds)]
        assert sum(value < 0.397887 + 0.1 for value in found) >= seeds / 2


def test_choices_and_what_exists_under_them():
    space = SearchSpace(
        (
            Parameter("model", S.CHOICE, ("a", "b", "c")),
            *(
                Parameter(f"x{m}", S.UNIFORM, (0, 1), condition=Condition("model", i))
                for i, m in enumerate("abc")
            ),
            Parameter("layers", S.RANDINT, (1, 9)),
        )
    )
    best = {"a": (0.1, 0.3), "b": (0.8, 0.0), "c": (0.4, 0.2)}

    def loss(config):
        center, level = best[config["model"]]
        gap = config[f"x{config['model']}"] - center
        return level + gap**2 + 0.05 * (config["layers"] - 6) ** 2

    launcher, found = run(space, loss, 30)
    assert found < 1e-3
    assert min(launcher.history, key=lambda t: t.values[0]).suggestion.config["model"] == "b"


def test_it_learns_what_fails():
    def loss(config):
        x, y = config["x"], config["y"]
        return None if x + y > 0.9 else math.sin(9 * x) + math.cos(7 * y) - x - y

    runs = [run(PLANE, loss, 30, seed) for seed in range(5)]
    failed = [[sum(t.suggestion.config.values()) > 0.9 for t in launcher.history] for launcher, _ in runs]
    # It pays to look just beyond the border. Without the model all 20 fail, and -1.1 is the best.
    assert np.median([sum(late[10:]) for late in failed]) <= 17
    assert np.median([found for _, found in runs]) < -2.5


def test_constraints_and_the_border_they_draw():
    constraint = Constraint("x + y <= 0.6", (("x", "x"), ("y", "y")))

    def loss(config):
        return (config["x"] - 0.5) ** 2 + (config["y"] - 0.5) ** 2

    found = [run(PLANE, loss, 25, seed, constraints=(constraint,))[1] for seed in range(7)]
    assert np.median(found) < 0.08 + 0.01  # 0.08 at (0.3, 0.3)


def test_running_trials_are_kept_apart():
    def loss(config):
        return math.sin(9 * config["x"]) + math.cos(7 * config["y"])

    problem = Problem(PLANE, (Objective("loss", False),), jobs=6)
    launcher = FakeLauncher(make_tuner("gp", problem), problem, lambda s, t: [loss(s.config)])
    launcher.run(24)
    last = np.array([[s.config["x"], s.config["y"]] for s in launcher.tuner.suggest(6).suggestions])
    gaps = np.linalg.norm(last[:, None] - last, axis=2)[~np.eye(6, dtype=bool)]
    assert gaps.min() > 0.005


def test_many_parameters_are_searched_in_a_trust_region():
    space = SearchSpace(tuple(Parameter(f"x{i}", S.UNIFORM, (0, 1)) for i in range(20)))

    def loss(config):
        return sum((value - 0.3) ** 2 for value in config.values())

    launcher, found = run(space, loss, 32)
    assert found < 1.5  # the best of 50 random configurations has 1.6
    best = min(launcher.history, key=lambda trial: trial.values[0]).suggestion.config
    last = launcher.tuner.suggest(1).suggestions[0].config
    moves = [abs(last[key] - best[key]) for key in best]
    assert np.exp(np.mean(np.log(np.maximum(moves, 1e-6)))) < 0.4


def test_options_out_of_range():
    with pytest.raises(ValueError, match="startup"):
        make_tuner("gp", Problem(PLANE), {"startup": 1})


def test_it_computes_on_one_thread(monkeypatch):
    """With more, the same seed would propose something else on a machine with more cores."""
    seen = []
    best = Maximizer.best

    def watched(*arguments):
        seen.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
        return best(*arguments)

    monkeypatch.setattr(Maximizer, "best", watched)
    with threadpool_limits(2, user_api="blas"):
        run(PLANE, lambda config: sum(map(float, config.values())), 12)
        after = {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
    assert set(seen) == {1}
    assert after == {2}


NESTED = SearchSpace(
    (
        Parameter("a", Sampler.CHOICE, ("p", "q", "q", "r")),
        Parameter("b", Sampler.CHOICE, (0, 1), condition=Condition("a", 3)),
        Parameter("x", Sampler.UNIFORM, (0, 1)),
    )
)


def test_every_option_that_the_best_row_has_not_is_an_alternative() -> None:
    rows = Cube(NESTED).activate(np.array([[0, 0, 0.1], [1, 0, 0.2], [3, 1, 0.3], [3, 0, 0.4]], dtype=float))
    alternatives, found = Alternatives(Cube(NESTED)), set()
    others = np.empty((0, 3))
    for _ in range(40):
        alternative = alternatives.choose(rows[2], rows[[2, 0, 1, 3]], others)
        assert alternative is not None
        found.add(alternative.held)
        row = np.full((1, 3), np.nan)
        for column, option in alternative.held:
            row[0, column] = option
        others = np.concatenate([others, row])
    # Equal options are one; an option below another one brings that one along.
    assert found == {((0, 0),), ((0, 1),), ((1, 0), (0, 3))}


def test_options_with_good_trials_and_with_few_are_looked_at_more_often() -> None:
    space = SearchSpace(
        (Parameter("c", Sampler.CHOICE, (0, 1, 2, 3)), Parameter("x", Sampler.UNIFORM, (0, 1)))
    )
    alternatives, ranked = Alternatives(Cube(space)), np.array([[0, 0.5], [2, 0.5], [1, 0.5], [3, 0.5]])
    others, looks = np.empty((0, 2)), [0, 0, 0, 0]
    for _ in range(66):
        alternative = alternatives.choose(ranked[0], ranked, others)
        assert alternative is not None
        looks[alternative.option] += 1
        others = np.concatenate([others, [[alternative.option, 0.5]]])
    assert looks[0] == 0
    assert looks[2] / looks[1] == pytest.approx(2, rel=0.1)
    assert looks[2] / looks[3] == pytest.approx(3, rel=0.15)
    assert Alternatives(Cube(SearchSpace(space.parameters[1:]))).choose(ranked[0], ranked, others) is None


def minimised(space: SearchSpace, seed: int, trials: int, loss: Callable[..., float]) -> list[float]:
    """The losses of a search, in order; ``loss`` takes the values of a configuration."""
    tuner, losses = GPTuner(Problem(space, (Objective("loss", False),), seed=seed)), []
    for number in range(trials):
        (suggestion,) = tuner.suggest(1).suggestions
        losses.append(loss(*suggestion.config.values()))
        trial = Trial(number, suggestion, TrialState.SUCCEEDED, values=(losses[-1],))
        tuner.observe(TrialEvent(number, EventKind.ENDED, trial))
    return losses


def units(count: int) -> tuple[Parameter, ...]:
    return tuple(Parameter(f"x{i}", Sampler.UNIFORM, (0, 1)) for i in range(count))


def test_an_option_whose_best_lies_elsewhere_is_found() -> None:
    """The best of the right option is far from that of the others, around which it is the worst."""

    def loss(option: int, *x: float) -> float:
        center, level = [(0.2, 0.05), (0.25, 0.06), (0.8, 0.0)][option]
        return level + sum((value - center) ** 2 for value in x)

    space = SearchSpace((Parameter("c", Sampler.CHOICE, (0, 1, 2)), *units(3)))
    assert min(minimised(space, 0, 60, loss)) < 0.01


def test_a_direction_that_looks_flat_from_both_ends_is_looked_into() -> None:
    centers = (0.45, 0.35, 0.5, 0.55, 0.65)

    def loss(*x: float) -> float:
        return sum(10 ** (i / 2) * (value - c) ** 2 for i, (value, c) in enumerate(zip(x, centers)))

    # Without doubts most of these end in a corner, at 0.2 to 2.5.
    assert all(min(minimised(SearchSpace(units(5)), seed, 45, loss)) < 0.01 for seed in (1, 3))


def test_the_tails_of_normal_samplers_are_left_alone() -> None:
    space = SearchSpace((Parameter("n", Sampler.NORMAL, (0, 1)), Parameter("x", Sampler.UNIFORM, (0, 1))))
    found: list[float] = []

    def loss(n: float, x: float) -> float:
        found.append(n)
        return math.tanh(-n) + x

    minimised(space, 0, 25, loss)
    assert 2.5 < max(found[6:]) < 3.01
    assert min(found[6:]) > -3.01
