"""Curve fitting stops a trial whose curve will hardly end above the best."""

from __future__ import annotations

import math

import numpy as np

from nnic.tuners.assessors.base import StepAssessor
from nnic.tuners.history import History
from nnic.tuners.protocol import Problem, Trial

_LEAST = 4  # A forecast needs this many numbers.


class CurveFitting(StepAssessor):
    """Stops a trial that will probably not beat the best one (Domhan et al. 2015, section 4).

    Twelve families of curves are fitted to the reports so far, and averaged by how well they explain
    them (:func:`~nnic.tuners.assessors.curves.forecast`). A trial is stopped when the probability
    reaches ``threshold`` that its last report will be no better than the best last report of the
    finished trials. This works in both directions, and for metrics of any sign and size.

    NNI's assessor of this name stops a trial whose forecast is below ``threshold`` times the best
    metric. That rule has no meaning for a metric that is minimised, and depends on the metric's scale.

    Parameters
    ----------
    problem
        The problem, whose first objective says the direction.
    epoch_num
        How many reports a complete trial makes; by default as many as the longest finished one.
    start_step
        How many reports a forecast needs, not counting NaN and infinities; at least 4.
    threshold
        How certain the forecast must be, a probability above 0.5 and below 1.
    gap
        After that, a forecast is made at every ``gap``-th report.

    Raises
    ------
    ValueError
        When an option is out of range.
    """

    name = "curvefitting"

    def __init__(
        self,
        problem: Problem,
        epoch_num: int | None = None,
        start_step: int = 6,
        threshold: float = 0.95,
        gap: int = 1,
    ) -> None:
        super().__init__(problem, max(start_step - 1, 0), gap)
        if start_step < _LEAST:
            raise ValueError(f"curvefitting: start_step must be at least {_LEAST}, got {start_step}")
        if epoch_num is not None and epoch_num <= start_step:
            raise ValueError(
                f"curvefitting: epoch_num must be above start_step, got {epoch_num} and {start_step}"
            )
        if not 0.5 < threshold < 1:
            raise ValueError(f"curvefitting: threshold must be above 0.5 and below 1, got {threshold:g}")
        self._least = start_step
        self._length = epoch_num
        self._threshold = threshold

    def loses(self, trial: Trial, history: History) -> bool:
        """Whether the trial's last report will hardly be the best one."""
        length = history.steps if self._length is None else self._length
        best = history.last_values.best(self.maximize)
        if best is None or trial.reports[-1].step + 1 >= length:
            return False
        points = [(r.step, r.values[0]) for r in trial.reports if math.isfinite(r.values[0])]
        if not points:
            return True  # There was nothing but NaN and infinities for so long.
        if len(points) < self._least:
            return False
        return self.probability_of_beating(best, points, length) <= 1 - self._threshold

    def probability_of_beating(self, best: float, points: list[tuple[int, float]], length: int) -> float:
        """The probability that the last of ``length`` reports is better than ``best``.

        Parameters
        ----------
        best
            The value to beat, in the user's sign.
        points
            The steps and finite values of the reports so far.
        length
            How many reports a whole trial makes.
        """
        from nnic.tuners.assessors.curves import forecast

        sign = 1.0 if self.maximize else -1.0
        # The range of floats of all sizes must not overflow, here and where the forecast subtracts.
        steps, values = np.array([s for s, _ in points]), sign * np.array([v for _, v in points]) / 4
        return forecast(steps, values, length).probability_above(sign * best / 4)
