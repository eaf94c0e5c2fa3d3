"""ASHA, a successive halving that never waits."""

from __future__ import annotations

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.multifidelity.budgets import budget_levels, fidelity_of
from nnic.tuners.multifidelity.promoting import PromotingTuner
from nnic.tuners.multifidelity.rungs import Ladder
from nnic.tuners.protocol import Problem


class AshaTuner(PromotingTuner):
    """Asynchronous successive halving (Li et al. 2020, arXiv 1810.05934, Algorithm 2).

    When a job is free, the best trial that is in the top ``1 / eta`` of its rung and was not promoted
    yet is promoted to the next rung; the highest rung is looked at first. If there is no such trial, a
    new random configuration starts on the lowest rung. So no trial waits for the slowest one of a rung.
    A promotion is a new trial with ``eta`` times the budget and the earlier trial as its parent.

    When there are no new configurations (the space is exhausted, or the run's limit is reached) and no
    trial has had the whole budget yet, the best trial is promoted until it has.

    Failed trials and results that are not numbers count in their rung and are never promoted. In a tie
    the earlier trial wins.

    Parameters
    ----------
    problem
        The problem, which must have a fidelity; its first objective counts.
    eta
        The inverse of the promoted share, above 1, and at least 2 where the budget is an integer.
    bracket
        How many of the lowest budgets to leave out, from 0 to the number of budgets less 1; the paper's
        ``s``, the minimum early-stopping rate.
    pause
        Let the tuner itself pause a trial once it has reported as often as its budget has units. This
        is for programs that report once a unit and continue from a checkpoint; other programs end by
        themselves where their budget says.

    Raises
    ------
    ValueError
        When the problem has no fidelity, or an option is out of range.
    """

    name = "asha"

    def __init__(self, problem: Problem, eta: float = 3.0, bracket: int = 0, pause: bool = False) -> None:
        super().__init__(problem, [asha_ladder(self.name, problem, eta, bracket)], pause)

    def _draw(self) -> Floats | None:
        return self.distinct.draw()


def asha_ladder(name: str, problem: Problem, eta: float, bracket: int) -> Ladder:
    """Make the rungs of the tuner ``name``: the program's budgets without the ``bracket`` lowest."""
    levels = budget_levels(name, fidelity_of(name, problem), eta)
    if not 0 <= bracket < len(levels):
        raise ValueError(f"{name}: bracket must be from 0 to {len(levels) - 1}, got {bracket}")
    return Ladder(levels[bracket:], eta)
