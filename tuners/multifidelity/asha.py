"""ASHA, a successive halving that never waits."""

from __future__ import annotations

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.multifidelity.budgets import budget_levels, fidelity_of
from nnic.tuners.multifidelity.promoting import PromotingTuner
from nnic.tuners.multifidelity.rungs import Ladder
from nnic.tuners.protocol import Problem


class AshaTuner(PromotingTuner):
    """Asynchronous successive halving (Li et al. 2020, arXiv 1810.05934, Algorithm 2).

    Whenever a job is free, the best trial that belongs to the top ``1 / eta`` of its rung and was
    not promoted yet goes on to the next one, the highest rung first; where there is none, a new
    random configuration starts on the lowest. So nothing ever waits for the slowest of a rung. A
    promotion is a new trial with ``eta`` times the budget and the earlier one as its parent.

    When nothing new comes any more (the space is used up, or the run's limit is reached) and no
    trial has had the whole budget yet, the best one goes on until it has.

    Failed trials and results that are no numbers count in their rung and are never promoted;
    ties go to the earlier trial.

    Parameters
    ----------
    problem
        The problem, which must have a fidelity; its first objective counts.
    eta
        The inverse of the promoted share, above 1, and at least 2 where the budget is an integer.
    bracket
        How many of the lowest budgets are left out, from 0 to the number of budgets less 1; the paper's
        ``s``, the minimum early-stopping rate.
    pause
        Let the tuner itself pause a trial once it has reported as often as its budget has units. This
        is for programs that report once a unit and go on from a checkpoint; others end where their
        budget says.

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
