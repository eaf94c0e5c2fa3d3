"""Median stopping: a trial that never got to where the others were on average has lost."""

from __future__ import annotations

import math

from nnic.tuners.history import History
from nnic.tuners.protocol import Decision, Problem, Trial


class MedianStop:
    """The performance curve rule of Golovin et al. 2017 (Google Vizier, section 3.2.2).

    A trial is stopped at a step when its best value so far is strictly worse than the median of
    the finished trials' running averages up to that step. Only trials that ran to their end count;
    the first objective decides, in its direction; NaN and infinities are worse than any number.

    Parameters
    ----------
    problem
        For the direction.
    start_step
        Steps before this one (counted from 0) are not judged.
    min_finished
        Finished trials that must have a value at the step.

    Raises
    ------
    ValueError
        When an option is negative, or ``min_finished`` below 1.
    """

    def __init__(self, problem: Problem, start_step: int = 0, min_finished: int = 5) -> None:
        if start_step < 0:
            raise ValueError(f"medianstop: start_step cannot be negative, got {start_step}")
        if min_finished < 1:
            raise ValueError(f"medianstop: min_finished must be at least 1, got {min_finished}")
        self._maximize = problem.objectives[0].maximize
        self._start_step = start_step
        self._min_finished = min_finished

    def assess(self, trial: Trial, history: History) -> Decision:
        """Decide on ``trial`` after its last report."""
        if not trial.reports or trial.reports[-1].step < self._start_step:
            return Decision.CONTINUE
        averages = history.averages(trial.reports[-1].step)
        if len(averages) < self._min_finished:
            return Decision.CONTINUE
        median = averages.quantile(0.5, self._maximize)
        best = self._best(trial)
        worse = best < median if self._maximize else best > median
        return Decision.STOP if worse else Decision.CONTINUE

    def _best(self, trial: Trial) -> float:
        finite = [r.values[0] for r in trial.reports if math.isfinite(r.values[0])]
        if not finite:
            return -math.inf if self._maximize else math.inf
        return max(finite) if self._maximize else min(finite)
