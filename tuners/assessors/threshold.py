"""Threshold stops a trial whose values leave a range."""

from __future__ import annotations

import math

from nnic.tuners.assessors.base import StepAssessor
from nnic.tuners.history import History
from nnic.tuners.protocol import Problem, Trial


class Threshold(StepAssessor):
    """Stops a trial whose last value is below ``lower``, above ``upper``, or not a number.

    It does not compare trials. Use it to stop trials that are certainly useless, such as one whose loss
    explodes, or whose accuracy is still that of guessing after some epochs.

    Parameters
    ----------
    problem
        The problem, which plays no part: the limits are the metric's own.
    lower, upper
        The limits, in the metric's unit; at least one must be given.
    start_step
        Steps before this one (counted from 0) are not judged.
    gap
        From ``start_step`` on every ``gap``-th step is judged.

    Raises
    ------
    ValueError
        When there is no limit, or an option is out of range.
    """

    name = "threshold"

    def __init__(
        self,
        problem: Problem,
        lower: float | None = None,
        upper: float | None = None,
        start_step: int = 0,
        gap: int = 1,
    ) -> None:
        super().__init__(problem, start_step, gap)
        if lower is None and upper is None:
            raise ValueError("threshold needs one of the options 'lower' and 'upper'")
        self._lower = -math.inf if lower is None else lower
        self._upper = math.inf if upper is None else upper
        if not self._lower < self._upper:
            raise ValueError(f"threshold: lower must be below upper, got {lower} and {upper}")

    def loses(self, trial: Trial, history: History) -> bool:
        """Whether the last value lies outside of the range."""
        del history
        value = trial.reports[-1].values[0]
        return not (math.isfinite(value) and self._lower <= value <= self._upper)
