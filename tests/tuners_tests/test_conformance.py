"""Every tuner and assessor of ours passes the public suites."""

from __future__ import annotations

from nnic.tuners.protocol import Assessor, Problem, Tuner
from nnic.tuners.registry import make_assessor, make_tuner
from nnic.tuners.space import Fidelity
from nnic.tuners.testing import AssessorSuite, BudgetSuite, TunerSuite


class TestRandom(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("random", problem)


class TestGrid(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("grid", problem)


class TestSobol(TunerSuite):
    def make(self, problem: Problem) -> Tuner:
        return make_tuner("sobol", problem)


class TestGP(TunerSuite):
    trials = 14
    sizes = (30, 60, 120)

    def make(self, problem: Problem) -> Tuner:
        return make_tuner("gp", problem, {"startup": 5})


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
