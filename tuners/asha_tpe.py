"""ASHA whose new configurations come from a Parzen estimator instead of at random."""

from __future__ import annotations

from typing import Any

from nnic.tuners.asha import AshaTuner
from nnic.tuners.density_ratio import DensityRatio
from nnic.tuners.protocol import Problem
from nnic.tuners.rung_tables import RungTables
from nnic.tuners.space import Config
from nnic.tuners.warps import Floats


class AshaTPETuner(AshaTuner):
    """ASHA (Li et al. 2020) with the model of TPE (Watanabe 2023), as in Klein et al. 2020.

    Trials are promoted as by :class:`~nnic.tuners.asha.AshaTuner`. A part of the new configurations
    is random; the others are what :class:`~nnic.tuners.tpe.TPETuner` would propose from the results
    of the largest budget that has ``startup`` of them (Falkner et al. 2018, section 3.2, has this
    rule): results of different budgets are never compared. Trials that run count among the rest,
    whatever their budget.

    Failed trials and those that violate a constraint count as the worst results; imported results
    and trials of the user's count with the whole budget where they say none.

    Parameters
    ----------
    problem
        Must have a fidelity. The first objective counts.
    eta, bracket
        As for ``asha``.
    startup
        Results with one budget that make a model.
    candidates
        Draws of which the best is taken.
    random_fraction
        The probability of a random configuration, from 0 to 1.
    pause
        As for ``asha``.

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
        super().__init__(problem, eta, bracket, pause)
        if startup < 1 or candidates < 1:
            raise ValueError(
                f"asha_tpe: startup and candidates must be at least 1, got {startup}, {candidates}"
            )
        if not 0 <= random_fraction <= 1:
            raise ValueError(f"asha_tpe: random_fraction must be from 0 to 1, got {random_fraction:g}")
        self._startup = startup
        self._random = random_fraction
        self._tables = RungTables(self.levels, len(self.cube))
        self._candidates = candidates
        self._ratios = self._new_ratios()

    def _new_ratios(self) -> list[DensityRatio]:
        return [
            DensityRatio(self.cube, table, self.distinct, self.rng, self._candidates)
            for table in self._tables
        ]

    def _draw(self) -> Floats | None:
        row = self._from_model() if self.rng.random() >= self._random else None
        if row is None:
            return self.distinct.draw()
        self.distinct.add(row)
        return row

    def _from_model(self) -> Floats | None:
        for table, ratio in zip(reversed(tuple(self._tables)), reversed(self._ratios)):
            ranking = table.ranking()
            if len(ranking) >= self._startup:
                return ratio.propose(ranking, self.running())
        return None

    def _learn(self, config: Config, budget: float, loss: float) -> None:
        self._tables.learn(self.cube.encode(config), budget, loss)

    def _unlearn(self, config: Config, budget: float) -> None:
        self._tables.unlearn(self.cube.encode(config), budget)

    def _more(self) -> dict[str, Any]:
        return {"tables": self._tables.to_json()}

    def _restore(self, data: Any) -> None:
        self._tables.from_json(data["tables"])
        self._ratios = self._new_ratios()
