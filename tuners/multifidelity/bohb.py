"""BOHB, which fills the brackets of Hyperband by a model instead of at random."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.multifidelity.budgets import bracket_sizes, budget_levels, fidelity_of
from nnic.tuners.multifidelity.rung_model import RungModelTuner
from nnic.tuners.multifidelity.rungs import Ladder
from nnic.tuners.protocol import Problem
from nnic.tuners.search.observations import Observations
from nnic.tuners.tpe.parzen import Parzen
from nnic.tuners.tpe.product_kernels import ProductKernels

_PRIOR = 1e-8  # A uniform density has this weight, so that no ratio divides by zero.


class BohbTuner(RungModelTuner):
    """BOHB (Falkner et al. 2018, arXiv 1807.01774, Algorithm 2), without waiting.

    New configurations are given to the brackets of Hyperband in turn, to each as many as it starts
    with. Within a bracket trials are promoted as in ASHA, as soon as they are in the best ``1 / eta``
    of the trials that have ended on their rung (in the paper a rung must first be complete).

    Some of the configurations are random. The others come from a model of the largest budget that has
    at least ``min_points_in_model + 2`` results: a density l is fitted to the best ``top_n_percent`` of
    them, and a density g to the others (equations 2 and 3). ``num_samples`` candidates are drawn from l
    with bandwidths that are ``bandwidth_factor`` times as wide, and the one with the largest l / g is
    proposed.

    The densities are sums of product kernels. Numbers have normal kernels, truncated at the ends of the
    range, with Scott's normal reference bandwidth ``1.06 s n**(-1 / (4 + d))``. Choices have Aitchison
    and Aitken's kernel, where s is the deviation of the option's indicators. A parameter that does not
    exist in an observation has a uniform kernel there.

    Failed trials count as the worst results, and are never among the best. Imported results and
    enqueued trials that have no budget count with the whole budget. Running trials count among the
    others, so that trials that run at once differ from each other (the paper ignores running trials).

    Parameters
    ----------
    problem
        The problem, which must have a fidelity; its first objective counts.
    eta
        The inverse of the promoted share, above 1, and at least 2 where the budget is an integer.
    min_budget, max_budget
        The smallest and the largest budget, if the range is to be narrower than the program's.
    min_points_in_model
        The smallest size of the better part and of the other part, at least 1; by default
        one more than there are parameters.
    top_n_percent
        The size of the better part, in per cent of the observations, above 0 and below 100.
    num_samples
        How many candidates are drawn for each proposal, at least 1.
    random_fraction
        The probability of a random configuration, from 0 to 1.
    bandwidth_factor
        How much wider the bandwidths are for drawing candidates, above 0.
    min_bandwidth
        The smallest bandwidth as a fraction of the range, above 0 and at most 1, so that it is not 0 for
        equal observations.
    pause
        Let the tuner itself pause trials, as ``asha`` does.

    Raises
    ------
    ValueError
        When the problem has no fidelity, or an option is out of range.
    """

    name = "bohb"

    def __init__(
        self,
        problem: Problem,
        eta: float = 3.0,
        min_budget: float | None = None,
        max_budget: float | None = None,
        min_points_in_model: int | None = None,
        top_n_percent: float = 15.0,
        num_samples: int = 64,
        random_fraction: float = 1 / 3,
        bandwidth_factor: float = 3.0,
        min_bandwidth: float = 1e-3,
        pause: bool = False,
    ) -> None:
        levels = budget_levels("bohb", fidelity_of("bohb", problem, min_budget, max_budget), eta)
        ladders = [Ladder(levels[bracket:], eta) for bracket in range(len(levels))]
        super().__init__(problem, ladders, pause, random_fraction)
        self._least = len(self.cube) + 1 if min_points_in_model is None else min_points_in_model
        self._top = top_n_percent / 100
        self._samples = num_samples
        self._widening = bandwidth_factor
        self._floor = min_bandwidth
        self._check_options()
        self._kernels = ProductKernels(self.cube)
        self._sizes = bracket_sizes(len(levels), eta)
        self._dealt = 0

    def _check_options(self) -> None:
        for name, value, fits, range_ in (
            ("min_points_in_model", self._least, self._least >= 1, "at least 1"),
            ("top_n_percent", self._top * 100, 0 < self._top < 1, "above 0 and below 100"),
            ("num_samples", self._samples, self._samples >= 1, "at least 1"),
            ("bandwidth_factor", self._widening, 0 < self._widening < math.inf, "above 0"),
            ("min_bandwidth", self._floor, 0 < self._floor <= 1, "above 0 and at most 1"),
        ):
            if not fits:
                raise ValueError(f"bohb: {name} must be {range_}, got {value:g}")

    def _next_bracket(self) -> int:
        """Deal in the order of Hyperband: as many to each bracket as it begins with, then over again."""
        place = self._dealt % sum(self._sizes)
        self._dealt += 1
        return int(np.searchsorted(np.cumsum(self._sizes), place, side="right"))

    def _suffices(self, observations: Observations, ranking: NDArray[np.intp]) -> bool:
        finite = int(np.isfinite(observations.losses[ranking]).sum())
        return len(ranking) >= self._least + 2 and finite >= self._least

    def _propose(self, place: int, ranking: NDArray[np.intp]) -> Floats | None:
        """Find the new draw with the largest l / g; ``None`` where no draw is new."""
        good, rest = self._split(self._by_rung[place], ranking)
        better, worse = self._density(good), self._density(np.concatenate([rest, self.running()]))
        drawn = self._density(good, self._widening).sample(self.rng, self._samples)
        drawn = self.cube.activate(self.cube.snap(drawn))
        points = self._kernels.features(drawn)
        ratio = better.log_density(points) - worse.log_density(points)
        return self.distinct.find(drawn[np.argsort(-ratio, kind="stable")])

    def _split(self, observations: Observations, ranking: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """The better and the worse rows of the lines ``ranking`` (equation 3)."""
        finite = int(np.isfinite(observations.losses[ranking]).sum())
        good = min(max(self._least, math.floor(self._top * len(ranking))), finite)
        rest = max(self._least, len(ranking) - good)
        return observations.rows[ranking[:good]], observations.rows[ranking[-rest:]]

    def _density(self, rows: Floats, widening: float = 1.0) -> Parzen:
        """The kernel density of ``rows``, its bandwidths times ``widening``."""
        scale = 1.06 * len(rows) ** (-1.0 / (4 + len(self.cube)))
        numbers = rows[:, self.cube.numeric]
        widths = np.maximum(scale * _deviations(numbers), self._floor) * widening
        shares = [
            max(scale * _indicator_deviation(rows[:, column]), self._floor) * widening
            for column in np.flatnonzero(~self.cube.numeric)
        ]
        # The kernel of Aitchison and Aitken gives a mass of l to all c - 1 other options together. It is a
        # mixture of the own option and an even distribution, whose mass is l * c / (c - 1), at most 1.
        options = self.cube.options[~self.cube.numeric]
        even = np.clip(np.asarray(shares) * options / np.maximum(options - 1, 1), 0.0, 0.999)
        weights = np.append(np.ones(len(rows)), _PRIOR * len(rows))
        sigmas = np.broadcast_to(widths, numbers.shape)
        return Parzen(self._kernels, rows, sigmas, even / (1.0 - even), weights)

    def _more(self) -> dict[str, Any]:
        return {"dealt": self._dealt, **super()._more()}

    def _restore(self, data: Any) -> None:
        super()._restore(data)
        self._dealt = data["dealt"]


def _deviations(numbers: Floats) -> Floats:
    """The standard deviations of columns, (k, d), without NaN; 1 for fewer than two numbers; shape (d,)."""
    present = ~np.isnan(numbers)
    counts = present.sum(axis=0)
    filled = np.where(present, numbers, 0.0)
    means = filled.sum(axis=0) / np.maximum(counts, 1)
    squares = np.where(present, (filled - means) ** 2, 0.0).sum(axis=0)
    result: Floats = np.where(counts > 1, np.sqrt(squares / np.maximum(counts - 1, 1)), 1.0)
    return result


def _indicator_deviation(options: Floats) -> float:
    """The deviation of an option's indicators, ``sqrt(1 - sum p**2)``; 1 where none is observed."""
    present: NDArray[np.float64] = options[~np.isnan(options)]
    if not len(present):
        return 1.0
    shares = np.unique(present, return_counts=True)[1] / len(present)
    return math.sqrt(max(0.0, 1.0 - float((shares**2).sum())))
