"""The default tuner: what it chooses, and that it does what the chosen ones would."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from nnic.tuners.protocol import Problem, Promoter, Suggestion, Tuner
from nnic.tuners.registry import make_tuner
from nnic.tuners.search.auto import AutoTuner
from nnic.tuners.search.auto_rules import Plan, choose_plan
from nnic.tuners.space import Fidelity, SearchSpace
from nnic.tuners.testing import TunerSuite, curve_of
from nnic.tuners.testing.fake_launcher import FakeLauncher
from nnic.tuners.testing.spaces import MIXED, PLANE, small_space


class TestStages(TunerSuite):
    """One of the stages begins in the middle of every test."""

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("auto", problem, {"plan": "sobol, tpe+anneal@7, evolution@20"})


@pytest.mark.parametrize(
    "problem",
    [
        Problem(PLANE, seed=4),
        Problem(MIXED, trials=30, seed=4),
        Problem(MIXED, jobs=100, seed=4),
        Problem(PLANE, fidelity=Fidelity(1, 9), seed=4),
        Problem(SearchSpace()),
    ],
    ids=["plane", "mixed", "many at once", "budgets", "empty"],
)
def test_auto_is_the_tuner_that_it_chooses(problem: Problem) -> None:
    chosen = choose_plan(problem)
    auto = FakeLauncher(make_tuner("auto", problem), problem, curve_of)
    other = FakeLauncher(make_tuner("auto", problem, {"plan": str(chosen)}), problem, curve_of)
    auto.run(9)
    other.run(9)
    assert auto.suggestions == other.suggestions
    if len(chosen.stages) == 1 and len(chosen.stages[0].tuners) == 1:
        alone = FakeLauncher(make_tuner(chosen.first, problem), problem, curve_of)
        alone.run(9)
        assert auto.suggestions == alone.suggestions
        assert auto.tuner.owns_stopping is alone.tuner.owns_stopping
        assert isinstance(auto.tuner, Promoter) is isinstance(alone.tuner, Promoter)


def test_tuners_take_turns() -> None:
    problem = Problem(MIXED, seed=3, jobs=4)
    launcher = FakeLauncher(AutoTuner(problem, "sobol+random+random"), problem, curve_of)
    launcher.run(12)
    sobol = FakeLauncher(make_tuner("sobol", problem), problem, curve_of)
    sobol.run(4)
    assert _configs(launcher.suggestions)[::3] == _configs(sobol.suggestions)


def test_nothing_is_suggested_twice_in_a_batch_that_several_tuners_make() -> None:
    space = small_space()
    found = AutoTuner(Problem(space, jobs=7), "sobol+random+tpe").suggest(7).suggestions
    assert len({str(sorted(config.items())) for config in _configs(found)}) == 7


@pytest.mark.parametrize("text", ["gp", "gp, tpe@200", "a, b@3, c@4", "gp+tpe, cmaes+tpe@9"])
def test_plans_read_as_they_are_written(text: str) -> None:
    assert str(Plan.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "gp@3", "gp, tpe", "gp, tpe@x", "gp, tpe@20, cmaes@10", "gp,,tpe@3", "gp+"]
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="plan"):
        Plan.parse(text)


def test_an_unknown_tuner_in_a_plan_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no tuner 'tpee'; did you mean 'tpe'"):
        make_tuner("auto", Problem(PLANE), {"plan": "tpee"})


def test_a_tuner_with_budgets_is_the_only_one_of_a_plan() -> None:
    with pytest.raises(ValueError, match="only one"):
        make_tuner("auto", Problem(PLANE, fidelity=Fidelity(1, 9)), {"plan": "asha, tpe@20"})


def test_budgets_are_handed_out_where_there_are_some_worth_it() -> None:
    fidelity = Fidelity(1, 27)
    assert choose_plan(Problem(MIXED, fidelity=fidelity)).first == "asha_tpe"
    assert choose_plan(Problem(MIXED, fidelity=fidelity, trials=5)).first == "asha_tpe"
    assert choose_plan(Problem(MIXED, fidelity=fidelity), budgets=False) == choose_plan(Problem(MIXED))
    assert choose_plan(Problem(MIXED, fidelity=Fidelity(10, 20))) == choose_plan(Problem(MIXED))


def test_every_choice_says_why() -> None:
    for space in (MIXED, PLANE, SearchSpace()):
        for trials in (None, 10, 100, 1000):
            plan = choose_plan(Problem(space, trials=trials))
            assert plan.why
            assert Plan.parse(str(plan)).stages == plan.stages


def test_stages_take_over_when_the_results_have_come() -> None:
    problem = Problem(MIXED, seed=3)
    staged = FakeLauncher(AutoTuner(problem, "sobol, random@10"), problem, curve_of)
    sobol = FakeLauncher(make_tuner("sobol", problem), problem, curve_of)
    staged.run(20)
    sobol.run(20)
    same = [a == b for a, b in zip(_configs(staged.suggestions), _configs(sobol.suggestions))]
    assert same[:10] == [True] * 10
    assert same[10:] == [False] * 10


def test_later_stages_know_the_earlier_results() -> None:
    problem = Problem(MIXED, seed=3)
    launcher = FakeLauncher(AutoTuner(problem, "sobol, tpe@10"), problem, curve_of)
    launcher.run(30)
    assert len({str(config) for config in _configs(launcher.suggestions)}) == 30


def test_the_state_of_another_plan_is_refused() -> None:
    state = AutoTuner(Problem(PLANE), "sobol").save()
    with pytest.raises(ValueError, match="plan 'sobol'"):
        AutoTuner(Problem(PLANE), "random").load(state)


def _configs(suggestions: Iterable[Suggestion]) -> list[dict[str, object]]:
    return [dict(suggestion.config) for suggestion in suggestions]
