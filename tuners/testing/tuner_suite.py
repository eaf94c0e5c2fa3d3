"""The conformance suite of tuners."""

# ruff: noqa: D102 -- a test's name is its documentation

import math
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.protocol import (
    BatchStatus,
    EventKind,
    Objective,
    Report,
    Suggestion,
    Trial,
    TrialState,
    Tuner,
)
from nnic.tuners.space import Constraint, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.ability_suite import AbilitySuite
from nnic.tuners.testing.edge_suite import EdgeSuite
from nnic.tuners.testing.fake_launcher import FakeLauncher, replay
from nnic.tuners.testing.measures import curve_of, key_of, measure
from nnic.tuners.testing.spaces import EXTREME, MIXED, PLANE, WIDE, all_of, small_space, spaces

_SETTINGS = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


class TunerSuite(AbilitySuite, EdgeSuite):
    """Tests what every tuner must do; the attributes are those of :class:`SuiteBase`."""

    @_SETTINGS
    @given(space=spaces(), jobs=st.integers(1, 5), seed=st.integers(0, 2**64))
    def test_suggestions_lie_in_the_space(self, space: SearchSpace, jobs: int, seed: int) -> None:
        launcher = self.launch(self.problem(space, jobs=jobs, seed=seed))
        launcher.run(self.short)  # The launcher checks each of them.
        assert launcher.suggestions

    @pytest.mark.parametrize("space", [EXTREME, WIDE, MIXED], ids=["extreme", "200 parameters", "mixed"])
    def test_extreme_spaces(self, space: SearchSpace) -> None:
        launcher = self.launch(self.problem(space, jobs=3))
        launcher.run(min(30, self.trials))
        assert launcher.suggestions

    def test_an_empty_space_has_one_configuration(self) -> None:
        launcher = self.launch(self.problem(SearchSpace()))
        launcher.run(1)
        assert [dict(s.config) for s in launcher.suggestions] == [{}]

    @pytest.mark.parametrize("n", [1, 2, 7])
    def test_at_most_n(self, n: int) -> None:
        batch = self.make(self.problem(MIXED)).suggest(n)
        assert len(batch.suggestions) == n

    def test_constraints_hold(self) -> None:
        constraint = Constraint("x + y <= 0.3 and x > y", (("x", "x"), ("y", "y")))
        launcher = self.launch(self.problem(PLANE, constraints=(constraint,)))
        launcher.run(self.trials)
        assert launcher.suggestions
        for suggestion in launcher.suggestions:
            x, y = suggestion.config["x"], suggestion.config["y"]
            assert isinstance(x, float)
            assert isinstance(y, float)
            assert x + y <= 0.3
            assert x > y

    def test_constraints_hold_below_choices(self) -> None:
        # Where a parameter does not exist the constraint says nothing.
        names = ("model", "width", "depth", "scale")
        expression = "width + depth <= 6 and scale < 1 and model != None"
        constraint = Constraint(expression, tuple((name, name) for name in names))
        launcher = self.launch(self.problem(MIXED, jobs=2, constraints=(constraint,)))
        launcher.run(self.trials)
        assert launcher.suggestions
        checked = ConstraintSet((constraint,))
        assert all(checked.violation(s.config) == 0 for s in launcher.suggestions)

    def test_results_that_never_come(self) -> None:
        tuner = self.make(self.problem(MIXED, jobs=self.trials))
        found = []
        for _ in range(self.trials):
            batch = tuner.suggest(1)
            assert batch.status is not BatchStatus.EXHAUSTED
            found += [key_of(s) for s in batch.suggestions]
        assert len(found) > 1
        assert len(found) == len(set(found))

    def test_a_run_of_one_trial(self) -> None:
        launcher = self.launch(self.problem(MIXED, trials=1))
        launcher.run(1)
        assert len(launcher.suggestions) == 1

    def test_exhaustion(self) -> None:
        space = small_space()
        launcher = self.launch(self.problem(space, jobs=2))
        launcher.run(1000)
        assert launcher.status is BatchStatus.EXHAUSTED, "a space of 7 configurations lasted for 1000 trials"
        assert launcher.reason, "EXHAUSTED without a reason"
        assert {key_of(s) for s in launcher.suggestions} == {key_of(s) for s in all_of(space)}
        if not self.repeats:
            assert len(launcher.suggestions) == 7
        again = launcher.tuner.suggest(3)
        assert again.status is BatchStatus.EXHAUSTED
        assert not again.suggestions

    def test_running_trials_are_not_duplicated(self) -> None:
        choice = Parameter("c", Sampler.CHOICE, tuple(range(4)))
        space = SearchSpace((choice, Parameter("r", Sampler.RANDINT, (0, 4))))
        launcher = self.launch(self.problem(space, jobs=8), seed=3)
        more = True
        while more:
            more = launcher.step(self.trials)
            keys = [key_of(trial.suggestion) for trial in launcher.running]
            assert len(keys) == len(set(keys)), "a configuration runs twice at once"

    def test_the_seed_decides(self) -> None:
        first, second = (self.launch(self.problem(MIXED, jobs=3), seed=5) for _ in range(2))
        first.run(self.trials)
        second.run(self.trials)
        assert first.suggestions == second.suggestions

    @pytest.mark.parametrize("jobs", [1, 4])
    def test_a_replayed_log_goes_on_alike(self, jobs: int) -> None:
        problem = self.problem(MIXED, jobs=jobs)
        launcher = self.launch(problem, seed=7)
        launcher.run(self.trials // 2)
        again = self.make(problem)
        replay(again, launcher.log)
        self._same_future(launcher, again)

    @pytest.mark.parametrize("steps", [0, 1, 9, 31])
    def test_a_saved_state_goes_on_alike(self, steps: int) -> None:
        problem = self.problem(MIXED, jobs=3)
        launcher = self.launch(problem, seed=7)
        for _ in range(steps):
            launcher.step(self.trials)
        state = launcher.tuner.save()
        assert isinstance(state, bytes)
        again = self.make(problem)
        again.load(state)
        self._same_future(launcher, again)

    def test_a_state_of_something_else_is_refused(self) -> None:
        tuner = self.make(self.problem(MIXED))
        for state in (b"", b"nonsense", b'{"kind": "another"}'):
            with pytest.raises(ValueError, match="state"):
                tuner.load(state)

    def _same_future(self, launcher: FakeLauncher, again: Tuner) -> None:
        """Let ``again`` take part in what follows; it must do as the launcher's own tuner."""
        start = len(launcher.log)
        launcher.run(self.trials)
        assert len(launcher.log) > start
        replay(again, launcher.log[start:])

    @pytest.mark.parametrize("maximize", [True, False])
    @pytest.mark.parametrize(
        "result",
        [math.nan, math.inf, -math.inf, None, (), 0.0, 1e308, -1e308, 5e-324],
        ids=["nan", "inf", "-inf", "failed", "missing", "equal", "large", "-large", "tiny"],
    )
    def test_the_same_result_always(self, result: float | Sequence[float] | None, maximize: bool) -> None:
        curve = [result] if isinstance(result, float) else result
        problem = self.problem(MIXED, jobs=2, objectives=(Objective("default", maximize),))
        launcher = self.launch(problem, lambda suggestion, trial: curve)
        launcher.run(self.trials)
        assert launcher.suggestions

    def test_results_of_all_kinds(self) -> None:
        odd: list[Sequence[float] | None] = [[math.nan], [math.inf], None, (), [0.5], [0.5], [1e300]]

        def curve(suggestion: Suggestion, trial: int) -> Sequence[float] | None:
            return odd[trial % 11] if trial % 11 < len(odd) else curve_of(suggestion)

        launcher = self.launch(self.problem(MIXED, jobs=4), curve, seed=2)
        launcher.run(self.trials)
        assert launcher.suggestions

    def test_ends_without_a_start_and_cancelled_trials(self) -> None:
        tuner = self.make(self.problem(MIXED, jobs=4))
        launcher = FakeLauncher(tuner, self.problem(MIXED), curve_of)
        batch = tuner.suggest(4)
        states = [TrialState.CANCELLED, TrialState.STOPPED, TrialState.PAUSED, TrialState.SUCCEEDED]
        # Last first, and only the last one ran to its end.
        for trial, (suggestion, state) in reversed(list(enumerate(zip(batch.suggestions, states)))):
            values = (0.5,) if state is TrialState.SUCCEEDED else None
            reports = (Report(0, (0.25,)),) if state is TrialState.PAUSED else ()
            launcher.tell(EventKind.ENDED, Trial(trial, suggestion, state, reports, values))
        for suggestion in tuner.suggest(1).suggestions:
            assert MIXED.contains(suggestion.config)

    def test_imported_results(self) -> None:
        problem = self.problem(MIXED)
        launcher = self.launch(problem)
        source = self.launch(self.problem(MIXED, seed=99))
        source.run(12)
        for number, suggestion in enumerate(source.suggestions[:6]):
            plain = Suggestion(suggestion.config)
            trial = Trial(1000 + number, plain, TrialState.SUCCEEDED, values=(measure(plain),))
            launcher.tell(EventKind.IMPORTED, trial)
        outside = Suggestion({"no such parameter": 1})
        launcher.tell(EventKind.IMPORTED, Trial(2000, outside, TrialState.SUCCEEDED, values=(9.0,)))
        log = list(launcher.log)
        launcher.run(self.trials)
        again = self.make(problem)
        replay(again, [*log, *launcher.log[len(log) :]])

    def test_memory_is_linear(self) -> None:
        # What n and 4n trials add: a quadratic part becomes sixteen times as large, tables that double
        # when they are full at most eight times.
        launcher = self.launch(self.problem(MIXED, jobs=2), lambda suggestion, trial: [measure(suggestion)])
        empty = self.size(launcher.tuner)
        added = []
        for trials in self.sizes:
            launcher.run(trials)
            launcher.log.clear()
            added.append(self.size(launcher.tuner) - empty)
        assert added[-1] <= 10 * max(added[0], 2000)
