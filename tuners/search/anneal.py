"""Annealing draws around one of the best configurations, ever more closely."""

from __future__ import annotations

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import Problem
from nnic.tuners.search.model_based import ModelBasedTuner
from nnic.tuners.search.nearby import near_best


class AnnealTuner(ModelBasedTuner):
    """The annealing of hyperopt (Bergstra et al. 2013, ``hyperopt.anneal``), as NNI's Anneal.

    Each configuration is drawn near that of an earlier trial, whose rank has a geometric distribution.
    A numeric parameter is drawn uniformly from a window around the trial's value. The window covers ``1
    / (1 + shrink_coef * T)`` of the parameter's distribution, where T is the number of trials that had
    the parameter, and it is shifted to lie inside the range. A choice is drawn again with that same
    probability, and otherwise stays. A parameter that the trial does not have takes its value from the
    best trial that has it.

    If no draw is a new configuration, the window is widened. Before the first result the search is
    random.

    Parameters
    ----------
    problem
        The problem, with one objective.
    avg_best_idx
        The mean rank of the earlier trial, at least 1; with 1 it is always the best trial.
    shrink_coef
        How fast the windows become narrower, at least 0; with 0 they never do.

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
        return near_best(self, self._stop, self._shrink)
