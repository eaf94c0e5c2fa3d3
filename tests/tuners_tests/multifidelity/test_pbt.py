"""Population based training: who copies whom, what becomes of the values, what happens to failures."""

from __future__ import annotations

import random

import numpy as np
import pytest

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.multifidelity.pbt import PBTTuner
from nnic.tuners.multifidelity.perturb import perturb
from nnic.tuners.protocol import (
    Batch,
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
)
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Condition, Constraint, Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.fake_launcher import FakeLauncher
from nnic.tuners.testing.spaces import EXTREME, MIXED, PLANE

PROBLEM = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 3))


class Hand:
    """A population driven step by step; trials get the numbers of their suggestions."""

    def __init__(self, problem: Problem = PROBLEM, **options: object) -> None:
        self.tuner = PBTTuner(problem, **options)  # type: ignore[arg-type]
        self.suggestions: list[Suggestion] = []
        self.events = 0

    def ask(self, n: int = 1) -> Batch:
        batch = self.tuner.suggest(n)
        self.suggestions.extend(batch.suggestions)
        return batch

    def tell(self, trial: int, loss: float | None) -> None:
        state = TrialState.FAILED if loss is None else TrialState.SUCCEEDED
        reports = () if loss is None else (Report(0, (loss,)),)
        values = None if loss is None else (loss,)
        ended = Trial(trial, self.suggestions[trial], state, reports, values)
        self.tuner.observe(TrialEvent(self.events, EventKind.ENDED, ended))
        self.events += 1


def test_the_worst_fifth_copies_the_best_fifth():
    hand = Hand()
    first = hand.ask(11)
    assert [s.budget for s in first.suggestions] == [1] * 10
    assert first.status is BatchStatus.WAIT
    for trial in range(10):
        hand.tell(trial, trial / 10)
    second = hand.ask(10).suggestions
    assert [s.budget for s in second] == [2] * 10
    assert [s.parent for s in second[:8]] == list(range(8))
    assert [s.config for s in second[:8]] == [s.config for s in first.suggestions[:8]]
    for copy in second[8:]:
        assert copy.parent in (0, 1)
        assert copy.parent_step == 0
        assert copy.config not in [s.config for s in first.suggestions]


@pytest.mark.parametrize("joined", [2, 3, 5, 6, 9, 11, 14])
@pytest.mark.parametrize("size", [6, 10, 20])
def test_a_population_that_a_run_does_not_fill_copies_all_the_same(size, joined):
    # Trial 0 takes one of the run's trials, so 6 trials make a population of 5.
    hand = Hand(population_size=size)
    joined = min(joined, size)
    hand.ask(joined)
    for trial in range(joined):
        hand.tell(trial, trial / 10)
    hand.suggestions += hand.tuner.promote(joined).suggestions
    second = {s.parent: s for s in hand.suggestions[joined:]}
    copies = max(1, joined // 5)
    assert len(hand.suggestions) == 2 * joined
    assert sum(s.config not in [f.config for f in hand.suggestions[:joined]] for s in second.values()) >= 1
    assert joined - 1 not in second
    assert len(set(range(joined)) - second.keys()) == copies


@pytest.mark.parametrize("later", [False, True])
def test_a_discarded_result_is_copied_no_more(later):
    hand = Hand(Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 9)), population_size=3)
    hand.ask(3)
    for trial, loss in enumerate([0.5, 0.6]):
        hand.tell(trial, loss)
    hand.tell(2, -99.0)
    if later:  # The member has gone on from it.
        assert hand.ask().suggestions[0].budget == 2
    hand.tell(2, None)
    parents = [s.parent for s in hand.ask(3).suggestions]
    assert 2 not in parents
    assert 0 in parents


def test_nobody_waits_and_those_behind_come_first():
    hand = Hand(population_size=3)
    hand.ask(3)
    hand.tell(2, 0.9)
    # Alone with a result it has nobody to copy, however poor it is.
    (suggestion,) = hand.ask().suggestions
    assert (suggestion.parent, suggestion.budget) == (2, 2)
    hand.tell(3, 0.8)
    hand.tell(0, 0.1)
    (suggestion,) = hand.ask().suggestions
    assert (suggestion.parent, suggestion.budget) == (0, 2)


def test_a_member_is_compared_with_what_others_had_after_as_much_training():
    hand = Hand(Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 9)), population_size=3)
    hand.ask(3)
    for trial, loss in enumerate([0.5, 0.6]):
        hand.tell(trial, loss)
    hand.ask(2)
    hand.tell(3, 0.05)
    hand.tell(4, 0.04)
    # With 0.55 it is second of three after one generation, though last of all that is known by now.
    hand.tell(2, 0.55)
    (suggestion,) = hand.ask().suggestions
    assert suggestion.parent == 2
    assert suggestion.config == hand.suggestions[2].config


def test_a_straggler_copies_the_state_after_its_own_generation():
    hand = Hand(population_size=3)
    hand.ask(3)
    hand.tell(0, 0.5)
    hand.tell(1, 0.6)
    hand.ask(2)
    hand.tell(3, 0.1)
    hand.tell(2, 0.9)
    (suggestion,) = hand.ask().suggestions
    assert (suggestion.parent, suggestion.budget) == (0, 2)
    assert suggestion.config != hand.suggestions[0].config


def test_equal_members_do_not_copy_each_other():
    hand = Hand(population_size=4, fraction=0.5)
    hand.ask(4)
    for trial in range(4):
        hand.tell(trial, 0.5)
    assert [s.parent for s in hand.ask(4).suggestions] == [0, 1, 2, 3]


def test_failed_members_copy_the_best_of_the_generation_before():
    hand = Hand(population_size=3)
    hand.ask(3)
    for trial, loss in enumerate([0.2, 0.3, None]):
        hand.tell(trial, loss)
    second = hand.ask(3).suggestions
    assert [s.parent for s in second] == [0, 1, 0]
    for trial, loss in enumerate([None, 0.1, 0.4], start=3):
        hand.tell(trial, loss)
    third = {s.budget: s for s in hand.ask(3).suggestions if s.parent == 0}
    assert list(third) == [2]  # the second generation once more, from a copy of the first


def test_members_that_always_fail_give_up():
    problem = Problem(PLANE, fidelity=Fidelity(1, 3), jobs=2)
    launcher = FakeLauncher(
        PBTTuner(problem, population_size=4), problem, lambda s, trial: [0.5] if s.budget == 1 else None
    )
    launcher.run(1000)
    assert launcher.status is BatchStatus.EXHAUSTED
    assert len(launcher.suggestions) == 4 + 4 * 3


def test_a_first_generation_that_fails_begins_anew():
    hand = Hand(population_size=2)
    hand.ask(2)
    hand.tell(0, None)
    (suggestion,) = hand.ask().suggestions
    assert suggestion.parent is None
    assert suggestion.config != hand.suggestions[0].config
    hand.tell(1, None)
    # At the limit of configurations it gives up instead.
    assert hand.tuner.promote(1).status is BatchStatus.WAIT
    hand.tell(2, 0.1)
    assert [s.parent for s in hand.tuner.promote(2).suggestions] == [2]


def test_every_member_gets_the_whole_budget_and_then_it_ends():
    first, last = [], []
    for seed in range(12):
        problem = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 27), jobs=4, seed=seed)
        launcher = FakeLauncher(
            PBTTuner(problem, population_size=6), problem, lambda s, t: [abs(s.config["x"] - 0.5)]
        )
        launcher.order = random.Random(seed)
        launcher.run(10_000)
        assert launcher.status is BatchStatus.EXHAUSTED
        assert "6 members" in launcher.reason
        budgets = [s.budget for s in launcher.suggestions]
        assert sorted(set(budgets)) == [3, 6, 9, 12, 15, 18, 21, 24, 27]
        assert budgets.count(27) == 6
        last += [abs(s.config["x"] - 0.5) for s in launcher.suggestions if s.budget == 27]
        first += [abs(s.config["x"] - 0.5) for s in launcher.suggestions if s.budget == 3]
    assert np.mean(last) < 0.5 * np.mean(first)  # 0.36


def test_constraints_hold_after_exploring():
    constraint = Constraint("x + y <= 0.5", (("x", "x"), ("y", "y")))
    problem = Problem(PLANE, fidelity=Fidelity(1, 9), constraints=(constraint,), jobs=3)
    launcher = FakeLauncher(make_tuner("pbt", problem), problem, lambda s, t: [s.config["x"]])
    launcher.run(90)
    assert len({tuple(s.config.values()) for s in launcher.suggestions}) > 12
    assert all(s.config["x"] + s.config["y"] <= 0.5 for s in launcher.suggestions)  # type: ignore[operator]


# -- exploring -----------------------------------------------------------------------------------

SPACE = SearchSpace(
    (
        Parameter("lr", Sampler.LOGUNIFORM, (1e-5, 1.0)),
        Parameter("units", Sampler.RANDINT, (1, 200)),
        Parameter("drop", Sampler.QUNIFORM, (0, 1, 0.1)),
        Parameter("batch", Sampler.CHOICE, (64, 16, 32)),
        Parameter("act", Sampler.CHOICE, ("relu", "tanh")),
        Parameter("slope", Sampler.UNIFORM, (1, 3), condition=Condition("act", 0)),
    )
)
CONFIG = {"lr": 0.1, "units": 100, "drop": 0.5, "batch": 32, "act": "relu", "slope": 2.0}


def explored(resample: float = 0.0, keep: tuple[str, ...] = (), **config: object) -> list[dict[str, object]]:
    cube, rng = Cube(SPACE), np.random.default_rng(3)
    row = cube.encode({**CONFIG, **config})  # type: ignore[arg-type]
    columns = [i for i, parameter in enumerate(SPACE) if parameter.key in keep]
    return [dict(cube.decode(perturb(cube, rng, row, 0.2, resample, columns))) for _ in range(60)]


def test_numbers_are_multiplied_and_choices_of_numbers_move_by_one():
    found = explored()
    assert {round(c["lr"], 6) for c in found} == {0.08, 0.12}  # type: ignore[call-overload]
    assert {c["units"] for c in found} == {80, 120}
    assert {c["drop"] for c in found} == {0.4, 0.6}
    assert {c["batch"] for c in found} == {16, 64}
    assert {c["act"] for c in found} == {"relu"}
    assert {round(c["slope"], 6) for c in found} == {1.6, 2.4}  # type: ignore[call-overload]


def test_steps_and_ends_of_ranges():
    found = explored(units=2, drop=0.1, batch=16, lr=0.9)
    assert {c["units"] for c in found} == {1, 3}  # 1.6 and 2.4 are 2 again: one step then
    assert {c["drop"] for c in found} == {0.0, 0.2}
    assert {c["batch"] for c in found} == {16, 32}
    assert {round(c["lr"], 6) for c in found} == {0.72, 1.0}  # type: ignore[call-overload]


def test_what_is_kept_and_what_is_drawn_anew():
    found = explored(resample=1.0, keep=("units", "act"))
    assert {c["units"] for c in found} == {100}
    assert {c["act"] for c in found} == {"relu"}
    assert len({c["lr"] for c in found}) == 60
    found = explored(resample=1.0)
    assert {"slope" in c for c in found} == {True, False}
    assert all(SPACE.contains(c) for c in found)  # type: ignore[arg-type]


@pytest.mark.parametrize("space", [EXTREME, MIXED], ids=["extreme", "mixed"])
def test_what_is_explored_lies_in_the_space(space):
    cube, rng = Cube(space), np.random.default_rng(0)
    row = cube.encode(cube.decode(cube.sample(rng, 1)[0]))
    for _ in range(200):
        row = perturb(cube, rng, row, 0.2, 0.1)
        assert space.contains(cube.decode(row))


# -- options -------------------------------------------------------------------------------------


def test_options_of_nni():
    options = {"optimize_mode": "minimize", "population_size": "4", "factor": "0.3", "fraction": 0.25}
    tuner = make_tuner("PBTTuner", PROBLEM, {**options, "resample_probability": 0})
    assert len(tuner.suggest(9).suggestions) == 4


@pytest.mark.parametrize("keep", ["y", "x, y", ["y"], '["x", "y"]'])
def test_kept_parameters_are_copied(keep):
    problem = Problem(PLANE, fidelity=Fidelity(1, 9), jobs=2)
    tuner = make_tuner("pbt", problem, {"keep": keep, "fraction": 0.5, "population_size": 4})
    launcher = FakeLauncher(tuner, problem, lambda s, trial: [s.config["x"]])
    launcher.run(30)
    assert len({s.config["y"] for s in launcher.suggestions}) == 4
    assert ("x" in str(keep)) is (len({s.config["x"] for s in launcher.suggestions}) == 4)


@pytest.mark.parametrize(
    ("problem", "options", "message"),
    [
        (Problem(PLANE), {}, r"pbt gives trials budgets.*@nni.budget"),
        (
            Problem(PLANE, fidelity=Fidelity(1, 3), checkpoint=False),
            {},
            r'must name their state folder.*folder = "checkpoints"  # @nni.checkpoint\(\)',
        ),
        (PROBLEM, {"population_size": 1}, "population_size must be at least 2, got 1"),
        (PROBLEM, {"fraction": 0.6}, "fraction must be above 0 and at most 0.5"),
        (PROBLEM, {"factor": 1}, "factor must be above 0 and below 1"),
        (PROBLEM, {"resample_probability": -1}, "resample_probability must be from 0 to 1"),
        (PROBLEM, {"interval": 4}, "interval must be a whole number from 1 to 3"),
        (PROBLEM, {"interval": 1.5}, "interval must be a whole number from 1 to 3"),
        (PROBLEM, {"keep": ["z"]}, "keep names 'z'; the parameters are x, y"),
    ],
)
def test_what_does_not_fit_is_refused(problem, options, message):
    with pytest.raises(ValueError, match=message):
        make_tuner("pbt", problem, options)


def test_generations_end_with_the_whole_budget():
    def budgets(fidelity: Fidelity, **options: object) -> list[float | None]:
        problem = Problem(PLANE, fidelity=fidelity, jobs=2)
        launcher = FakeLauncher(PBTTuner(problem, population_size=2, **options), problem, lambda s, t: [0.5])
        launcher.run(100)
        return [s.budget for s in launcher.suggestions[::2]]

    assert budgets(Fidelity(1, 5), interval=2) == [2, 4, 5]
    assert budgets(Fidelity(3, 5)) == [3, 5]
    assert budgets(Fidelity(0.25, 1.0, integer=False)) == [0.25, 0.5, 0.75, 1.0]


def test_it_pauses_at_the_end_of_a_generation_where_asked():
    for pause, expected in ((False, Decision.CONTINUE), (True, Decision.PAUSE)):
        hand = Hand(population_size=2, pause=pause)
        hand.ask(2)
        running = Trial(0, hand.suggestions[0], TrialState.RUNNING, (Report(0, (0.5,)),))
        assert hand.tuner.observe(TrialEvent(0, EventKind.REPORT, running)) is expected


def test_a_failed_trial_that_is_tried_again_counts_with_its_new_result():
    hand = Hand(population_size=2)
    hand.ask(2)
    hand.tell(0, None)
    hand.tell(1, 0.5)
    hand.tell(0, 0.1)
    assert sorted(s.parent for s in hand.ask(2).suggestions) == [0, 0]  # the other one copies it
    assert hand.suggestions[2].config == hand.suggestions[0].config
