"""The conformance suite of tuners that hand out budgets and promote."""

# ruff: noqa: D102 -- a test's name is its documentation

import random
from collections.abc import Sequence

from nnic.tuners.protocol import (
    BatchStatus,
    Objective,
    Problem,
    Promoter,
    Suggestion,
    TrialState,
    Tuner,
)
from nnic.tuners.space import Fidelity
from nnic.tuners.testing.fake_launcher import FakeLauncher
from nnic.tuners.testing.measures import measure
from nnic.tuners.testing.spaces import MIXED
from nnic.tuners.testing.tuner_suite import TunerSuite


class BudgetSuite(TunerSuite):
    """Tests what a tuner that hands out budgets and promotes must do besides.

    Attributes
    ----------
    waits
        Whether it waits for a rung to be complete; one that does not always has something new.
    """

    repeats = True
    fidelity: Fidelity | None = Fidelity(1, 9)
    waits = True

    def make_pausing(self, problem: Problem) -> Tuner:
        """Build the tuner so that it pauses trials at the end of their budget itself."""
        raise NotImplementedError

    def test_it_says_that_it_hands_out_budgets_and_promotes(self) -> None:
        abilities = self._abilities()
        assert abilities.budgets, "declare abilities = Abilities(budgets=True)"
        assert abilities.promotes, "it has no method promote"

    def test_budgets_rise_from_parent_to_child(self) -> None:
        launcher = self.launch(self.problem(MIXED, jobs=3), seed=4)
        launcher.run(60)
        children = [s for s in launcher.suggestions if s.parent is not None]
        assert children
        for child in children:
            assert child.parent is not None
            parent = launcher.history[child.parent]
            assert child.config == parent.suggestion.config
            assert child.budget is not None
            assert parent.suggestion.budget is not None
            assert child.budget > parent.suggestion.budget
        budgets = {s.budget for s in launcher.suggestions}
        assert len(budgets) > 1
        assert self.fidelity is not None
        assert self.fidelity.high in budgets

    def test_waits_only_while_something_runs(self) -> None:
        problem = self.problem(MIXED, jobs=6)
        launcher = self.launch(problem, seed=11)
        launcher.run(60)
        waits = [e for e in launcher.log if isinstance(e, tuple) and e[1].status is BatchStatus.WAIT]
        assert bool(waits) is self.waits

    def test_at_the_limit_what_is_under_way_is_promoted(self) -> None:
        # It may be that all that belong on a higher rung went there before, and one of them had the whole
        # budget: then nothing is left to promote. That is seldom; with other losses it is otherwise.
        promoted = [self._promoted_at_the_limit(seed) for seed in range(8)]
        assert sum(count > 0 for count in promoted) >= 4

    def _promoted_at_the_limit(self, seed: int) -> int:
        """How many trials go on after the eighth configuration, when no new ones may be tried."""
        launcher = self.launch(self.problem(MIXED, jobs=3, seed=seed), seed=seed)
        tuner = launcher.tuner
        assert isinstance(tuner, Promoter), "it has no method promote"
        while len([s for s in launcher.suggestions if s.parent is None]) < 8:
            launcher.step(1000)
        launcher.status = BatchStatus.EXHAUSTED  # So the launcher itself asks no more.
        before = len(launcher.suggestions)
        ended = False
        while not ended:
            batch = tuner.promote(1)
            launcher.log.append((1, batch))
            assert all(s.parent is not None for s in batch.suggestions)
            for suggestion in batch.suggestions:
                launcher.start(suggestion)
            ended = batch.status is BatchStatus.EXHAUSTED
            assert ended or batch.suggestions or launcher.running, "it waits while nothing runs"
            launcher.step(0)
        assert self.fidelity is not None
        assert self.fidelity.high in {s.budget for s in launcher.suggestions}
        return len(launcher.suggestions) - before

    def test_promotes_the_better_ones(self) -> None:
        for maximize in (True, False):
            launcher = self.launch(self.problem(MIXED, objectives=(Objective("default", maximize),)))
            launcher.run(30)
            promoted = [measure(s) for s in launcher.suggestions if s.parent is not None]
            fresh = [measure(s) for s in launcher.suggestions if s.parent is None]
            better = sum(promoted) / len(promoted) > sum(fresh) / len(fresh)
            assert better is maximize

    def test_a_paused_trial_goes_on_in_its_child(self) -> None:
        problem = self.problem(MIXED, jobs=3)

        def curve(suggestion: Suggestion, trial: int) -> Sequence[float]:
            # It never ends by itself before the whole budget; a child goes on where its parent was.
            del trial
            assert self.fidelity is not None
            used = 0
            if suggestion.parent is not None:
                used = round(launcher.history[suggestion.parent].suggestion.budget or 0)
            return [measure(suggestion)] * (round(self.fidelity.high) - used)

        launcher = FakeLauncher(self.make_pausing(problem), problem, curve, order=random.Random(1))
        launcher.run(40)
        paused = [t for t in launcher.history if t.state is TrialState.PAUSED]
        assert paused
        for trial in paused:
            used = 0.0
            if trial.suggestion.parent is not None:
                used = launcher.history[trial.suggestion.parent].suggestion.budget or 0.0
            assert used + len(trial.reports) == trial.suggestion.budget
        children = [s for s in launcher.suggestions if s.parent is not None]
        assert children
        for child in children:
            assert child.parent is not None
            assert child.parent_step == launcher.history[child.parent].reports[-1].step
