"""What every tuner must do where a run is very small, and where a result is taken back."""

# ruff: noqa: D102 -- a test's name is its documentation

import math
from dataclasses import replace

import pytest

from nnic.tuners.protocol import (
    BatchStatus,
    EventKind,
    Failure,
    FailureKind,
    Promoter,
    Suggestion,
    Trial,
    TrialState,
)
from nnic.tuners.space import Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.fake_launcher import replay
from nnic.tuners.testing.measures import key_of, measure
from nnic.tuners.testing.spaces import MIXED, PLANE, all_of
from nnic.tuners.testing.suite_base import SuiteBase


class EdgeSuite(SuiteBase):
    """Tests the small end and discarded results; the attributes are those of :class:`SuiteBase`."""

    @pytest.mark.parametrize("undone", [False, True])
    def test_a_discarded_result(self, undone: bool) -> None:
        # Its user does not trust the best result: the trial ends once more, as a failure; or, when that
        # is taken back, with the result that it had.
        problem = self.problem(MIXED, jobs=2)
        launcher = self.launch(problem, seed=3)
        launcher.run(self.trials // 2)
        ended = [t for t in launcher.history if t.state is TrialState.SUCCEEDED and t.values]
        bogus = max(ended, key=lambda trial: trial.values or ())
        failed = replace(bogus, state=TrialState.FAILED, values=None, failure=Failure(FailureKind.DISCARDED))
        launcher.tell(EventKind.ENDED, failed)
        if undone:
            launcher.tell(EventKind.ENDED, bogus)
        known = len(launcher.suggestions)
        state = launcher.tuner.save()
        log = list(launcher.log)
        launcher.status = BatchStatus.READY
        launcher.run(self.trials)
        if not undone:
            assert bogus.id not in [s.parent for s in launcher.suggestions[known:]]
        replay(self.make(problem), [*log, *launcher.log[len(log) :]])
        again = self.make(problem)
        again.load(state)
        replay(again, launcher.log[len(log) :])

    @pytest.mark.parametrize("kind", [EventKind.ENDED, EventKind.IMPORTED])
    def test_a_discarded_result_of_the_users(self, kind: EventKind) -> None:
        # Of a trial that the tuner did not propose: enqueued, imported, or the script's own values.
        problem = self.problem(MIXED)
        launcher = self.launch(problem)
        foreign = self.launch(self.problem(MIXED, seed=99))
        foreign.run(1)
        trial = Trial(1000, Suggestion(foreign.suggestions[0].config), TrialState.SUCCEEDED, values=(1e6,))
        launcher.tell(kind, trial)
        launcher.tell(kind, replace(trial, state=TrialState.FAILED, values=None))
        launcher.run(self.trials)
        plain = self.launch(problem)
        plain.tell(kind, replace(trial, state=TrialState.FAILED, values=None))
        plain.run(self.trials)
        assert launcher.suggestions[: self.trials // 4] == plain.suggestions[: self.trials // 4]

    @pytest.mark.parametrize("trials", [1, 2, 3])
    @pytest.mark.parametrize("jobs", [1, 4])
    @pytest.mark.parametrize("high", [1, 2])
    def test_the_small_end(self, trials: int, jobs: int, high: int) -> None:
        # Few trials, more jobs than trials, budgets of one and two, one option alone.
        only = Parameter("only", Sampler.CHOICE, ("one",))
        pair = Parameter("pair", Sampler.CHOICE, (1, 2))
        low = None if self.fidelity is None else self.fidelity.low
        fidelity = None if low is None else Fidelity(low, low * high)
        for space in (SearchSpace((only,)), SearchSpace((pair,)), SearchSpace((pair, only)), PLANE):
            problem = self.problem(space, jobs=jobs, trials=trials, fidelity=fidelity)
            launcher = self.launch(problem, lambda suggestion, trial: [measure(suggestion)])
            launcher.run(trials)
            size = math.inf if space is PLANE else len(all_of(space))
            assert len({key_of(s) for s in launcher.suggestions}) >= min(trials if high == 1 else 1, size)
            tuner = launcher.tuner
            if isinstance(tuner, Promoter) and not launcher.running:
                batch = tuner.promote(jobs)
                assert all(s.parent is not None for s in batch.suggestions)
                assert batch.status is not BatchStatus.WAIT or batch.suggestions
