"""Median stopping stops a trial that never got to where the others were on average."""

from __future__ import annotations

from nnic.tuners.assessors.base import StepAssessor
from nnic.tuners.history import History
from nnic.tuners.protocol import Problem, Trial


class MedianStop(StepAssessor):
    """The performance curve rule of Golovin et al. 2017 (Google Vizier, section 3.2.2).

    A trial is stopped at a step if its best value so far is strictly worse than the median of the
    finished trials' running averages up to that step. Only trials that ran to their end count. The
    first objective decides, in its direction. NaN and infinities are worse than any number.

    Parameters
    ----------
    problem
        The problem, whose first objective says the direction.
    start_step
        Steps before this one (counted from 0) are not judged.
    min_finished
        How many finished trials must have a value at the step, at least 1.
    gap
        From ``start_step`` on every ``gap``-th step is judged.

    Raises
    ------
    ValueError
        When ``start_step`` is negative, or ``min_finished`` or ``gap`` below 1.
    """

    name = "medianstop"

    def __init__(self, problem: Problem, start_step: int = 0, min_finished: int = 5, gap: int = 1) -> None:
        super().__init__(problem, start_step, gap)
        if min_finished < 1:
            raise ValueError(f"medianstop: min_finished must be at least 1, got {min_finished}")
        self._min_finished = min_finished

    def loses(self, trial: Trial, history: History) -> bool:
        """Whether the trial's best value is worse than the median."""
        averages = history.averages(trial.reports[-1].step)
        if len(averages) < self._min_finished:
            return False
        return self.worse(self.best_of(trial), averages.quantile(0.5, self.maximize))
