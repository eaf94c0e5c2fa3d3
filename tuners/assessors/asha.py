"""Successive halving as an assessor, which lets only the best go on at steps that grow by a factor."""

from __future__ import annotations

import math

from nnic.tuners.assessors.base import StepAssessor
from nnic.tuners.history import History
from nnic.tuners.protocol import Problem, Trial


class AshaAssessor(StepAssessor):
    """An ASHA that stops instead of promoting (Li et al. 2020, section 3.2; the variant of Ray Tune).

    Trials start without a limit. After ``min_reports * eta**k`` reports (a *rung*) a trial continues if
    its value is among the best ``1 / eta`` of all values on that rung, including its own. Otherwise it
    is stopped. So the first trial on a rung always continues. All values count, whatever happened to
    their trials later. This works with every tuner that does not stop trials itself, and without
    checkpoints.

    Parameters
    ----------
    problem
        The problem, whose first objective says the direction.
    eta
        The inverse of the share of trials that continue, above 1.
    min_reports
        The number of reports at the first rung, at least 1.
    bracket
        How many rungs to leave out at the beginning, at least 0 (the paper's ``s``).

    Raises
    ------
    ValueError
        When an option is out of range.
    """

    name = "asha"

    def __init__(self, problem: Problem, eta: float = 3.0, min_reports: int = 1, bracket: int = 0) -> None:
        super().__init__(problem, 0, 1)
        if not 1 < eta < math.inf:
            raise ValueError(f"asha: eta must be above 1, got {eta:g}")
        if min_reports < 1:
            raise ValueError(f"asha: min_reports must be at least 1, got {min_reports}")
        if bracket < 0:
            raise ValueError(f"asha: bracket cannot be negative, got {bracket}")
        self._eta = eta
        self._first = min_reports * eta**bracket

    def loses(self, trial: Trial, history: History) -> bool:
        """Whether the trial is on a rung, and not among the best there."""
        step = trial.reports[-1].step
        if not self._is_rung(step + 1):
            return False
        others = history.reached(step, but=trial)
        value = trial.reports[-1].values[0]
        value = value if math.isfinite(value) else self.worst
        better = others.better_than(value, self.maximize)
        return better >= max(1, math.floor((len(others) + 1) / self._eta + 1e-9))

    def _is_rung(self, reports: int) -> bool:
        rung = self._first
        while round(rung) < reports:
            rung *= self._eta
        return round(rung) == reports
