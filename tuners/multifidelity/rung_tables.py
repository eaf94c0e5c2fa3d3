"""What is known of configurations with each budget, as the models of multi-fidelity tuners want it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.search.trial_table import KNOWN, TrialTable


class RungTables:
    """One table of results a budget.

    Parameters
    ----------
    budgets
        From the smallest to the largest.
    columns
        Of a row.
    """

    def __init__(self, budgets: Sequence[float], columns: int) -> None:
        self._budgets = tuple(budgets)
        self._columns = columns
        self._tables = self._empty()

    def __iter__(self) -> Iterator[TrialTable]:
        """Iterate over the tables, that of the smallest budget first."""
        return iter(self._tables)

    def __getitem__(self, place: int) -> TrialTable:
        return self._tables[place]

    def learn(self, row: Floats, budget: float, loss: float) -> None:
        """Note a result with ``budget``, or the next smaller one of ours; ``inf`` for a failure."""
        table = self._table(budget)
        if table is not None:
            table.settle(table.append(row), loss, 0.0)

    def unlearn(self, row: Floats, budget: float) -> None:
        """Forget that ``row`` failed with ``budget``."""
        table = self._table(budget)
        if table is not None:
            same = (table.rows == row) | np.isnan(table.rows)
            for line in np.flatnonzero(same.all(axis=1) & np.isinf(table.losses)):
                table.forget(int(line))

    def to_json(self) -> list[Any]:
        """Plain values."""
        known = [table.states == KNOWN for table in self._tables]
        return [[t.rows[k].tolist(), t.losses[k].tolist()] for t, k in zip(self._tables, known)]

    def from_json(self, data: Any) -> None:
        """Restore what :meth:`to_json` gave."""
        self._tables = self._empty()
        for table, (rows, losses) in zip(self._tables, data):
            for row, loss in zip(rows, losses):
                table.settle(table.append(np.asarray(row, dtype=np.float64)), loss, 0.0)

    def _empty(self) -> list[TrialTable]:
        return [TrialTable(self._columns) for _ in self._budgets]

    def _table(self, budget: float) -> TrialTable | None:
        below = [table for level, table in zip(self._budgets, self._tables) if level <= budget]
        return below[-1] if below else None
