"""The tree-structured Parzen estimator, joint over all parameters."""

from __future__ import annotations

from typing import Any

from nnic.tuners.density_ratio import DensityRatio
from nnic.tuners.learning import LearningTuner
from nnic.tuners.protocol import Problem
from nnic.tuners.warps import Floats


class TPETuner(LearningTuner):
    """TPE (Bergstra et al. 2011; Watanabe 2023, arXiv 2304.11127).

    Trials are split into the best tenth (at most 25) and the rest, each set becomes a density
    (:class:`~nnic.tuners.parzen.Parzen`), and of some candidates drawn from the good density l the
    one with the largest l / g is proposed. Running trials count among the rest, so that several
    at once keep apart. The good ones weigh by their improvement on the best of the rest
    (Watanabe, the weighting called "expected improvement").

    Trials that failed or gave no number rank last, those that violate a constraint before them;
    stopped and paused ones count with their last report; cancelled ones do not count.

    Parameters
    ----------
    problem
        With one objective.
    startup
        Results to wait for, with random configurations, before the first model.
    candidates
        Draws from the good density of which the best is proposed.

    Raises
    ------
    ValueError
        When the problem has several objectives, or an option is below 1.
    """

    name = "tpe"

    def __init__(self, problem: Problem, startup: int = 10, candidates: int = 12) -> None:
        if startup < 1 or candidates < 1:
            raise ValueError(f"tpe: startup and candidates must be at least 1, got {startup}, {candidates}")
        super().__init__(problem)
        self._startup = startup
        self._ratio = DensityRatio(self.cube, self.table, self.distinct, self.rng, candidates)

    def _restore(self, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        self._ratio.forget()

    def _candidate(self) -> Floats | None:
        if len(self.ranked) < self._startup:
            return None
        return self._ratio.propose(len(self.ranked))
