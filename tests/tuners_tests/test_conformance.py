"""Every tuner and assessor of ours passes the public suites."""

from __future__ import annotations

from nnic.tuners.protocol import Assessor, Problem, Tuner
from nnic.tuners.registry import (
    find_assessor,
    find_tuner,
    list_assessors,
    list_tuners,
    make_assessor,
    make_tuner,
)
from nnic.tuners.space import Fidelity
from nnic.tuners.testing import AssessorSuite, BudgetSuite, TunerSuite
from nnic.tuners.testing.spaces import PLANE


class TestRandom(TunerSuite):
    sizes = (2500, 5000, 10_000)

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("random", problem)


class TestGrid(TunerSuite):
    sizes = (2500, 5000, 10_000)

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("grid", problem)


class TestBatch(TunerSuite):
    """A list of random configurations, of all of them where the space is small."""

    sizes = (15, 30, 60)

    def make(self, problem: Problem) -> Tuner:
        configs = [dict(s.config) for s in make_tuner("random", problem).suggest(60).suggestions]
        return make_tuner("batch", problem, {"configs": configs})


class TestAutoWithBudgets(BudgetSuite):
    """Without budgets it is what test_auto.py says."""

    waits = False

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("auto", problem)

    def make_pausing(self, problem: Problem) -> Tuner:
        return make_tuner("asha_tpe", problem, {"pause": True})


class TestSobol(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("sobol", problem)


class TestGP(TunerSuite):
    trials = 14
    short = 10
    sizes = (30, 60, 120)

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("gp", problem, {"startup": 5})

    def size(self, tuner: Tuner) -> int:
        return len(tuner.save())  # the covariances are quadratic, up to the results that a model takes


class TestCMAES(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("cmaes", problem)


class TestAnneal(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("anneal", problem)


class TestEvolution(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("evolution", problem)


class TestRegularizedEvolution(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("evolution", problem, {"regularized": True})


class TestTPE(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("tpe", problem)


class TestHyperband(BudgetSuite):
    waits = False

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("hyperband", problem)

    def make_pausing(self, problem: Problem) -> Tuner:
        return make_tuner("hyperband", problem, {"pause": True})


class TestSerialHyperband(BudgetSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("hyperband", problem, {"exec_mode": "serial"})

    def make_pausing(self, problem: Problem) -> Tuner:
        return make_tuner("hyperband", problem, {"exec_mode": "serial", "pause": True})


class TestBohb(BudgetSuite):
    waits = False

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("bohb", problem)

    def make_pausing(self, problem: Problem) -> Tuner:
        return make_tuner("bohb", problem, {"pause": True})


class TestPBT(TunerSuite):
    repeats = True
    fidelity = Fidelity(1, 9)

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("pbt", problem)


class TestSmallPBT(TunerSuite):
    repeats = True
    fidelity = Fidelity(2, 30)

    def make(self, problem: Problem) -> Tuner:
        return make_tuner(
            "pbt", problem, {"population_size": 8, "interval": 2, "fraction": 0.5, "factor": 0.5}
        )


class TestAsha(BudgetSuite):
    waits = False

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("asha", problem)

    def make_pausing(self, problem: Problem) -> Tuner:
        return make_tuner("asha", problem, {"pause": True})


class TestMedianStop(AssessorSuite):
    def make(self, problem: Problem) -> Assessor:
        return make_assessor("medianstop", problem)


class TestCurveFitting(AssessorSuite):
    def make(self, problem: Problem) -> Assessor:
        return make_assessor("curvefitting", problem)


class TestCurveFittingOfKnownLength(AssessorSuite):
    def make(self, problem: Problem) -> Assessor:
        return make_assessor("curvefitting", problem, {"epoch_num": 30, "gap": 3, "threshold": 0.8})


class TestAshaAssessor(AssessorSuite):
    def make(self, problem: Problem) -> Assessor:
        return make_assessor("asha", problem)


class TestPercentile(AssessorSuite):
    def make(self, problem: Problem) -> Assessor:
        return make_assessor("percentile", problem)


class TestPatience(AssessorSuite):
    def make(self, problem: Problem) -> Assessor:
        return make_assessor("patience", problem, {"patience": 4})


class TestThreshold(AssessorSuite):
    compares = False

    def make(self, problem: Problem) -> Assessor:
        limit = {"lower": 0.3} if problem.objectives[0].maximize else {"upper": -0.3}
        return make_assessor("threshold", problem, {**limit, "start_step": 2})


class TestNone(AssessorSuite):
    stops = False

    def make(self, problem: Problem) -> Assessor:
        return make_assessor("none", problem)


class TestAshaTPE(BudgetSuite):
    waits = False

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("asha_tpe", problem, {"startup": 5})

    def make_pausing(self, problem: Problem) -> Tuner:
        return make_tuner("asha_tpe", problem, {"startup": 5, "pause": True})


def test_every_tuner_and_assessor_has_a_suite() -> None:
    own = [value for value in globals().values() if isinstance(value, type) and value.__module__ == __name__]
    tuners = [suite().make(suite().problem(PLANE)) for suite in own if issubclass(suite, TunerSuite)]
    for entry in list_tuners():
        assert any(isinstance(tuner, find_tuner(entry.name)) for tuner in tuners), entry.name
    assessors = [suite().make(Problem(PLANE)) for suite in own if issubclass(suite, AssessorSuite)]
    for entry in list_assessors():
        assert any(isinstance(assessor, find_assessor(entry.name)) for assessor in assessors), entry.name
