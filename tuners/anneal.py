"""Annealing: draw around one of the best configurations, ever more closely."""

from __future__ import annotations

import numpy as np

from nnic.tuners.learning import LearningTuner
from nnic.tuners.protocol import Problem
from nnic.tuners.warps import Floats

_TRIES = 16  # draws for a configuration that is new and allowed
_LOOK = 32  # of the best trials, for values of parameters that the chosen one does not have


class AnnealTuner(LearningTuner):
    """The annealing of hyperopt (Bergstra et al. 2013, ``hyperopt.anneal``), as NNI's Anneal.

    Each configuration is drawn around that of an earlier trial, whose rank is geometrically
    distributed. A numeric parameter is uniform in a window around the trial's value, of the part
    ``1 / (1 + shrink_coef * T)`` of its distribution, where T trials had the parameter; the window
    is shifted to lie inside the range. With that probability a choice is drawn anew, else it stays.
    A parameter that the trial does not have takes its value from the best trial that has it.

    Where no draw is new the window is widened. While nothing has a result, it is random search.

    Parameters
    ----------
    problem
        With one objective.
    avg_best_idx
        The mean rank of the trials that are drawn around; 1 is always the best.
    shrink_coef
        How fast the windows become narrow; 0 never.

    Raises
    ------
    ValueError
        When the problem has several objectives, or an option is out of range.
    """

    name = "anneal"

    def __init__(self, problem: Problem, avg_best_idx: float = 2.0, shrink_coef: float = 0.1) -> None:
        if not avg_best_idx >= 1:
            raise ValueError(f"anneal: avg_best_idx must be at least 1, got {avg_best_idx}")
        if not shrink_coef >= 0:
            raise ValueError(f"anneal: shrink_coef cannot be negative, got {shrink_coef}")
        super().__init__(problem)
        self._stop = 1.0 / avg_best_idx
        self._shrink = shrink_coef

    def _candidate(self) -> Floats | None:
        usable = self.successes()
        if not usable:
            return None
        counts = self.presence
        for attempt in range(_TRIES):
            around = self._filled(min(int(self.rng.geometric(self._stop)), usable) - 1, usable)
            share = np.minimum(2.0 ** (attempt // 4) / (1.0 + self._shrink * counts), 1.0)
            found = self.distinct.find(self.cube.activate(self._near(around, share)[None]))
            if found is not None:
                return found
        return None

    def _filled(self, rank: int, usable: int) -> Floats:
        """The row of a rank; what it lacks from the best that have it, the rest NaN."""
        row: Floats = self.table.rows[self.ranked[rank][-1]].copy()
        for place in self.ranked[: min(_LOOK, usable)] if self.cube.conditions else ():
            missing = np.isnan(row)
            if not missing.any():
                break
            row[missing] = self.table.rows[place[-1], missing]
        return row

    def _near(self, around: Floats, share: Floats) -> Floats:
        """Draw every column near ``around``; ``share`` is how much of the range may be met."""
        drawn = self.cube.sample_all(self.rng, 1)[0]
        middle = np.clip(around, share / 2, 1.0 - share / 2)
        numbers = np.clip(middle + share * (drawn - 0.5), 0.0, 1.0)
        options = np.where(self.rng.random(len(drawn)) < share, drawn, around)
        near = np.where(self.cube.numeric, numbers, options)
        return np.where(np.isnan(around), drawn, near)
