"""Sobol points, annealing and evolution beyond the public suite."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from nnic.tuners.protocol import (
    BatchStatus,
    EventKind,
    Objective,
    Problem,
    Suggestion,
    Trial,
    TrialEvent,
    TrialState,
)
from nnic.tuners.registry import make_tuner
from nnic.tuners.search.evolution import EvolutionTuner
from nnic.tuners.search.sobol_points import sobol_points
from nnic.tuners.space import Condition, Constraint, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.fake_launcher import FakeLauncher
from nnic.tuners.testing.spaces import PLANE, small_space

S = Sampler
BOWL = SearchSpace(tuple(Parameter(f"x{i}", S.UNIFORM, (0, 1)) for i in range(4)))
MODELS = SearchSpace(
    (
        Parameter("model", S.CHOICE, ("a", "b", "c")),
        *(Parameter(f"x{o}", S.UNIFORM, (0, 1), condition=Condition("model", o)) for o in range(3)),
    )
)


def bowl(config):
    return sum((config[f"x{i}"] - 0.2 * i) ** 2 for i in range(4))


def models(config):
    level = {"a": 0.5, "b": 0.0, "c": 0.3}[config["model"]]
    return level + next(abs(v - 0.8) for k, v in config.items() if k != "model")


def best(name, space, loss, trials, seed=0, jobs=1, options=None, maximize=False):
    problem = Problem(space, (Objective("loss", maximize),), seed=seed, jobs=jobs)
    sign = -1 if maximize else 1
    tuner = make_tuner(name, problem, options)
    launcher = FakeLauncher(tuner, problem, lambda s, trial: [sign * loss(s.config)])
    launcher.run(trials)
    return min(sign * trial.values[0] for trial in launcher.history if trial.values)


def plane(name, **options):
    batch = make_tuner(name, Problem(PLANE), options).suggest(256)
    return np.array([[s.config["x"], s.config["y"]] for s in batch.suggestions])


# -- Sobol ---------------------------------------------------------------------------------------


def test_sobol_points_leave_no_holes():
    # Of 256 points one lies in each of the 256 cells of a 16 x 16 grid (a net in base 2).
    points = plane("sobol")
    assert len({tuple(cell) for cell in np.floor(points * 16).astype(int)}) == 256
    assert qmc.discrepancy(points) < 0.05 * qmc.discrepancy(plane("random"))


def test_sobol_points_differ_by_seed():
    first, second = (make_tuner("sobol", Problem(PLANE, seed=seed)).suggest(8) for seed in (1, 2))
    assert first != second


def test_sobol_leaves_out_what_was_imported_and_ends():
    tuner = make_tuner("sobol", Problem(small_space()))
    known = Trial(0, Suggestion({"a": "x", "b": 6}), TrialState.SUCCEEDED, values=(1.0,))
    tuner.observe(TrialEvent(0, EventKind.IMPORTED, known))
    batch = tuner.suggest(10)
    assert batch.status is BatchStatus.EXHAUSTED
    assert len(batch.suggestions) == 6
    assert known.suggestion.config not in [s.config for s in batch.suggestions]


def test_sobol_finds_what_few_of_its_points_satisfy():
    far = Constraint("x ** 2 + y ** 2 <= 1e-6", (("x", "x"), ("y", "y")))
    assert len(make_tuner("sobol", Problem(PLANE, constraints=(far,))).suggest(5).suggestions) == 5


# -- those that learn ----------------------------------------------------------------------------

LEARNING = [("anneal", {}), ("evolution", {}), ("evolution", {"regularized": True})]


@pytest.mark.parametrize(("name", "options"), LEARNING)
def test_they_are_ahead_of_random_search(name, options):
    # Medians are 0.02, 0.14 and 0.28 of those of random search.
    ours = [best(name, BOWL, bowl, 100, seed, options=options) for seed in range(15)]
    theirs = [best("random", BOWL, bowl, 100, seed) for seed in range(15)]
    assert np.median(ours) < 0.6 * np.median(theirs)


@pytest.mark.parametrize(("name", "options"), LEARNING)
def test_they_maximise_as_well(name, options):
    again = best(name, BOWL, bowl, 60, options=options, maximize=True)
    assert best(name, BOWL, bowl, 60, options=options) == again


@pytest.mark.parametrize(("name", "options"), LEARNING)
def test_they_learn_below_a_choice(name, options):
    found = [best(name, MODELS, models, 100, seed, jobs=4, options=options) for seed in range(15)]
    theirs = [best("random", MODELS, models, 100, seed, jobs=4) for seed in range(15)]
    assert np.median(found) < 0.6 * np.median(theirs)


@pytest.mark.parametrize(("name", "options"), LEARNING)
def test_they_learn_from_imported_results(name, options):
    found = []
    for seed in range(24):
        problem = Problem(PLANE, (Objective("loss", False),), trials=64, seed=seed)
        tuner = make_tuner(name, problem, options)
        rng = np.random.default_rng(seed)
        for number in range(60):
            config = {"x": float(rng.random()), "y": float(rng.random())}
            trial = Trial(number, Suggestion(config), TrialState.SUCCEEDED, values=(abs(config["x"] - 0.9),))
            tuner.observe(TrialEvent(number, EventKind.IMPORTED, trial))
        found += [s.config["x"] for s in tuner.suggest(20).suggestions]
    # The regularized one forgets the oldest, the best of them too: 0.66, the others 0.9.
    assert np.median(found) > (0.58 if options else 0.8)


def test_windows_of_annealing_shrink():
    tuner = make_tuner("anneal", Problem(PLANE, (Objective("loss", False),)), {"avg_best_idx": 1})
    for number in range(90):
        config = {"x": 0.5, "y": 0.5 + number / 1000}
        trial = Trial(number, Suggestion(config), TrialState.SUCCEEDED, values=(number / 90,))
        tuner.observe(TrialEvent(number, EventKind.IMPORTED, trial))
    points = np.array([[s.config["x"], s.config["y"]] for s in tuner.suggest(200).suggestions])
    # 90 trials had both: the window is a tenth of the range, around the best.
    assert np.abs(points - 0.5).max() <= 0.05
    assert np.abs(points - 0.5).max() > 0.045


def test_the_oldest_die_in_regularized_evolution():
    problem = Problem(PLANE, (Objective("loss", False),))
    for regularized in (False, True):
        tuner = EvolutionTuner(problem, population_size=4, sample_size=4, regularized=regularized)
        for number in range(8):  # the first four are the best
            x = 0.1 if number < 4 else 0.9
            config = {"x": x, "y": number / 10}
            trial = Trial(number, Suggestion(config), TrialState.SUCCEEDED, values=(float(number),))
            tuner.observe(TrialEvent(number, EventKind.IMPORTED, trial))
        median = np.median([s.config["x"] for s in tuner.suggest(40).suggestions])
        assert bool(median > 0.5) is regularized


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("anneal", {"avg_best_idx": 0.5}, "avg_best_idx"),
        ("anneal", {"shrink_coef": -1}, "shrink_coef"),
        ("evolution", {"population_size": 1}, "population_size"),
        ("evolution", {"sample_size": "1"}, "sample_size"),
    ],
)
def test_options_out_of_range(name, options, message):
    with pytest.raises(ValueError, match=message):
        make_tuner(name, Problem(PLANE), options)


@pytest.mark.parametrize("name", ["anneal", "evolution"])
def test_they_take_one_objective(name):
    with pytest.raises(ValueError, match="one objective"):
        make_tuner(name, Problem(PLANE, (Objective("a"), Objective("b"))))


@pytest.mark.parametrize("dimensions", [1, 2, 50, 51])
def test_sobol_points_are_those_of_scipy(dimensions):
    expected = qmc.Sobol(dimensions, scramble=False).random(1024)
    assert np.array_equal(sobol_points(1024, dimensions), expected)
    assert np.array_equal(sobol_points(13, dimensions), expected[:13])
