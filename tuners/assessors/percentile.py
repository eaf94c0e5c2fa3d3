"""Percentile stopping stops a trial that falls behind most others at the same step."""

from __future__ import annotations

from nnic.tuners.assessors.base import StepAssessor
from nnic.tuners.history import History
from nnic.tuners.protocol import Problem, Trial


class Percentile(StepAssessor):
    """Stops a trial that is not among the best ``percentile`` per cent of its step.

    A trial is stopped at a step if its best value so far is strictly worse than the best ``percentile``
    per cent of the other trials had at the same step. All trials that reached the step count with the
    value that they had there, whether they are running, finished or stopped now. Nothing is assumed
    about how a stopped trial would have continued.

    Parameters
    ----------
    problem
        The problem, whose first objective says the direction.
    percentile
        How many per cent of the trials continue, above 0 and below 100; 50 keeps the better half.
    start_step
        Steps before this one (counted from 0) are not judged.
    min_trials
        How many other trials must have a value at the step, at least 1.
    gap
        From ``start_step`` on every ``gap``-th step is judged.

    Raises
    ------
    ValueError
        When an option is out of range.
    """

    name = "percentile"

    def __init__(
        self,
        problem: Problem,
        percentile: float = 25.0,
        start_step: int = 0,
        min_trials: int = 5,
        gap: int = 1,
    ) -> None:
        super().__init__(problem, start_step, gap)
        if not 0 < percentile < 100:
            raise ValueError(f"percentile: percentile must be above 0 and below 100, got {percentile:g}")
        if min_trials < 1:
            raise ValueError(f"percentile: min_trials must be at least 1, got {min_trials}")
        self._share = percentile / 100
        self._min_trials = min_trials

    def loses(self, trial: Trial, history: History) -> bool:
        """Whether the trial's best value is worse than the quantile of the others."""
        others = history.reached(trial.reports[-1].step, but=trial)
        if len(others) < self._min_trials:
            return False
        return self.worse(self.best_of(trial), others.quantile(1 - self._share, self.maximize))
