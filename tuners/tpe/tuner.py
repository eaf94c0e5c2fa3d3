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

    Trials are split into the best tenth (at most 25) and the rest. A density
    (:class:`~nnic.tuners.tpe.parzen.Parzen`) is fitted to each of the two sets: l to the best ones, g
    to the rest. Some candidates are drawn from l, and the one with the largest l / g is proposed.
    Running trials belong to the rest, so that trials that run at once differ from each other. The best
    trials are weighted by how much they improve on the best of the rest (Watanabe's weighting "expected
    improvement").

    The kernels are never narrower than a twentieth of the range. Noisy metrics need this width, but it
    prevents convergence. So from 60 results on, a third of the configurations is drawn near one of the
    best trials instead, from windows that shrink as results arrive, as ``anneal`` does (hyperopt's
    annealing, Bergstra et al. 2013). The model proposes the others and keeps exploring.

    Trials that failed or have no number as result rank last. Those that violate a constraint rank just
    before them. Stopped and paused trials count with their last report; cancelled ones do not count.

    Parameters
    ----------
    problem
        The problem, with one objective.
    startup
        How many results there must be before the first model; until then configurations are random. At
        least 1.
    candidates
        How many candidates are drawn for each proposal; at least 1.
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
