"""What each tuner does beyond the public suite."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.multifidelity.hyperband import HyperbandTuner
from nnic.tuners.protocol import (
    BatchStatus,
    Decision,
    EventKind,
    Objective,
    Problem,
    Report,
    Suggestion,
    Trial,
    TrialEvent,
    TrialState,
    Tuner,
)
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Condition, Constraint, Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.fake_launcher import FakeLauncher
from nnic.tuners.testing.spaces import MIXED, PLANE, small_space

S = Sampler


def configs(tuner: Tuner, n: int) -> list[dict[str, object]]:
    return [dict(suggestion.config) for suggestion in tuner.suggest(n).suggestions]


# -- grid ----------------------------------------------------------------------------------------


def test_a_grid_is_refined_as_in_nni():
    # The example in the comments of NNI's grid search tuner (nni/algorithms/hpo/gridsearch_tuner.py).
    space = SearchSpace(
        (
            Parameter("x", S.CHOICE, (5, 7)),
            Parameter("y", S.NORMAL, (0, 1)),
            Parameter("z", S.QUNIFORM, (2, 3, 1), integer=True),
        )
    )
    tuner = make_tuner("grid", Problem(space))
    first, second = configs(tuner, 2), configs(tuner, 10)
    assert first == [{"x": 5, "y": 0.0, "z": 2}, {"x": 7, "y": 0.0, "z": 2}]
    below, quartile = pytest.approx(-0.6744897501960817), pytest.approx(0.6744897501960817)
    assert second[:5] == [
        {"x": 5, "y": 0.0, "z": 3},
        {"x": 5, "y": below, "z": 2},
        {"x": 5, "y": below, "z": 3},
        {"x": 5, "y": quartile, "z": 2},
        {"x": 5, "y": quartile, "z": 3},
    ]
    assert {config["x"] for config in second[5:]} == {7}


def test_a_grid_with_a_resolution_is_a_product():
    space = SearchSpace((Parameter("x", S.UNIFORM, (-1, 1)), Parameter("y", S.RANDINT, (0, 1000))))
    batch = make_tuner("grid", Problem(space), {"resolution": "3"}).suggest(100)
    assert batch.status is BatchStatus.EXHAUSTED
    found = [(s.config["x"], s.config["y"]) for s in batch.suggestions]
    assert found == [(x, y) for x in (-1.0, 0.0, 1.0) for y in (0, 500, 999)]
    with pytest.raises(ValueError, match="resolution"):
        make_tuner("grid", Problem(space), {"resolution": 0})


def test_a_grid_gives_every_branch_its_own():
    space = SearchSpace(
        (
            Parameter("a", S.CHOICE, ("plain", "tuned")),
            Parameter("b", S.UNIFORM, (0, 1), condition=Condition("a", 1)),
        )
    )
    found = configs(make_tuner("grid", Problem(space)), 8)
    assert found[0] == {"a": "plain"}
    assert found.count({"a": "plain"}) == 1
    assert [config["b"] for config in found[1:]] == [0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875]


def test_a_grid_does_not_refine_what_never_exists():
    repeated = Parameter("a", S.CHOICE, (1, 1))
    space = SearchSpace((repeated, Parameter("b", S.UNIFORM, (0, 1), condition=Condition("a", 1))))
    batch = make_tuner("grid", Problem(space)).suggest(5)
    assert [dict(s.config) for s in batch.suggestions] == [{"a": 1}]
    assert batch.status is BatchStatus.EXHAUSTED


def test_a_grid_reaches_the_tails_of_a_quantised_normal_and_ends():
    space = SearchSpace((Parameter("x", Sampler.QNORMAL, (0, 1, 0.5)),))
    batch = make_tuner("grid", Problem(space)).suggest(100)
    found = sorted(s.config["x"] for s in batch.suggestions)
    assert found == [step / 2 for step in range(-16, 17)]
    assert batch.status is BatchStatus.EXHAUSTED


def test_a_grid_ends_where_floats_end():
    space = SearchSpace((Parameter("x", S.UNIFORM, (1.0, 1.0 + 4.5e-16)),))
    batch = make_tuner("grid", Problem(space)).suggest(100)
    assert batch.status is BatchStatus.EXHAUSTED
    assert len(batch.suggestions) <= 4


# -- batch ---------------------------------------------------------------------------------------


def test_a_batch_is_tried_in_order():
    given = [{"x": 0.5, "y": 1}, {"y": 0.25, "x": 0}]
    tuner = make_tuner("batch", Problem(PLANE), {"configs": given})
    assert configs(tuner, 1) == [{"x": 0.5, "y": 1.0}]
    batch = tuner.suggest(4)
    assert [dict(s.config) for s in batch.suggestions] == [{"x": 0.0, "y": 0.25}]
    assert batch.status is BatchStatus.EXHAUSTED
    again = make_tuner("batch", Problem(PLANE), {"configs": '[{"x": 0.5, "y": 1}, {"y": 0.25, "x": 0}]'})
    again.load(tuner.save())
    assert again.suggest(1).status is BatchStatus.EXHAUSTED


def test_a_batch_takes_short_names():
    space = SearchSpace((Parameter("train/lr/loguniform", S.LOGUNIFORM, (1e-4, 1.0)),))
    assert configs(make_tuner("batch", Problem(space), {"configs": [{"lr": 0.1}]}), 1) == [
        {"train/lr/loguniform": 0.1}
    ]


def test_a_batch_may_be_a_single_choice_as_in_nni():
    space = SearchSpace((Parameter("combine_params", S.CHOICE, ("first", "second")),))
    assert configs(make_tuner("BatchTuner", Problem(space)), 5) == [
        {"combine_params": "first"},
        {"combine_params": "second"},
    ]
    with pytest.raises(ValueError, match="needs the option 'configs'"):
        make_tuner("batch", Problem(PLANE))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"x": 0.5}], "configuration 0: no value for 'y'"),
        ([{"x": 0, "y": 0}, {"x": 2, "y": 0}], "configuration 1: 'x': 2.0 is outside"),
        ([{"x": 0, "y": 0, "z": 0}], "no parameter 'z'"),
        ([3], "must be a mapping|takes"),
    ],
)
def test_a_batch_names_what_does_not_fit(given, message):
    with pytest.raises(ValueError, match=message):
        make_tuner("batch", Problem(PLANE), {"configs": given})


# -- random search -------------------------------------------------------------------------------


def test_random_search_finds_a_needle_that_the_constraints_leave():
    far = Constraint("x ** 2 + y ** 2 <= 1e-6", (("x", "x"), ("y", "y")))
    batch = make_tuner("random", Problem(PLANE, constraints=(far,))).suggest(5)
    assert len(batch.suggestions) == 5
    for suggestion in batch.suggestions:
        assert suggestion.config["x"] ** 2 + suggestion.config["y"] ** 2 <= 1e-6  # type: ignore[operator]


def test_constraints_that_nothing_satisfies():
    never = Constraint("x > 2", (("x", "x"),))
    for name in ("random", "tpe"):
        batch = make_tuner(name, Problem(PLANE, constraints=(never,))).suggest(1)
        assert batch.status is BatchStatus.EXHAUSTED
        assert "satisfies the constraints" in batch.reason


def test_constraints_reach_below_a_choice():
    only = Constraint("c == 0 and d", (("c", "c"), ("d", "d")))
    batch = make_tuner("random", Problem(small_space(), constraints=(only,))).suggest(9)
    assert len([s for s in batch.suggestions if s.config["a"] == "y"]) == 1
    assert len([s for s in batch.suggestions if s.config["a"] == "x"]) == 3  # where c and d do not exist


def test_a_budget_is_the_whole_one_where_it_is_not_cut():
    problem = Problem(PLANE, fidelity=Fidelity(1, 27))
    for name in ("random", "grid", "tpe"):
        assert make_tuner(name, problem).suggest(1).suggestions[0].budget == 27


# -- TPE -----------------------------------------------------------------------------------------


def optimise(space: SearchSpace, loss, trials: int, jobs: int = 1, seed: int = 0, name: str = "tpe") -> float:
    problem = Problem(space, (Objective("loss", False),), jobs=jobs, seed=seed)
    launcher = FakeLauncher(make_tuner(name, problem), problem, lambda s, trial: [loss(s.config)])
    launcher.run(trials)
    return min(trial.values[0] for trial in launcher.history if trial.values)


def test_tpe_is_far_ahead_of_random_search():
    # With other seeds the ratio is 0.01 to 0.04.
    space = SearchSpace(tuple(Parameter(f"x{i}", S.UNIFORM, (0, 1)) for i in range(4)))

    def bowl(config):
        return sum((config[f"x{i}"] - 0.2 * i) ** 2 for i in range(4))

    ours = [optimise(space, bowl, 60, seed=seed) for seed in range(5)]
    theirs = [optimise(space, bowl, 60, seed=seed, name="random") for seed in range(5)]
    assert np.mean(ours) < 0.3 * np.mean(theirs)


def test_tpe_learns_below_a_choice():
    space = SearchSpace(
        (
            Parameter("model", S.CHOICE, ("a", "b", "c")),
            *(Parameter(f"x{o}", S.UNIFORM, (0, 1), condition=Condition("model", o)) for o in range(3)),
        )
    )

    def loss(config):
        return {"a": 0.5, "b": 0.0, "c": 0.3}[config["model"]] + next(
            abs(v - 0.8) for k, v in config.items() if k != "model"
        )

    # The largest of twenty is 0.002; random search has 0.017 in the mean.
    assert np.mean([optimise(space, loss, 60, seed=seed) for seed in range(5)]) < 0.005


def test_tpe_keeps_running_trials_apart():
    space = SearchSpace((Parameter("x", S.UNIFORM, (0, 1)),))
    problem = Problem(space, (Objective("loss", False),), jobs=8)
    tuner = make_tuner("tpe", problem)
    for number in range(20):
        (suggestion,) = tuner.suggest(1).suggestions
        loss = abs(float(suggestion.config["x"]) - 0.5)  # type: ignore[arg-type]
        trial = Trial(number, suggestion, TrialState.SUCCEEDED, values=(loss,))
        tuner.observe(TrialEvent(number, EventKind.ENDED, trial))
    batch = [float(s.config["x"]) for s in tuner.suggest(8).suggestions]  # type: ignore[arg-type]
    assert len(set(batch)) == 8
    assert np.std(batch) > 0.02


def test_tpe_learns_from_imported_results():
    problem = Problem(PLANE, (Objective("loss", False),))
    tuner = make_tuner("tpe", problem)
    rng = random.Random(0)
    for number in range(60):
        config = {"x": rng.random(), "y": rng.random()}
        trial = Trial(number, Suggestion(config), TrialState.SUCCEEDED, values=(abs(config["x"] - 0.9),))
        tuner.observe(TrialEvent(number, EventKind.IMPORTED, trial))
    assert np.median([config["x"] for config in configs(tuner, 20)]) > 0.75


def test_tpe_avoids_what_fails():
    problem = Problem(PLANE, (Objective("loss", False),))

    def curve(suggestion, trial):
        x = suggestion.config["x"]
        return None if x > 0.5 else [x]

    launcher = FakeLauncher(make_tuner("tpe", problem), problem, curve)
    launcher.run(80)
    late = list(launcher.history)[40:]
    assert sum(trial.state is TrialState.FAILED for trial in late) < 8


def test_tpe_takes_one_objective():
    with pytest.raises(ValueError, match="one objective"):
        make_tuner("tpe", Problem(PLANE, (Objective("a"), Objective("b"))))
    with pytest.raises(ValueError, match="at least 1"):
        make_tuner("tpe", Problem(PLANE), {"candidates": 0})


# -- Hyperband -----------------------------------------------------------------------------------


def test_brackets_are_those_of_the_paper():
    # Li et al. 2018, table 1: R = 81, eta = 3; (n_i, r_i) of brackets s = 4 to 0.
    table = [
        [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
        [(34, 3), (11, 9), (3, 27), (1, 81)],
        [(15, 9), (5, 27), (1, 81)],
        [(8, 27), (2, 81)],
        [(5, 81)],
    ]
    problem = Problem(PLANE, fidelity=Fidelity(1, 81), jobs=7)
    tuner = HyperbandTuner(problem, iterations=1, exec_mode="serial")
    launcher = FakeLauncher(tuner, problem, lambda s, trial: [s.config["x"]])
    launcher.run(10_000)
    assert launcher.status is BatchStatus.EXHAUSTED
    assert launcher.reason == "all 5 brackets are complete"
    found: list[list[tuple[int, float]]] = []
    last = None
    for suggestion in launcher.suggestions:
        if suggestion.parent is None and (
            last is None or last.parent is not None or suggestion.budget != last.budget
        ):
            found.append([])
        if not found[-1] or found[-1][-1][1] != suggestion.budget:
            found[-1].append((0, suggestion.budget or 0))
        found[-1][-1] = (found[-1][-1][0] + 1, found[-1][-1][1])
        last = suggestion
    assert found == table


def test_the_best_of_a_rung_are_promoted():
    problem = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 9), jobs=9)
    tuner = HyperbandTuner(problem, exec_mode="serial")
    first = tuner.suggest(9)
    assert len(first.suggestions) == 9
    assert tuner.suggest(1).status is BatchStatus.WAIT
    results = [0.5, math.nan, 0.1, 0.7, 0.1, 0.9, math.inf, 0.05, 0.3]
    for number, (suggestion, loss) in enumerate(zip(first.suggestions, results)):
        state = TrialState.FAILED if number == 7 else TrialState.SUCCEEDED
        trial = Trial(number, suggestion, state, (Report(4, (loss,)),), None if number == 7 else (loss,))
        tuner.observe(TrialEvent(number, EventKind.ENDED, trial))
    promoted = tuner.suggest(9)
    assert promoted.status is BatchStatus.WAIT
    assert [(s.parent, s.parent_step, s.budget) for s in promoted.suggestions] == [
        (2, 4, 3),
        (4, 4, 3),
        (8, 4, 3),
    ]


def test_free_jobs_begin_the_next_bracket():
    problem = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 9))
    tuner = make_tuner("Hyperband", problem, {"R": "9", "exec_mode": "parallelism", "iterations": 1})
    batch = tuner.suggest(100)
    assert [s.budget for s in batch.suggestions] == [1] * 9 + [3] * 5 + [9] * 3
    assert batch.status is BatchStatus.WAIT
    for number in (9, 10, 11, 12, 13):  # the second bracket is complete before the first
        trial = Trial(number, batch.suggestions[number], TrialState.SUCCEEDED, values=(number / 10,))
        tuner.observe(TrialEvent(number, EventKind.ENDED, trial))
    assert [(s.parent, s.budget) for s in tuner.suggest(5).suggestions] == [(9, 9)]


def test_a_largest_budget_below_that_of_the_program():
    problem = Problem(PLANE, fidelity=Fidelity(1, 81))
    batch = make_tuner("hyperband", problem, {"R": 9, "iterations": 1}).suggest(100)
    assert {s.budget for s in batch.suggestions} == {1, 3, 9}
    with pytest.raises(ValueError, match="from 1 to 100 must lie within those of the program, 1 to 81"):
        make_tuner("hyperband", problem, {"R": 100})


def test_a_rung_where_all_fail_ends_its_bracket():
    problem = Problem(PLANE, fidelity=Fidelity(1, 9), jobs=3)
    launcher = FakeLauncher(HyperbandTuner(problem, iterations=2), problem, lambda s, trial: None)
    launcher.run(1000)
    assert launcher.status is BatchStatus.EXHAUSTED
    assert all(suggestion.parent is None for suggestion in launcher.suggestions)


def test_hyperband_pauses_only_where_asked():
    problem = Problem(PLANE, fidelity=Fidelity(2, 8))
    for pause, decisions in [
        (False, [Decision.CONTINUE] * 3),
        (True, [Decision.CONTINUE, Decision.PAUSE, Decision.PAUSE]),
    ]:
        tuner = HyperbandTuner(problem, eta=2, pause=pause)
        (suggestion,) = tuner.suggest(1).suggestions
        assert suggestion.budget == 2
        reports: tuple[Report, ...] = ()
        found = []
        for step in range(3):
            reports = (*reports, Report(step, (0.5,)))
            trial = Trial(0, suggestion, TrialState.RUNNING, reports)
            found.append(tuner.observe(TrialEvent(step, EventKind.REPORT, trial)))
        assert found == decisions


def test_a_real_budget_may_be_a_fraction():
    problem = Problem(PLANE, fidelity=Fidelity(0.1, 1.0, integer=False), jobs=3)
    launcher = FakeLauncher(HyperbandTuner(problem, iterations=1), problem, lambda s, trial: [s.config["x"]])
    launcher.run(1000)
    assert {round(s.budget or 0, 3) for s in launcher.suggestions} == {0.111, 0.333, 1.0}


@pytest.mark.parametrize(
    ("problem", "options", "message"),
    [
        (Problem(PLANE), {}, "@nni.budget"),
        (Problem(PLANE, fidelity=Fidelity(1, 9)), {"eta": 1}, "eta"),
        (Problem(PLANE, fidelity=Fidelity(1, 9)), {"eta": 1.5}, "eta"),
        (Problem(PLANE, fidelity=Fidelity(1, 9)), {"iterations": 0}, "iterations"),
    ],
)
def test_hyperband_refuses(problem, options, message):
    with pytest.raises(ValueError, match=message):
        make_tuner("hyperband", problem, options)


# -- all -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tpe", "gp", "cmaes", "anneal", "evolution"])
def test_what_was_running_when_the_state_was_saved_is_known_again(name):
    # About one in twenty of these values is encoded with another last bit than the row it came from.
    space = SearchSpace((Parameter("x", S.UNIFORM, (0.1, 0.7)), Parameter("y", S.NORMAL, (0, 2))))
    problem = Problem(space, (Objective("loss", False),), jobs=60)
    tuner = make_tuner(name, problem)
    batch = [tuner.suggest(1).suggestions[0] for _ in range(60)]
    again = make_tuner(name, problem)
    again.load(tuner.save())
    for state, values in ((TrialState.FAILED, None), (TrialState.SUCCEEDED, (0.5,))):  # it is tried again
        for number, suggestion in enumerate(batch):
            again.observe(TrialEvent(number, EventKind.ENDED, Trial(number, suggestion, state, (), values)))
    assert len(again.observations) == 60  # type: ignore[attr-defined]
    assert again.observations.losses.tolist() == [0.5] * 60  # type: ignore[attr-defined]


def test_tuners_do_not_grow_faster_than_their_trials():
    assert Cube(MIXED).size is None
    tuner = make_tuner("tpe", Problem(MIXED))
    sizes = []
    for number in range(300):
        (suggestion,) = tuner.suggest(1).suggestions
        trial = Trial(number, suggestion, TrialState.SUCCEEDED, values=(random.Random(number).random(),))
        tuner.observe(TrialEvent(number, EventKind.ENDED, trial))
        sizes.append(len(tuner.save()))
    assert sizes[-1] - sizes[149] < 1.5 * (sizes[149] - sizes[0])
