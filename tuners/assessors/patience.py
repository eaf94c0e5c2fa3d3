"""Patience stops a trial that no longer improves and is not the best."""

from __future__ import annotations

import math

from nnic.tuners.assessors.base import StepAssessor
from nnic.tuners.history import History
from nnic.tuners.protocol import Problem, Trial


class Patience(StepAssessor):
    """Stops a trial whose last ``patience`` reports brought no improvement.

    A report is an improvement if it is better than all earlier ones by more than ``min_delta``. A trial
    whose best value is better than the last value of every finished trial is not stopped: a stopped
    trial has no final result, and the winner should have one.

    Parameters
    ----------
    problem
        The problem, whose first objective says the direction.
    patience
        After how many reports without an improvement a trial is stopped, at least 1.
    min_delta
        How large an improvement must be to count, in the metric's unit; not negative.
    start_step
        Steps before this one (counted from 0) are not judged.

    Raises
    ------
    ValueError
        When an option is out of range.
    """

    name = "patience"

    def __init__(
        self, problem: Problem, patience: int = 10, min_delta: float = 0.0, start_step: int = 0
    ) -> None:
        super().__init__(problem, start_step, 1)
        if patience < 1:
            raise ValueError(f"patience: patience must be at least 1, got {patience}")
        if not 0 <= min_delta < math.inf:
            raise ValueError(f"patience: min_delta cannot be negative, got {min_delta:g}")
        self._patience = patience
        self._min_delta = min_delta

    def loses(self, trial: Trial, history: History) -> bool:
        """Whether the trial stagnates below the best finished one."""
        if self._stagnant_for(trial) < self._patience:
            return False
        best = history.last_values.best(self.maximize)
        return best is not None and not self.worse(best, self.best_of(trial))

    def _stagnant_for(self, trial: Trial) -> int:
        """How many reports there were since the last improvement."""
        best, since = self.worst, 0
        margin = self._min_delta if self.maximize else -self._min_delta
        for report in trial.reports:
            value = report.values[0]
            since += 1
            if math.isfinite(value) and (not math.isfinite(best) or self.worse(best + margin, value)):
                best, since = value, 0
        return since
