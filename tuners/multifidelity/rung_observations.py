"""What is known of configurations with each budget, as the models of multi-fidelity tuners want it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.search.observations import KNOWN, Observations


class RungObservations:
    """The observations of each budget, by its number from the smallest.

    Parameters
    ----------
    budgets
        The budgets from the smallest to the largest.
    columns
        How many columns a row has.
    """

    def __init__(self, budgets: Sequence[float], columns: int) -> None:
        self._budgets = tuple(budgets)
        self._columns = columns
        self._by_budget = self._empty()

    def __iter__(self) -> Iterator[Observations]:
        """Iterate over the observations, those of the smallest budget first."""
        return iter(self._by_budget)

    def __getitem__(self, place: int) -> Observations:
        return self._by_budget[place]

    def learn(self, row: Floats, budget: float, loss: float) -> None:
        """Note a result with ``budget``, or with the next smaller budget of ours; ``inf`` is a failure."""
        observations = self._with(budget)
        if observations is not None:
            observations.settle(observations.append(row), loss, 0.0)

    def unlearn(self, row: Floats, budget: float) -> None:
        """Forget what ``row`` reached with ``budget``."""
        observations = self._with(budget)
        if observations is not None:
            same = (observations.rows == row) | (np.isnan(observations.rows) & np.isnan(row))
            for line in np.flatnonzero(same.all(axis=1)):
                observations.forget(int(line))

    def to_json(self) -> list[Any]:
        """The state as plain JSON values."""
        known = [observations.states == KNOWN for observations in self._by_budget]
        return [[o.rows[k].tolist(), o.losses[k].tolist()] for o, k in zip(self._by_budget, known)]

    def from_json(self, data: Any) -> None:
        """Restore what :meth:`to_json` gave."""
        self._by_budget = self._empty()
        for observations, (rows, losses) in zip(self._by_budget, data):
            for row, loss in zip(rows, losses):
                observations.settle(observations.append(np.asarray(row, dtype=np.float64)), loss, 0.0)

    def _empty(self) -> list[Observations]:
        return [Observations(self._columns) for _ in self._budgets]

    def _with(self, budget: float) -> Observations | None:
        below = [known for level, known in zip(self._budgets, self._by_budget) if level <= budget]
        return below[-1] if below else None
