"""The rungs of one bracket of successive halving without waiting, and what was reached on each."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nnic.tuners.space import Value

Rank = tuple[float, float, int]
"""The violation of constraints, the loss and the trial: ranks sort best first, ties by age."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The result that a trial reached on a rung.

    ``loss`` is smaller where it is better, ``inf`` for a failure or what is no number; ``step`` is
    that of its last report.
    """

    trial: int
    config: Mapping[str, Value]
    loss: float
    violation: float = 0.0
    step: int | None = None

    @property
    def rank(self) -> Rank:
        """The rank by which results are ordered."""
        return self.violation, self.loss, self.trial


class Rung:
    """The trials that ended with one budget."""

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self.ranking: list[Rank] = []
        self._waiting: list[Rank] = []  # Those that may be promoted and were not yet.
        self._reached: dict[int, Reached] = {}

    def settle(self, reached: Reached) -> None:
        """Take in a result."""
        insort(self.ranking, reached.rank)
        if math.isfinite(reached.loss):
            insort(self._waiting, reached.rank)
            self._reached[reached.trial] = reached

    def holds(self, trial: int) -> bool:
        """Return whether ``trial`` has a result here, of whatever kind."""
        return any(rank[2] == trial for rank in self.ranking)

    def withdraw(self, trial: int) -> bool:
        """Take back the result of ``trial``, and return whether there was one."""
        results = [rank for rank in self.ranking if rank[2] == trial]
        for rank in results:
            del self.ranking[bisect_left(self.ranking, rank)]
        if self._reached.pop(trial, None) is not None:
            self._waiting = sorted(reached.rank for reached in self._reached.values())
        return bool(results)

    def among_best(self, eta: float) -> Reached | None:
        """The best trial of the top ``1 / eta`` that was not promoted yet."""
        best = self.best()
        if best is None:
            return None
        share = math.floor(len(self.ranking) / eta + 1e-9)
        return best if bisect_left(self.ranking, best.rank) < share else None

    def best(self) -> Reached | None:
        """The best trial that was not promoted yet."""
        return self._reached[self._waiting[0][2]] if self._waiting else None

    def promoted(self, reached: Reached) -> None:
        """Note that ``reached`` goes on to the next rung."""
        del self._waiting[bisect_left(self._waiting, reached.rank)]
        del self._reached[reached.trial]

    def to_json(self) -> dict[str, Any]:
        """The state as plain JSON values."""
        return {"ranking": self.ranking, "reached": [asdict(r) for r in self._reached.values()]}

    def from_json(self, data: Mapping[str, Any]) -> None:
        """Restore what :meth:`to_json` gave."""
        self.ranking = [(violation, loss, trial) for violation, loss, trial in data["ranking"]]
        self._reached = {entry["trial"]: Reached(**entry) for entry in data["reached"]}
        self._waiting = sorted(reached.rank for reached in self._reached.values())


class Ladder:
    """The rungs of a bracket, with rising budgets.

    Parameters
    ----------
    budgets
        The budgets from the first rung to the last.
    eta
        The inverse of the share that is promoted.
    """

    def __init__(self, budgets: Sequence[float], eta: float) -> None:
        self.rungs = [Rung(budget) for budget in budgets]
        self._eta = eta

    def promote(self) -> tuple[int, Reached] | None:
        """Take a trial that may go on, and the rung that it goes to; ``None`` when there is none.

        Li et al. 2020, Algorithm 2, lines 11 to 18: from the highest rung down.
        """
        for place in range(len(self.rungs) - 2, -1, -1):
            found = self.rungs[place].among_best(self._eta)
            if found is not None:
                self.rungs[place].promoted(found)
                return place + 1, found
        return None

    def promote_best(self) -> tuple[int, Reached] | None:
        """Take the best trial of the highest rung that has one, if nobody had the whole budget."""
        if self.rungs[-1].ranking:
            return None
        for place in range(len(self.rungs) - 2, -1, -1):
            found = self.rungs[place].best()
            if found is not None:
                self.rungs[place].promoted(found)
                return place + 1, found
        return None
