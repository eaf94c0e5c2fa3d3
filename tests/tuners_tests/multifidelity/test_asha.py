"""Asynchronous successive halving: what goes on, when, and with what."""

from __future__ import annotations

import math

import pytest

from nnic.tuners.multifidelity.asha import AshaTuner
from nnic.tuners.protocol import (
    Batch,
    BatchStatus,
    Decision,
    EventKind,
    Objective,
    Problem,
    Report,
    Suggestion,
    Trial,
    TrialEvent,
    TrialState,
)
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Fidelity
from nnic.tuners.testing.fake_launcher import FakeLauncher
from nnic.tuners.testing.spaces import PLANE, small_space

PROBLEM = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 9))


class Hand:
    """Drives a tuner step by step; trials get the numbers of their suggestions."""

    def __init__(self, problem: Problem = PROBLEM, **options: object) -> None:
        self.tuner = AshaTuner(problem, **options)  # type: ignore[arg-type]
        self.suggestions: list[Suggestion] = []
        self.events = 0

    def ask(self) -> tuple[int | None, float | None]:
        """The parent and the budget of the next suggestion."""
        (suggestion,) = self.tuner.suggest(1).suggestions
        self.suggestions.append(suggestion)
        return suggestion.parent, suggestion.budget

    def tell(
        self, trial: int, loss: float | None, step: int = 0, kind: EventKind = EventKind.ENDED
    ) -> Decision:
        reports = () if loss is None else (Report(step, (loss,)),)
        state = TrialState.FAILED if loss is None else TrialState.SUCCEEDED
        if kind is EventKind.REPORT:
            state = TrialState.RUNNING
        values = None if loss is None or kind is EventKind.REPORT else (loss,)
        event = TrialEvent(self.events, kind, Trial(trial, self.suggestions[trial], state, reports, values))
        self.events += 1
        return self.tuner.observe(event)


def test_the_top_third_goes_on_as_soon_as_it_is_known():
    hand = Hand()
    assert [hand.ask() for _ in range(3)] == [(None, 1)] * 3
    hand.tell(0, 0.5)
    hand.tell(1, 0.3, step=4)
    assert hand.ask() == (None, 1)  # two results: a third of them is none
    hand.tell(2, 0.4)
    assert hand.ask() == (1, 3)
    assert hand.suggestions[-1].parent_step == 4
    assert hand.suggestions[-1].config == hand.suggestions[1].config
    assert hand.ask() == (None, 1)


def test_a_better_latecomer_takes_the_place_it_earns():
    hand = Hand()
    for _ in range(6):
        hand.ask()
    for trial, loss in enumerate([0.5, 0.3, 0.4]):
        hand.tell(trial, loss)
    assert hand.ask() == (1, 3)
    hand.tell(3, 0.1)
    # Of four one place, and the best of them is new: it goes on although the place was given before.
    assert hand.ask() == (3, 3)
    hand.tell(4, 0.2)
    assert hand.ask() == (None, 1)
    hand.tell(5, 0.6)
    assert hand.ask() == (4, 3)  # two places of six, for 3 and 4; 1 went on too early


def test_the_highest_rung_comes_first():
    hand = Hand()
    for _ in range(9):
        hand.ask()
    for trial in range(9):
        hand.tell(trial, trial / 10)
    assert [hand.ask() for _ in range(3)] == [(0, 3), (1, 3), (2, 3)]
    for trial in (9, 10, 11):
        hand.tell(trial, trial / 10)
    for trial in range(3):
        hand.ask()
        hand.tell(12 + trial, 0.0)
    # Rung 1 has three results and rung 0 a twelfth one: the whole budget before the second rung.
    assert hand.suggestions[12].parent == 9
    assert hand.suggestions[12].budget == 9


def test_failures_count_in_their_rung_and_never_go_on():
    hand = Hand()
    for _ in range(6):
        hand.ask()
    for trial, loss in enumerate([None, math.nan, 0.7, math.inf, None, -math.inf]):
        hand.tell(trial, loss)
    assert hand.ask() == (2, 3)
    assert hand.ask() == (None, 1)


def test_ties_go_to_the_earlier_trial():
    hand = Hand()
    for _ in range(3):
        hand.ask()
    for trial in (2, 0, 1):
        hand.tell(trial, 0.5)
    assert hand.ask() == (0, 3)


def test_an_end_that_is_told_twice_counts_once():
    hand = Hand()
    for _ in range(2):
        hand.ask()
    for _ in range(3):
        hand.tell(0, 0.5)
    assert hand.ask() == (None, 1)


def test_the_bracket_leaves_out_the_lowest_budgets():
    assert Hand(bracket=1).ask() == (None, 3)
    assert Hand(bracket=2).ask() == (None, 9)
    assert Hand(Problem(PLANE, fidelity=Fidelity(2, 81)), eta=4).ask() == (None, 5)  # 81 / 16
    assert Hand(Problem(PLANE, fidelity=Fidelity(0.1, 1, integer=False))).ask() == (
        None,
        pytest.approx(1 / 9),
    )


@pytest.mark.parametrize(
    ("problem", "options", "message"),
    [
        (Problem(PLANE), {}, r"asha gives trials budgets.*epochs = 27  # @nni.budget\(1, 27\)"),
        (PROBLEM, {"eta": 1}, "asha: eta must be above 1"),
        (PROBLEM, {"eta": 1.5}, "at least 2 for whole budgets"),
        (PROBLEM, {"eta": math.nan}, "eta"),
        (PROBLEM, {"bracket": 3}, "asha: bracket must be from 0 to 2, got 3"),
    ],
)
def test_what_does_not_fit_is_refused(problem, options, message):
    with pytest.raises(ValueError, match=message):
        make_tuner("asha", problem, options)


def test_it_pauses_only_where_asked_and_below_the_whole_budget():
    for pause in (False, True):
        hand = Hand(pause=pause)
        for _ in range(3):
            hand.ask()
        paused = Decision.PAUSE if pause else Decision.CONTINUE
        assert hand.tell(0, 0.5, 0, EventKind.REPORT) is paused
        for trial in range(3):
            hand.tell(trial, 0.5)
        assert hand.ask() == (0, 3)
        # Its steps count from 0 again, one unit of its three is used.
        assert hand.tell(3, 0.5, 0, EventKind.REPORT) is Decision.CONTINUE
        assert hand.tell(3, 0.5, 1, EventKind.REPORT) is paused


def test_a_space_that_runs_out_ends_with_the_whole_budget():
    problem = Problem(small_space(), fidelity=Fidelity(1, 9), jobs=3)
    launcher = FakeLauncher(AshaTuner(problem), problem, lambda s, trial: [trial % 5])
    launcher.run(1000)
    assert launcher.status is BatchStatus.EXHAUSTED
    assert "all 7 configurations" in launcher.reason
    budgets = [s.budget for s in launcher.suggestions]
    assert budgets.count(1) == 7
    # A third of so few may not lead to the whole budget: then the best goes on alone at the end.
    assert 9 in budgets


def test_promotions_alone():
    hand = Hand()
    for _ in range(4):
        hand.ask()
    assert hand.tuner.promote(2) == Batch((), BatchStatus.WAIT, "running trials decide which ones continue")
    for trial, loss in enumerate([0.5, 0.3, 0.4]):
        hand.tell(trial, loss)
    batch = hand.tuner.promote(2)
    assert [(s.parent, s.budget) for s in batch.suggestions] == [(1, 3)]
    assert batch.status is BatchStatus.WAIT


def climbed(latecomers: int) -> Hand:
    """The best of three is promoted, and so are latecomers that are each the best of their time."""
    hand = Hand()
    for _ in range(3):
        hand.ask()
    for trial, loss in enumerate([0.5, 0.6, 0.4]):
        hand.tell(trial, loss)
    assert hand.ask() == (2, 3)
    for trial in (4, 6)[:latecomers]:
        assert hand.ask() == (None, 1)
        hand.tell(trial, 0.5 - trial / 20)
        assert hand.ask() == (trial, 3)
    for trial in (3, 5, 7)[: 1 + latecomers]:
        hand.tell(trial, trial / 10)
    return hand


def test_at_the_limit_nothing_goes_on_where_all_that_belong_higher_are_there():
    hand = climbed(2)
    assert hand.ask() == (3, 9)  # the best third of the three on the second rung
    assert hand.tuner.promote(1).status is BatchStatus.WAIT
    hand.tell(8, 0.1)
    # One place of five on the lowest rung, one of three on the second: they are taken.
    batch = hand.tuner.promote(1)
    assert batch == Batch((), BatchStatus.EXHAUSTED, "no trial is left that may get a larger budget")


def test_at_the_limit_the_best_goes_on_until_one_had_the_whole_budget():
    hand = climbed(1)
    # Of two on the second rung none is the best third, and nothing runs.
    assert [(s.parent, s.budget) for s in hand.tuner.promote(1).suggestions] == [(3, 9)]


def test_all_fail():
    problem = Problem(PLANE, fidelity=Fidelity(1, 9), jobs=3)
    launcher = FakeLauncher(AshaTuner(problem), problem, lambda s, trial: None)
    launcher.run(50)
    assert {s.budget for s in launcher.suggestions} == {1}
    assert launcher.tuner.promote(1).status is BatchStatus.EXHAUSTED  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["asha", "bohb", "hyperband"])
def test_a_failed_trial_that_is_tried_again_counts_with_its_new_result(name):
    problem = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 3))
    options = {"exec_mode": "serial"} if name == "hyperband" else {}
    tuner = make_tuner(name, problem, options)
    batch = tuner.suggest(3).suggestions
    for number, (suggestion, loss) in enumerate(zip(batch, [None, 0.5, 0.4])):
        state = TrialState.FAILED if loss is None else TrialState.SUCCEEDED
        values = None if loss is None else (loss,)
        trial = Trial(number, suggestion, state, (), values)
        tuner.observe(TrialEvent(number, EventKind.ENDED, trial))
    again = make_tuner(name, problem, options)
    again.load(tuner.save())
    for each in (tuner, again):
        retried = Trial(0, batch[0], TrialState.SUCCEEDED, (), (0.1,))
        each.observe(TrialEvent(3, EventKind.ENDED, retried))
        promoted = [s.parent for s in each.suggest(1).suggestions]
        assert promoted == [0]
