"""What a tuner with a model knows of the trials, in columns that only grow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import Trial, TrialState

PENDING = 0
KNOWN = 1
FORGOTTEN = 2


class Observations:
    """The configurations that were suggested or imported, a line each.

    ``rows`` are configurations as in :mod:`nnic.tuners.mapping.cube`, shape (n, d). ``losses`` are what
    they reached: smaller is better, ``inf`` stands for failures and for results that are no numbers, NaN
    for trials that run. ``violations`` are the sums of violated constraints that the trials reported.

    Parameters
    ----------
    columns
        How many columns a row has, d.
    """

    def __init__(self, columns: int) -> None:
        self._rows: Floats = np.empty((64, columns))
        self._losses: Floats = np.empty(64)
        self._violations: Floats = np.empty(64)
        self._states: NDArray[np.int8] = np.empty(64, dtype=np.int8)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def rows(self) -> Floats:
        """A view of the rows; shape (n, d)."""
        return self._rows[: self._length]

    @property
    def losses(self) -> Floats:
        """A view of the losses; shape (n,)."""
        return self._losses[: self._length]

    @property
    def violations(self) -> Floats:
        """A view of the violations; shape (n,)."""
        return self._violations[: self._length]

    @property
    def states(self) -> NDArray[np.int8]:
        """A view of the states, which are ``PENDING``, ``KNOWN`` or ``FORGOTTEN``; shape (n,)."""
        return self._states[: self._length]

    def append(self, row: Floats) -> int:
        """Add a configuration without a result; return its line."""
        if self._length == len(self._losses):
            self._grow()
        line = self._length
        self._length += 1
        self._rows[line] = row
        self._losses[line] = np.nan
        self._violations[line] = 0.0
        self._states[line] = PENDING
        return line

    def settle(self, line: int, loss: float, violation: float) -> None:
        """Record the result of a line."""
        self._losses[line], self._violations[line], self._states[line] = loss, violation, KNOWN

    def forget(self, line: int) -> None:
        """Let a line no longer count: nothing is learned of it, as of a cancelled trial."""
        self._states[line] = FORGOTTEN

    def ranking(self) -> NDArray[np.intp]:
        """The lines with a result, best first: by violation, then by loss; shape (k,)."""
        known = np.flatnonzero(self.states == KNOWN)
        order: NDArray[np.intp] = np.lexsort((self._losses[known], self._violations[known]))
        return known[order]

    def best(self, count: int) -> NDArray[np.intp]:
        """The first ``count`` lines of :meth:`ranking`, found without sorting all; shape (at most count,)."""
        known = np.flatnonzero(self.states == KNOWN)
        if count < len(known) // 4 and not self.violations.any():
            losses = self._losses[known]
            known = known[losses <= np.partition(losses, count)[count]]
        order: NDArray[np.intp] = np.lexsort((self._losses[known], self._violations[known]))
        return known[order[:count]]

    def pending(self) -> NDArray[np.intp]:
        """The lines without a result yet; shape (k,)."""
        return np.flatnonzero(self.states == PENDING)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The columns, which :meth:`restore` takes back."""
        return {
            "rows": self.rows,
            "losses": self.losses,
            "violations": self.violations,
            "states": self.states,
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take back the columns that :meth:`arrays` gave."""
        self._rows, self._losses = arrays["rows"].copy(), arrays["losses"].copy()
        self._violations, self._states = arrays["violations"].copy(), arrays["states"].copy()
        self._length = len(self._losses)

    def _grow(self) -> None:
        more = max(64, self._length)
        self._rows = np.concatenate([self._rows, np.empty((more, self._rows.shape[1]))])
        self._losses = np.concatenate([self._losses, np.empty(more)])
        self._violations = np.concatenate([self._violations, np.empty(more)])
        self._states = np.concatenate([self._states, np.empty(more, dtype=np.int8)])


def reached(trial: Trial, maximize: bool) -> float | None:
    """The loss that an ended trial reached: the first objective, turned so that smaller is better.

    A trial that was stopped or paused counts with its last report. The loss is ``inf`` for a failure
    and for what is no number, and ``None`` for a cancelled trial, which says nothing.
    """
    values = trial.values
    if trial.state is TrialState.CANCELLED:
        return None
    if trial.state is TrialState.FAILED:
        return math.inf
    if values is None and trial.reports:
        values = trial.reports[-1].values
    if not values or not math.isfinite(values[0]):
        return math.inf
    return -values[0] if maximize else values[0]
