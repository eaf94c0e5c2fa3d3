"""The conformance suites: what every tuner and assessor must do, a user's own as well.

Subclass in a test module and say how to build yours; pytest does the rest::

    from nnic.tuners.testing import TunerSuite

    class TestMyTuner(TunerSuite):
        def make(self, problem):
            return MyTuner(problem)

Needs pytest and hypothesis, which nnic itself does not.
"""

# ruff: noqa: D102 -- a test's name is its documentation

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.fake_launcher import Curve, FakeLauncher, replay
from nnic.tuners.history import History
from nnic.tuners.protocol import (
    Assessor,
    BatchStatus,
    Decision,
    EventKind,
    Objective,
    Problem,
    Report,
    Suggestion,
    Trial,
    TrialState,
    Tuner,
)
from nnic.tuners.space import Constraint, Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing_spaces import EXTREME, MIXED, PLANE, WIDE, small_space, spaces

_SETTINGS = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def measure(suggestion: Suggestion) -> float:
    """A number between 0 and 1 that depends on the whole configuration, the same in every process."""
    text = repr(sorted(suggestion.config.items()))
    return random.Random(text).random()


def curve_of(suggestion: Suggestion, trial: int = 0) -> Sequence[float]:
    """One report a unit of budget (three without one), rising to what :func:`measure` says."""
    del trial
    count = 3 if suggestion.budget is None else math.ceil(suggestion.budget)
    return [measure(suggestion) * (1 - 0.5 ** (step + 1)) for step in range(count)]


def key_of(suggestion: Suggestion) -> str:
    """Equal for equal configurations, types included."""
    return repr(sorted(suggestion.config.items()))


class TunerSuite:
    """What every tuner must do.

    Attributes
    ----------
    repeats
        Whether a configuration may be suggested again although the space has others.
    fidelity
        The budget of the problems that it is tested on; ``None`` for none.
    trials
        Suggestions in the longer tests.
    sizes
        Suggestions after which the state's size is compared, each twice the one before.
    """

    repeats = False
    fidelity: Fidelity | None = None
    trials = 40
    sizes = (100, 200, 400)

    def make(self, problem: Problem) -> Tuner:
        """Build the tuner under test."""
        raise NotImplementedError

    def problem(self, space: SearchSpace, **changes: object) -> Problem:
        """A problem over ``space`` that the tuner accepts."""
        return Problem(space, **{"fidelity": self.fidelity, "seed": 1, **changes})  # type: ignore[arg-type]

    def launch(self, problem: Problem, curve: Curve = curve_of, seed: int | None = None) -> FakeLauncher:
        """A launcher around a new tuner; with a seed the trials get on in random order."""
        order = None if seed is None else random.Random(seed)
        return FakeLauncher(self.make(problem), problem, curve, order=order)

    # -- what is suggested -----------------------------------------------------------------------

    @_SETTINGS
    @given(space=spaces(), jobs=st.integers(1, 5), seed=st.integers(0, 2**64))
    def test_suggestions_lie_in_the_space(self, space: SearchSpace, jobs: int, seed: int) -> None:
        launcher = self.launch(self.problem(space, jobs=jobs, seed=seed))
        launcher.run(18)  # the launcher checks each of them
        assert launcher.suggestions

    @pytest.mark.parametrize("space", [EXTREME, WIDE, MIXED], ids=["extreme", "200 parameters", "mixed"])
    def test_extreme_spaces(self, space: SearchSpace) -> None:
        launcher = self.launch(self.problem(space, jobs=3))
        launcher.run(30)
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

    def test_exhaustion(self) -> None:
        space = small_space()
        launcher = self.launch(self.problem(space, jobs=2))
        launcher.run(1000)
        assert launcher.status is BatchStatus.EXHAUSTED, "a space of 7 configurations lasted for 1000 trials"
        assert launcher.reason, "EXHAUSTED without a reason"
        assert {key_of(s) for s in launcher.suggestions} == {key_of(s) for s in _all_of(space)}
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

    # -- determinism -----------------------------------------------------------------------------

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

    # -- results of every kind -------------------------------------------------------------------

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

    # -- cost ------------------------------------------------------------------------------------

    def test_memory_is_linear(self) -> None:
        launcher = self.launch(self.problem(MIXED, jobs=2), lambda suggestion, trial: [measure(suggestion)])
        sizes = []
        for trials in self.sizes:
            launcher.run(trials)
            launcher.log.clear()
            sizes.append(len(launcher.tuner.save()))
        assert sizes[2] - sizes[1] <= 4 * max(sizes[1] - sizes[0], 2000)


def _all_of(space: SearchSpace) -> list[Suggestion]:
    """Every configuration of a small space, by brute force over the values of each parameter."""
    configs: list[dict[str, object]] = [{}]
    for parameter in space:
        values = parameter.options or [v for v in range(-50, 50) if parameter.contains(v)]
        grown = []
        for config in configs:
            active = space.is_active(parameter, config)  # type: ignore[arg-type]
            grown += [{**config, parameter.key: v} for v in values] if active else [config]
        configs = grown
    return [Suggestion(config) for config in configs]  # type: ignore[arg-type]


class BudgetSuite(TunerSuite):
    """What a tuner that hands out budgets must do besides.

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
        launcher = self.launch(self.problem(MIXED, jobs=3), seed=8)
        while len([s for s in launcher.suggestions if s.parent is None]) < 8:
            launcher.step(1000)
        launcher.status = BatchStatus.EXHAUSTED  # so that the launcher itself asks no more
        before = len(launcher.suggestions)
        ended = False
        while not ended:
            batch = launcher.tuner.promote(1)  # type: ignore[attr-defined]
            launcher.log.append((1, batch))
            assert all(s.parent is not None for s in batch.suggestions)
            for suggestion in batch.suggestions:
                launcher.start(suggestion)
            ended = batch.status is BatchStatus.EXHAUSTED
            assert ended or batch.suggestions or launcher.running, "it waits while nothing runs"
            launcher.step(0)
        assert len(launcher.suggestions) > before
        assert self.fidelity is not None
        assert self.fidelity.high in {s.budget for s in launcher.suggestions}

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
            # Never ends by itself before the whole budget; a child goes on where its parent was.
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


class AssessorSuite:
    """What every assessor must do.

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
            level, reports, state = rng.random(), (), TrialState.SUCCEEDED
            for step in range(8):
                value = sign * level * (1 - 0.5 ** (step + 1))
                reports = (*reports, Report(step, (value,)))  # type: ignore[assignment]
                trial = Trial(number, Suggestion({}), TrialState.RUNNING, reports)
                history.record(trial)
                decisions.append(assessor.assess(trial, history))
                if decisions[-1] is Decision.STOP:
                    state = TrialState.STOPPED
                    break
            history.record(Trial(number, Suggestion({}), state, reports))
        return decisions
