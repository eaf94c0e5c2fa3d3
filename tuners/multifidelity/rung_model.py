"""What promoting tuners with a model share: which rung is modelled, and what stays random."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.abilities import Abilities
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.multifidelity.promoting import PromotingTuner
from nnic.tuners.multifidelity.rung_observations import RungObservations
from nnic.tuners.multifidelity.rungs import Ladder
from nnic.tuners.protocol import Problem
from nnic.tuners.search.observations import Observations
from nnic.tuners.space import Config


class RungModelTuner(PromotingTuner):
    """A part of the new configurations is random, the others come from a model of results by budget.

    The model is that of the largest budget with enough results (Falkner et al. 2018, section 3.2):
    results of different budgets are never compared. Where there is none, or it draws nothing new,
    the configuration is random. Subclasses say what is enough (:meth:`_suffices`) and what the
    model draws (:meth:`_propose`).

    Parameters
    ----------
    problem
        The problem, whose first objective counts.
    ladders
        The brackets, of which the first one has every budget.
    pause
        Whether the tuner itself pauses trials after as many reports as their budget has units.
    random_fraction
        The probability of a random configuration, from 0 to 1.

    Raises
    ------
    ValueError
        When ``random_fraction`` is out of range.
    """

    abilities = Abilities(budgets=True, promotes=True)

    def __init__(
        self, problem: Problem, ladders: Sequence[Ladder], pause: bool, random_fraction: float
    ) -> None:
        super().__init__(problem, ladders, pause)
        if not 0 <= random_fraction <= 1:
            raise ValueError(f"{self.name}: random_fraction must be from 0 to 1, got {random_fraction:g}")
        self._random = random_fraction
        self._by_rung = RungObservations([rung.budget for rung in ladders[0].rungs], len(self.cube))

    @abstractmethod
    def _suffices(self, observations: Observations, ranking: NDArray[np.intp]) -> bool:
        """Whether the lines ``ranking`` of ``observations``, which have a result, make a model."""

    @abstractmethod
    def _propose(self, place: int, ranking: NDArray[np.intp]) -> Floats | None:
        """Draw a new row from a model of the lines ``ranking`` of the rung ``place``, which suffice."""

    def _largest(self) -> tuple[int, NDArray[np.intp]] | None:
        """The largest rung with enough results, and its lines with a result, best first."""
        for place, observations in reversed(tuple(enumerate(self._by_rung))):
            ranking = observations.ranking()
            if self._suffices(observations, ranking):
                return place, ranking
        return None

    def _draw(self) -> Floats | None:
        row = self._from_model() if self.rng.random() >= self._random else None
        if row is None:
            return self.distinct.draw()
        self.distinct.add(row)
        return row

    def _from_model(self) -> Floats | None:
        found = self._largest()
        return None if found is None else self._propose(*found)

    def _learn(self, config: Config, budget: float, loss: float) -> None:
        self._by_rung.learn(self.cube.encode(config), budget, loss)

    def _unlearn(self, config: Config, budget: float) -> None:
        self._by_rung.unlearn(self.cube.encode(config), budget)

    def _more(self) -> dict[str, Any]:
        return {"tables": self._by_rung.to_json()}

    def _restore(self, data: Any) -> None:
        self._by_rung.from_json(data["tables"])
