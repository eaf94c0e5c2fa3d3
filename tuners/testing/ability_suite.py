"""Tests that what a tuner declares of itself is true."""

# ruff: noqa: D102 -- a test's name is its documentation

import pytest

from nnic.tuners.abilities import Abilities, declared_abilities
from nnic.tuners.protocol import EventKind, Promoter, Suggestion, Trial, TrialState
from nnic.tuners.space import Fidelity
from nnic.tuners.testing.measures import measure
from nnic.tuners.testing.spaces import MIXED
from nnic.tuners.testing.suite_base import SuiteBase


class AbilitySuite(SuiteBase):
    """Tests that a tuner has no ability that its class does not declare; see :class:`Abilities`."""

    def test_without_the_ability_a_trial_gets_the_whole_budget(self) -> None:
        fidelity = self.fidelity or Fidelity(1, 9)
        tuner = self.make(self.problem(MIXED, fidelity=fidelity))
        if not self._abilities().budgets:
            budgets = {suggestion.budget for suggestion in tuner.suggest(5).suggestions}
            assert budgets <= {None, fidelity.high}, "declare abilities = Abilities(budgets=True)"

    def test_without_the_ability_imported_values_play_no_part(self) -> None:
        if not self._abilities().learns:
            assert self._after_imports(1.0) == self._after_imports(-1.0)

    def test_without_the_ability_the_number_of_trials_plays_no_part(self) -> None:
        if not self._abilities().plans:
            short, long = (self.launch(self.problem(MIXED, trials=n)) for n in (self.short, 10_000))
            short.run(self.short)
            long.run(self.short)
            assert short.suggestions == long.suggestions, "declare abilities = Abilities(plans=True)"

    def test_it_refuses_a_program_without_a_checkpoint_only_if_it_says_so(self) -> None:
        problem = self.problem(MIXED, checkpoint=False)
        if not self._abilities().needs_checkpoint:
            assert self.make(problem).suggest(1).suggestions
            return
        with pytest.raises(ValueError, match="checkpoint"):
            self.make(problem)

    def test_only_one_that_promotes_goes_on_from_trials(self) -> None:
        launcher = self.launch(self.problem(MIXED, jobs=3))
        launcher.run(self.trials)
        parents = [s.parent for s in launcher.suggestions if s.parent is not None]
        assert isinstance(launcher.tuner, Promoter) or not parents

    def _abilities(self) -> Abilities:
        return declared_abilities(type(self.make(self.problem(MIXED))))

    def _after_imports(self, sign: float) -> list[Suggestion]:
        """What is suggested after results that were imported, their values times ``sign``."""
        launcher, source = self.launch(self.problem(MIXED)), self.launch(self.problem(MIXED, seed=99))
        source.run(12)
        for number, suggestion in enumerate(source.suggestions):
            plain = Suggestion(suggestion.config)
            values = (sign * measure(plain),)
            trial = Trial(1000 + number, plain, TrialState.SUCCEEDED, values=values)
            launcher.tell(EventKind.IMPORTED, trial)
        launcher.run(self.short)
        return launcher.suggestions
