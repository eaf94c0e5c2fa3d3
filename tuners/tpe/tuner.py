"""The tree-structured Parzen estimator, joint over all parameters."""

from __future__ import annotations

from typing import Any

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import Problem
from nnic.tuners.search.model_based import ModelBasedTuner
from nnic.tuners.search.nearby import near_best
from nnic.tuners.tpe.density_ratio import DensityRatio

# These were chosen on the tasks of benchmarks/tuners.py that are marked for it.
_LOCAL_FROM = 60  # Some configurations are drawn near the best ones from this many results on.
_STOP = 0.5  # The best is drawn around with this probability, or else the next one with it, and so on.
_SHRINK = 0.1  # The windows become narrow as fast as hyperopt's.


class TPETuner(ModelBasedTuner):
    """TPE (Bergstra et al. 2011; Watanabe 2023, arXiv 2304.11127).

    Trials are split into the best tenth (at most 25) and the rest, each set becomes a density
    (:class:`~nnic.tuners.tpe.parzen.Parzen`), and of some candidates drawn from the good density l the
    one with the largest l / g is proposed. Running trials count among the rest, so that several
    at once keep apart. Good ones are weighted by how much they improve on the best of the rest
    (Watanabe, the weighting called "expected improvement").

    Its kernels are never narrower than a twentieth of the range, which noise needs, but which keeps
    it from converging. So from 60 results on a part of the configurations is drawn around one of the
    best trials in windows that shrink with the number of results, as ``anneal`` does (hyperopt's
    annealing, Bergstra et al. 2013): a third, between which the model goes on looking elsewhere.

    Trials that failed or gave no number rank last, those that violate a constraint before them;
    stopped and paused ones count with their last report; cancelled ones do not count.

    Parameters
    ----------
    problem
        The problem, with one objective.
    startup
        How many results to wait for, with random configurations, before the first model; at least 1.
    candidates
        How many draws from the good density the best one is chosen of; at least 1.
    local
        The probability, from 60 results on, of a configuration near one of the best; from 0 to 1.

    Raises
    ------
    ValueError
        When the problem has several objectives, or an option is out of range.
    """

    name = "tpe"

    def __init__(
        self, problem: Problem, startup: int = 10, candidates: int = 12, local: float = 0.33
    ) -> None:
        if startup < 1 or candidates < 1:
            raise ValueError(f"tpe: startup and candidates must be at least 1, got {startup}, {candidates}")
        if not 0 <= local <= 1:
            raise ValueError(f"tpe: local must be from 0 to 1, got {local:g}")
        super().__init__(problem)
        self._local = local
        self._startup = startup
        self._ratio = DensityRatio(self.cube, self.observations, self.distinct, self.rng, candidates)

    def _restore(self, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        self._ratio.forget()

    def _candidate(self) -> Floats | None:
        if len(self.ranked) < self._startup:
            return None
        if len(self.ranked) >= _LOCAL_FROM and self.rng.random() < self._local:
            row = near_best(self, _STOP, _SHRINK)
            if row is not None:
                return row
        return self._ratio.propose(len(self.ranked))
