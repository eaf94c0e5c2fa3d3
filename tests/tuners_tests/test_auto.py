"""The default tuner: what it chooses, and that it does what the chosen ones would."""

from __future__ import annotations

import pytest

from nnic.tuners.auto import AutoTuner
from nnic.tuners.choosing import Plan, choose
from nnic.tuners.fake_launcher import FakeLauncher
from nnic.tuners.protocol import Problem, Suggestion, Tuner
from nnic.tuners.registry import DEFAULT_TUNER, make_tuner
from nnic.tuners.space import Fidelity, SearchSpace
from nnic.tuners.testing import BudgetSuite, TunerSuite, curve_of
from nnic.tuners.testing_spaces import MIXED, PLANE


class TestAuto(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("auto", problem)


class TestStages(TunerSuite):
    """One of the stages begins in the middle of every test."""

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("auto", problem, {"plan": "sobol, tpe@7, evolution@20"})


class TestAutoWithBudgets(BudgetSuite):
    waits = False

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("auto", problem)

    def make_pausing(self, problem: Problem) -> Tuner:
        return make_tuner("bohb", problem, {"pause": True})


def test_it_is_the_default() -> None:
    assert DEFAULT_TUNER == "auto"


@pytest.mark.parametrize("text", ["gp", "gp, tpe@200", "a, b@3, c@4"])
def test_plans_read_as_they_are_written(text: str) -> None:
    assert str(Plan.parse(text)) == text


@pytest.mark.parametrize("text", ["", "gp@3", "gp, tpe", "gp, tpe@x", "gp, tpe@20, cmaes@10", "gp,,tpe@3"])
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
    assert choose(Problem(MIXED, fidelity=fidelity)).stages[0][0] in ("asha", "bohb")
    assert choose(Problem(MIXED, fidelity=fidelity), budgets=False) == choose(Problem(MIXED))
    assert choose(Problem(MIXED, fidelity=Fidelity(10, 20))) == choose(Problem(MIXED))


def test_every_choice_says_why() -> None:
    for space in (MIXED, PLANE, SearchSpace()):
        for trials in (None, 10, 100, 1000):
            plan = choose(Problem(space, trials=trials))
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


def _configs(suggestions: list[Suggestion]) -> list[dict[str, object]]:
    return [dict(suggestion.config) for suggestion in suggestions]
