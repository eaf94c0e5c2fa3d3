"""Regrets of many runs, by player, task, number running and number of trials."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tuning.runs import Case, is_budgeted

Floats = NDArray[np.float64]


class Results:
    """The regrets of runs; figures read them by :meth:`at` and :meth:`pair`."""

    def __init__(self) -> None:
        self._regrets: dict[tuple[str, str, int, int], dict[int, float]] = {}

    def add(self, case: Case, regrets: Floats, budgets: Sequence[int]) -> None:
        """Take in a run: its regret after each trial, as far as ``budgets`` ask for it."""
        reached = [n for n in budgets if n <= case.trials]
        if is_budgeted(case.player, case.task, reached):
            reached = [n for n in reached if n == case.trials]
        for n in reached:
            self.put(case, n, float(regrets[n - 1]))

    def put(self, case: Case, n: int, regret: float) -> None:
        """Take in the regret of a run after ``n`` trials."""
        self._regrets.setdefault((case.player, case.task, case.jobs, n), {})[case.seed] = regret

    def at(self, player: str, task: str, jobs: int, n: int) -> dict[int, float]:
        """The regrets of a player on a task after ``n`` trials, by seed."""
        return self._regrets.get((player, task, jobs, n), {})

    def pair(
        self, first: tuple[str, int], second: tuple[str, int], tasks: Sequence[str], jobs: int
    ) -> tuple[Floats, Floats]:
        """The regrets of two players after their numbers of trials, shape (tasks, seeds) each.

        The seeds are those that both have for all tasks.
        """
        found = [[self.at(player, task, jobs, n) for task in tasks] for player, n in (first, second)]
        seeds = sorted(set.intersection(*(set(by_seed) for row in found for by_seed in row)))
        a, b = ([[by_seed[seed] for seed in seeds] for by_seed in row] for row in found)
        return np.array(a).reshape(len(tasks), -1), np.array(b).reshape(len(tasks), -1)
