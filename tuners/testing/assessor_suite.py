"""The conformance suite of assessors."""

# ruff: noqa: D102 -- a test's name is its documentation

import math
import random
from collections.abc import Sequence

import pytest

from nnic.tuners.history import History
from nnic.tuners.protocol import (
    Assessor,
    Decision,
    Objective,
    Problem,
    Report,
    Suggestion,
    Trial,
    TrialState,
)
from nnic.tuners.testing.spaces import PLANE


class AssessorSuite:
    """Tests what every assessor must do.

    Attributes
    ----------
    compares
        Whether it judges a trial by other trials; one that does leaves the first alone.
    stops
        Whether it stops a trial that is far behind all others from its first report to its last.
    """

    compares = True
    stops = True

    def make(self, problem: Problem) -> Assessor:
        """Build the assessor under test."""
        raise NotImplementedError

    @pytest.mark.parametrize("maximize", [True, False])
    def test_any_curve_gets_a_decision(self, maximize: bool) -> None:
        values = [math.nan, math.inf, -math.inf, 0.0, 1.0, -1e308, 1e308]
        rng = random.Random(0)
        problem = Problem(PLANE, (Objective("default", maximize),), jobs=3)
        assessor, history = self.make(problem), History()
        for number in range(30):
            reports: tuple[Report, ...] = ()
            for step in range(rng.randrange(6)):
                reports = (*reports, Report(step, (rng.choice(values),)))
                trial = Trial(number, Suggestion({}), TrialState.RUNNING, reports)
                history.record(trial)
                assert isinstance(assessor.assess(trial, history), Decision)
            state = rng.choice([TrialState.SUCCEEDED, TrialState.FAILED, TrialState.STOPPED])
            history.record(Trial(number, Suggestion({}), state, reports))

    def test_the_first_trial_is_left_alone(self) -> None:
        history = History()
        decisions = self._run(self.make(Problem(PLANE)), history, 0, [-1.0] * 20)
        if self.compares:
            assert set(decisions) == {Decision.CONTINUE}
            return
        history = self._finished(1.0)
        assert self._run(self.make(Problem(PLANE)), history, 99, [-1.0] * 20) == decisions

    @pytest.mark.parametrize("maximize", [True, False])
    def test_the_best_trial_is_left_alone(self, maximize: bool) -> None:
        sign = 1.0 if maximize else -1.0
        problem = Problem(PLANE, (Objective("default", maximize),))
        best = [sign * (0.9 + step / 50) for step in range(20)]
        decisions = self._run(self.make(problem), self._finished(sign), 99, best)
        assert set(decisions) == {Decision.CONTINUE}

    @pytest.mark.parametrize("maximize", [True, False])
    def test_a_hopeless_trial_is_stopped(self, maximize: bool) -> None:
        sign = 1.0 if maximize else -1.0
        problem = Problem(PLANE, (Objective("default", maximize),))
        hopeless = [sign * (step % 3) / 1000 for step in range(19)]
        decisions = self._run(self.make(problem), self._finished(sign), 99, hopeless)
        assert (Decision.STOP in decisions) is self.stops

    @pytest.mark.parametrize("state", [TrialState.STOPPED, TrialState.FAILED, TrialState.RUNNING])
    def test_who_did_not_get_there_is_not_compared_with(self, state: TrialState) -> None:
        # Good beginnings that broke off say nothing about later steps.
        problem = Problem(PLANE)
        curve = [0.3 + step / 100 for step in range(15)]
        history = self._finished(1.0)
        plain = self._run(self.make(problem), history, 99, curve)
        history = self._finished(1.0)
        for number in range(40):
            reports = tuple(Report(step, (5.0,)) for step in range(4))
            history.record(Trial(50 + number, Suggestion({}), state, reports))
        again = self._run(self.make(problem), history, 99, curve)
        assert plain[4:] == again[4:]

    def test_trials_that_end_out_of_order(self) -> None:
        problem, decided = Problem(PLANE), []
        for order in (range(12), reversed(range(12))):
            history = History()
            for number in order:
                reports = tuple(Report(step, (number / 12 + step / 50,)) for step in range(10))
                history.record(Trial(number, Suggestion({}), TrialState.SUCCEEDED, reports))
            decided.append(self._run(self.make(problem), history, 99, [0.2] * 10))
        assert decided[0] == decided[1]

    def test_results_without_curves(self) -> None:
        history = History()
        for number in range(12):
            history.record(Trial(number, Suggestion({}), TrialState.SUCCEEDED, (), (0.9,)))
        decisions = self._run(self.make(Problem(PLANE)), history, 99, [0.5] * 8)
        alone = self._run(self.make(Problem(PLANE)), History(), 99, [0.5] * 8)
        assert decisions == alone

    def _finished(self, sign: float) -> History:
        """Twelve finished trials between 0.4 and 0.9, twenty reports each."""
        history = History()
        for number in range(12):
            level = 0.4 + number / 24
            reports = tuple(Report(s, (sign * level * (1 - 0.6 ** (s + 1)),)) for s in range(20))
            history.record(Trial(number, Suggestion({}), TrialState.SUCCEEDED, reports))
        return history

    def _run(
        self, assessor: Assessor, history: History, number: int, curve: Sequence[float]
    ) -> list[Decision]:
        """The decisions on a trial that reports ``curve`` whatever is decided."""
        decisions = []
        reports: tuple[Report, ...] = ()
        for step, value in enumerate(curve):
            reports = (*reports, Report(step, (value,)))
            trial = Trial(number, Suggestion({}), TrialState.RUNNING, reports)
            history.record(trial)
            decisions.append(assessor.assess(trial, history))
        return decisions

    def test_the_same_history_gives_the_same_decisions(self) -> None:
        assert self._decisions(True, 1.0) == self._decisions(True, 1.0)

    def test_directions_mirror_each_other(self) -> None:
        assert self._decisions(True, 1.0) == self._decisions(False, -1.0)

    def _decisions(self, maximize: bool, sign: float) -> list[Decision]:
        rng = random.Random(3)
        problem = Problem(PLANE, (Objective("default", maximize),))
        assessor, history, decisions = self.make(problem), History(), []
        for number in range(25):
            level, state = rng.random(), TrialState.SUCCEEDED
            reports: tuple[Report, ...] = ()
            for step in range(8):
                value = sign * level * (1 - 0.5 ** (step + 1))
                reports = (*reports, Report(step, (value,)))
                trial = Trial(number, Suggestion({}), TrialState.RUNNING, reports)
                history.record(trial)
                decisions.append(assessor.assess(trial, history))
                if decisions[-1] is Decision.STOP:
                    state = TrialState.STOPPED
                    break
            history.record(Trial(number, Suggestion({}), state, reports))
        return decisions
