"""What the assessors share: at which steps they judge, and how values compare."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable

from nnic.tuners.history import History
from nnic.tuners.protocol import Decision, Problem, Trial


class StepAssessor(ABC):
    """Judges a trial by its curve, at some of its steps. Subclasses override :meth:`loses`.

    The first objective decides, in its direction; NaN and infinities are worse than any number.

    Parameters
    ----------
    problem
        The problem, whose first objective says the direction.
    start_step
        Steps before this one (counted from 0) are not judged.
    gap
        From then on every ``gap``-th step is judged.

    Raises
    ------
    ValueError
        When ``start_step`` is negative, or ``gap`` below 1.
    """

    name = ""

    def __init__(self, problem: Problem, start_step: int, gap: int) -> None:
        if start_step < 0:
            raise ValueError(f"{self.name}: start_step cannot be negative, got {start_step}")
        if gap < 1:
            raise ValueError(f"{self.name}: gap must be at least 1, got {gap}")
        self.maximize = problem.objectives[0].maximize
        self._start_step = start_step
        self._gap = gap

    def assess(self, trial: Trial, history: History) -> Decision:
        """Decide on ``trial`` after its last report."""
        if not trial.reports:
            return Decision.CONTINUE
        since = trial.reports[-1].step - self._start_step
        if since < 0 or since % self._gap:
            return Decision.CONTINUE
        return Decision.STOP if self.loses(trial, history) else Decision.CONTINUE

    @abstractmethod
    def loses(self, trial: Trial, history: History) -> bool:
        """Whether ``trial``, which has reports, is to be stopped."""

    @property
    def worst(self) -> float:
        """The infinity that is worse than any number."""
        return -math.inf if self.maximize else math.inf

    def worse(self, value: float, than: float) -> bool:
        """Whether ``value`` is strictly worse than ``than``."""
        return value < than if self.maximize else value > than

    def best(self, values: Iterable[float]) -> float:
        """The best of the finite ``values``; :attr:`worst` where there is none."""
        finite = [value for value in values if math.isfinite(value)]
        if not finite:
            return self.worst
        return max(finite) if self.maximize else min(finite)

    def best_of(self, trial: Trial) -> float:
        """The best value that ``trial`` has reported."""
        return self.best(report.values[0] for report in trial.reports)
