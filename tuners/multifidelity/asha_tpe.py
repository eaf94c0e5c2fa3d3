"""An ASHA whose new configurations come from a Parzen estimator instead of at random."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.multifidelity.asha import asha_ladder
from nnic.tuners.multifidelity.rung_model import RungModelTuner
from nnic.tuners.protocol import Problem
from nnic.tuners.search.observations import Observations
from nnic.tuners.tpe.density_ratio import DensityRatio


class AshaTPETuner(RungModelTuner):
    """ASHA (Li et al. 2020) with the model of TPE (Watanabe 2023), as in Klein et al. 2020.

    Trials are promoted as by :class:`~nnic.tuners.multifidelity.asha.AshaTuner`. Some of the new
    configurations are random. The others come from the model of
    :class:`~nnic.tuners.tpe.tuner.TPETuner`. It is fitted to the results of the largest budget that has
    at least ``startup`` results (the rule of Falkner et al. 2018, section 3.2), so results of different
    budgets are never compared. Running trials count among the rest, whatever their budget.

    Failed trials and those that violate a constraint count as the worst results. Imported results and
    enqueued trials that have no budget count with the whole budget.

    Parameters
    ----------
    problem
        The problem, which must have a fidelity; its first objective counts.
    eta, bracket
        As for ``asha``.
    startup
        How many results with one budget a model needs, at least 1.
    candidates
        How many candidates are drawn for each proposal, at least 1.
    random_fraction
        The probability of a random configuration, from 0 to 1.
    pause
        Let the tuner itself pause trials, as ``asha`` does.

    Raises
    ------
    ValueError
        When the problem has no fidelity, or an option is out of range.
    """

    name = "asha_tpe"

    def __init__(
        self,
        problem: Problem,
        eta: float = 3.0,
        bracket: int = 0,
        startup: int = 10,
        candidates: int = 12,
        random_fraction: float = 0.25,
        pause: bool = False,
    ) -> None:
        super().__init__(problem, [asha_ladder(self.name, problem, eta, bracket)], pause, random_fraction)
        if startup < 1 or candidates < 1:
            raise ValueError(
                f"asha_tpe: startup and candidates must be at least 1, got {startup}, {candidates}"
            )
        self._startup = startup
        self._candidates = candidates
        self._ratios = self._new_ratios()

    def _new_ratios(self) -> list[DensityRatio]:
        return [
            DensityRatio(self.cube, observations, self.distinct, self.rng, self._candidates)
            for observations in self._by_rung
        ]

    def _suffices(self, observations: Observations, ranking: NDArray[np.intp]) -> bool:
        return len(ranking) >= self._startup

    def _propose(self, place: int, ranking: NDArray[np.intp]) -> Floats | None:
        return self._ratios[place].propose(len(ranking), self.running())

    def _restore(self, data: Any) -> None:
        super()._restore(data)
        self._ratios = self._new_ratios()  # The observations are others now.
