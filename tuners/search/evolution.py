"""Evolution lets the better of some configurations have children, which differ a little."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.abilities import Abilities
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import Problem
from nnic.tuners.search.model_based import ModelBasedTuner

_TRIES = 16  # This many children are made until one is new and allowed.
_CROSSOVER = 0.5  # This share of the children has two parents.
_WIDEST, _NARROWEST = 0.3, 0.003  # A change has a deviation in between, as a part of the range.


class EvolutionTuner(ModelBasedTuner):
    """Steady-state evolution, as NNI's Evolution, or its regularized form.

    The first ``population_size`` configurations are random. Each later one is a child: its parent is
    the best of ``sample_size`` random members of the population (Goldberg and Deb 1991). With
    probability one half it has a second parent, chosen in the same way, and each value comes from one
    of the two. Then one value changes, and each other value changes with probability 1 / d. A choice is
    drawn again. A number moves by a normal step, whose deviation is drawn log-uniformly between 0.003
    and 0.3 of the range, so that there are large and small steps at all times.

    The population contains the best trials so far. In the regularized form (Real et al. 2019, Algorithm
    1) it contains the youngest trials, whatever their results; children then have one parent, and one
    value changes. Failed trials never belong to the population. Children do not wait for each other: a
    running trial becomes a member when it ends.

    Parameters
    ----------
    problem
        The problem, with one objective.
    population_size
        The number of members, at least 2; by default the square root of the number of trials,
        between 8 and 64.
    sample_size
        How many members are compared to choose a parent, at least 2; by default a quarter of the population.
    regularized
        Whether the oldest members are removed instead of the worst ones.

    Raises
    ------
    ValueError
        When the problem has several objectives, or an option is below 2.
    """

    abilities = Abilities(plans=True)
    name = "evolution"

    def __init__(
        self,
        problem: Problem,
        population_size: int | None = None,
        sample_size: int | None = None,
        regularized: bool = False,
    ) -> None:
        if population_size is None:
            population_size = min(max(round(math.sqrt(problem.trials or 400)), 8), 64)
        if sample_size is None:
            sample_size = max(2, population_size // 4)
        if population_size < 2 or sample_size < 2:
            message = f"evolution: population_size and sample_size must be at least 2, got {population_size}"
            raise ValueError(f"{message}, {sample_size}")
        super().__init__(problem)
        self._size = population_size
        self._sample = sample_size
        self._regularized = regularized
        self._arrived: list[int] = []  # The lines with a result, in the order in which they ended.

    def _candidate(self) -> Floats | None:
        members = self._members()
        if len(members) < 2 or len(self.observations) < self._size:
            return None
        for _ in range(_TRIES):
            found = self.distinct.find(self.cube.activate(self._child(members)[None]))
            if found is not None:
                return found
        return None

    def _members(self) -> list[int]:
        """The lines of the observations that are the population."""
        if self._regularized:
            return self._arrived[-self._size :]
        return [rank[-1] for rank in self.ranked[: min(self._size, self.successes())]]

    def _child(self, members: list[int]) -> Floats:
        """Make a new row with a number in every column."""
        row = self._parent(members)
        if not self._regularized and self.rng.random() < _CROSSOVER:
            other = self._parent(members)
            swap = (self.rng.random(len(row)) < 0.5) | np.isnan(row)
            row = np.where(swap & ~np.isnan(other), other, row)
        drawn = self.cube.sample_all(self.rng, 1)[0]
        step = _WIDEST * (_NARROWEST / _WIDEST) ** self.rng.random()
        moved = _reflected(row + step * self.rng.standard_normal(len(row)))
        changed = self._changed(row)
        row = np.where(changed, np.where(self.cube.numeric, moved, drawn), row)
        return np.where(np.isnan(row), drawn, row)  # A changed choice brings columns that were missing.

    def _parent(self, members: list[int]) -> Floats:
        """The row of the winner of a tournament."""
        size = min(self._sample, len(members))
        chosen = self.rng.choice(len(members), size=size, replace=False)
        row: Floats = self.observations.rows[min((members[i] for i in chosen), key=self._rank)]
        return row

    def _changed(self, row: Floats) -> NDArray[np.bool_]:
        present = np.flatnonzero(~np.isnan(row))
        changed = np.zeros(len(row), dtype=np.bool_)
        if len(present):
            if not self._regularized:
                changed[present] = self.rng.random(len(present)) < 1.0 / len(present)
            changed[self.rng.choice(present)] = True
        return changed

    def _learn(self, line: int) -> None:
        if line in self._arrived:  # It has another result now.
            self._arrived.remove(line)
        if self._regularized and math.isfinite(self.observations.losses[line]):
            self._arrived = [*self._arrived[-self._size :], line]

    def _more(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"arrived": self._arrived}, {}

    def _restore(self, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        self._arrived = meta["arrived"]


def _reflected(numbers: Floats) -> Floats:
    """Fold numbers back into [0, 1] at its ends."""
    folded = np.mod(numbers, 2.0)
    return np.where(folded > 1.0, 2.0 - folded, folded)
