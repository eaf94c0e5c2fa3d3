"""Every trial of an experiment, as the assessors see it.

The experiment loop owns the one :class:`History` of a run and records each change of a trial;
assessors only read. Step-wise indexes of the finished curves are kept up to date by insertion, so
that judging a report costs the same in the ten-thousandth trial as in the tenth.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nnic.tuners.protocol import Trial, TrialState


@dataclass(slots=True)
class StepValues:
    """What the finished trials had at one step, in the user's sign.

    ``finite`` is sorted upwards; ``broken`` counts NaN and infinities, which are worse than any
    number whichever the direction.
    """

    finite: list[float] = field(default_factory=list)
    broken: int = 0

    def __len__(self) -> int:
        return len(self.finite) + self.broken

    def quantile(self, fraction: float, maximize: bool) -> float:
        """The value that ``fraction`` of the trials do not reach or only just reach.

        Parameters
        ----------
        fraction
            Between 0 (the worst) and 1 (the best); 0.5 is the median. Interpolated linearly.
        maximize
            Whether larger is better.

        Returns
        -------
        float
            In the user's sign; ``-inf`` (``inf`` when minimising) where broken trials decide.

        Raises
        ------
        ValueError
            When no trial got as far as this step.
        """
        if not len(self):
            raise ValueError("no finished trial has a value at this step")
        position = fraction * (len(self) - 1)
        low = math.floor(position)
        first, second = self._nth_worst(low, maximize), self._nth_worst(math.ceil(position), maximize)
        if first == second or position == low:
            return first
        return first + (second - first) * (position - low) if math.isfinite(first) else first

    def _nth_worst(self, n: int, maximize: bool) -> float:
        if n < self.broken:
            return -math.inf if maximize else math.inf
        n -= self.broken
        return self.finite[n] if maximize else self.finite[-1 - n]

    def add(self, value: float) -> None:
        """Count ``value`` in."""
        if math.isfinite(value):
            insort(self.finite, value)
        else:
            self.broken += 1

    def remove(self, value: float) -> None:
        """Take back one :meth:`add` of ``value``."""
        if math.isfinite(value):
            del self.finite[bisect_left(self.finite, value)]
        else:
            self.broken -= 1


class History:
    """An indexed read view of all trials.

    Iteration is in the order of ids. The step-wise indexes hold the *finished* trials only (those
    that succeeded): a trial that was stopped early never counts as if it had run to its end, and
    one that finished in fewer steps is absent from the later ones.
    """

    def __init__(self) -> None:
        self._trials: dict[int, Trial] = {}
        self._sorted = True
        self._values: list[StepValues] = []
        self._averages: list[StepValues] = []
        self._finished = 0

    def __len__(self) -> int:
        return len(self._trials)

    def __getitem__(self, trial_id: int) -> Trial:
        return self._trials[trial_id]

    def __contains__(self, trial_id: object) -> bool:
        return trial_id in self._trials

    def __iter__(self) -> Iterator[Trial]:
        if not self._sorted:
            self._trials = dict(sorted(self._trials.items()))
            self._sorted = True
        return iter(self._trials.values())

    @property
    def finished(self) -> int:
        """How many trials succeeded."""
        return self._finished

    @property
    def steps(self) -> int:
        """The length of the longest finished curve."""
        return len(self._values)

    def values(self, step: int) -> StepValues:
        """The first objective of the finished trials at ``step`` (from 0)."""
        return self._values[step] if 0 <= step < len(self._values) else StepValues()

    def averages(self, step: int) -> StepValues:
        """The means of the finished trials' first ``step + 1`` reports (first objective)."""
        return self._averages[step] if 0 <= step < len(self._averages) else StepValues()

    def record(self, trial: Trial) -> None:
        """Put ``trial`` in the place of what was known of it. For the experiment loop alone."""
        before = self._trials.get(trial.id)
        if before is None and self._sorted and self._trials:
            self._sorted = trial.id > next(reversed(self._trials))
        if before is not None and before.state is TrialState.SUCCEEDED:
            self._finished -= 1
            self._index(before, add=False)
        self._trials[trial.id] = trial
        if trial.state is TrialState.SUCCEEDED:
            self._finished += 1
            self._index(trial, add=True)

    def _index(self, trial: Trial, add: bool) -> None:
        curve = [report.values[0] for report in trial.reports]
        for index, column in ((self._values, curve), (self._averages, running_averages(curve))):
            while len(index) < len(column):
                index.append(StepValues())
            for step, value in enumerate(column):
                if add:
                    index[step].add(value)
                else:
                    index[step].remove(value)
            while index and not len(index[-1]):
                index.pop()


def running_averages(curve: Sequence[float]) -> list[float]:
    """The mean of the first, the first two, ... values; NaN from the first one that is not finite."""
    averages = []
    total = 0.0
    for count, value in enumerate(curve, 1):
        total += value if math.isfinite(value) else math.nan
        averages.append(total / count)
    return averages
