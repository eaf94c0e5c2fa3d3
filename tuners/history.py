"""Every trial of an experiment, as the assessors see it.

The experiment loop owns the one :class:`History` of a run and records each change of a trial;
assessors only read. Step-wise indexes of the finished curves are kept up to date by insertion, so
that judging a report costs the same in the ten-thousandth trial as in the tenth.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
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
            A number from 0 (the worst) to 1 (the best); 0.5 is the median. Values are interpolated linearly.
        maximize
            Whether larger is better.

        Returns
        -------
        float
            The value in the user's sign; ``-inf`` (``inf`` when minimising) where broken trials decide.

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

    def better_than(self, value: float, maximize: bool) -> int:
        """How many of the trials are strictly better than ``value``, which may be infinite."""
        if maximize:
            return len(self.finite) - bisect_right(self.finite, value)
        return bisect_left(self.finite, value)

    def best(self, maximize: bool) -> float | None:
        """The best of the finite numbers; ``None`` where there is none."""
        if not self.finite:
            return None
        return self.finite[-1] if maximize else self.finite[0]

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
        """Take back one call of :meth:`add` with ``value``."""
        if math.isfinite(value):
            del self.finite[bisect_left(self.finite, value)]
        else:
            self.broken -= 1


class History:
    """An indexed read view of all trials.

    Iteration is in the order of ids. :meth:`values`, :meth:`averages` and :attr:`last_values` hold
    the *finished* trials only (those that succeeded): a trial that was stopped early never counts
    as if it had run to its end, and one that finished in fewer steps is absent from the later ones.
    :meth:`reached` holds every trial at the steps that it got to.
    """

    def __init__(self) -> None:
        self._trials: dict[int, Trial] = {}
        self._sorted = True
        self._values: list[StepValues] = []
        self._averages: list[StepValues] = []
        self._lasts = StepValues()
        self._reached: dict[int, StepValues] = {}  # Only the steps that somebody asked for have an entry.
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

    @property
    def last_values(self) -> StepValues:
        """The last reports of the finished trials (first objective)."""
        return self._lasts

    def reached(self, step: int, but: Trial) -> StepValues:
        """The first objective at ``step`` of all trials that got there, whatever became of them.

        ``but`` is left out: the trial that is to be compared with the others.
        """
        if step not in self._reached:
            self._reached[step] = StepValues()
            for trial in self._trials.values():
                self._index_reached(trial, step, step + 1, add=True)
        known = self._reached[step]
        others = StepValues(known.finite.copy(), known.broken)
        own = self._trials.get(but.id)
        if own is not None and len(own.reports) > step:
            others.remove(own.reports[step].values[0])
        return others

    def record(self, trial: Trial) -> None:
        """Put ``trial`` in the place of what was known of it; only the experiment loop calls this.

        Reports are only ever added, or all taken back when a trial is repeated.
        """
        before = self._trials.get(trial.id)
        if before is None and self._sorted and self._trials:
            self._sorted = trial.id > next(reversed(self._trials))
        if before is not None and before.state is TrialState.SUCCEEDED:
            self._finished -= 1
            self._index(before, add=False)
        known = 0 if before is None else len(before.reports)
        if before is not None and len(trial.reports) < known:
            self._index_reached(before, 0, known, add=False)
            known = 0
        self._index_reached(trial, known, len(trial.reports), add=True)
        self._trials[trial.id] = trial
        if trial.state is TrialState.SUCCEEDED:
            self._finished += 1
            self._index(trial, add=True)

    def _index_reached(self, trial: Trial, start: int, stop: int, add: bool) -> None:
        for step in range(start, stop) if self._reached else ():
            if step in self._reached and step < len(trial.reports):
                value = trial.reports[step].values[0]
                if add:
                    self._reached[step].add(value)
                else:
                    self._reached[step].remove(value)

    def _index(self, trial: Trial, add: bool) -> None:
        curve = [report.values[0] for report in trial.reports]
        if curve and add:
            self._lasts.add(curve[-1])
        elif curve:
            self._lasts.remove(curve[-1])
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
