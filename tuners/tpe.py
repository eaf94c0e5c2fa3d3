"""The tree-structured Parzen estimator, joint over all parameters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.learning import LearningTuner
from nnic.tuners.parzen import Parzen, coefficients, features, log_mixture, neighbour_gaps
from nnic.tuners.protocol import Problem
from nnic.tuners.warps import Floats

# Chosen on the tasks of benchmarks/tuners.py that are marked for it. There 12 candidates did better
# than 24 or 64, and a local search from the best of them worse: the ratio is trusted too far.
_GOOD_SHARE = 0.1
_GOOD_CAP = 25
_FLOOR = 0.05  # the narrowest kernel, as a part of the range
_SPREAD = 8.0  # observations' worth of mass that the kernels of a choice give to other options
_PRIOR = 0.5  # the weight of the prior, in observations
_DENSE = 400  # observations from which on all kernels of the rest are the narrowest
_LEAST_WEIGHT = 1e-3


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
        self._candidates = candidates
        self._dense: Floats = np.empty((0, 0))  # coefficients of each line's kernel, and how many
        self._dense_lines = 0

    def _restore(self, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        self._dense_lines = 0

    def _candidate(self) -> Floats | None:
        ranking = self.table.ranking()
        return self._best_candidate(ranking) if len(ranking) >= self._startup else None

    def _best_candidate(self, ranking: NDArray[np.intp]) -> Floats | None:
        """The new candidate with the largest density ratio; ``None`` when none is new."""
        count = min(math.ceil(_GOOD_SHARE * len(ranking)), _GOOD_CAP)
        good, rest = ranking[:count], ranking[count:]
        others = np.concatenate([rest, self.table.pending()])
        rows = self.table.rows[good]
        weights = np.append(self._weights(good, rest), _PRIOR)
        better = Parzen(self.cube, rows, self._sigmas(rows), _SPREAD / count, weights)
        drawn = self.cube.activate(self.cube.snap(better.sample(self.rng, self._candidates)))
        points = features(self.cube, drawn)
        ratio = better.log_density(points) - self._log_worse(points, others)
        return self.distinct.find(drawn[np.argsort(-ratio, kind="stable")])

    def _log_worse(self, points: Floats, others: NDArray[np.intp]) -> Floats:
        """The logarithm of the density of the lines ``others`` at ``points``; shape (m,)."""
        total = len(others) + _PRIOR
        if len(others) > _DENSE:
            weights = np.zeros(len(self.table) + 1)
            weights[others], weights[-1] = 1.0 / total, _PRIOR / total
            return log_mixture(points, self._dense_coefficients(), weights)
        weights = np.append(np.ones(len(others)), _PRIOR) / total
        rows, leak = self.table.rows[others], _SPREAD / max(len(others), 1)
        return log_mixture(points, coefficients(self.cube, rows, self._sigmas(rows), leak), weights)

    def _dense_coefficients(self) -> Floats:
        """Of the kernels at all lines, when there are many; shape (n, f).

        So many lie closer together than the narrowest kernel is wide. All kernels are therefore
        that narrow, and the coefficients of a line never change.
        """
        known, lines = self._dense_lines, len(self.table)
        if known < lines:
            rows = self.table.rows[known:]
            sigmas = np.full((len(rows), int(self.cube.numeric.sum())), _FLOOR)
            more = coefficients(self.cube, rows, sigmas, _SPREAD / _DENSE)
            if lines > len(self._dense):
                grown = np.empty((2 * lines, more.shape[1]))
                if known:
                    grown[:known] = self._dense[:known]
                self._dense = grown
            self._dense[known:lines] = more
            self._dense_lines = lines
        return self._dense[:lines]

    def _sigmas(self, rows: Floats) -> Floats:
        """Deviations of the kernels at ``rows``: the larger neighbour gap, within limits."""
        floor = max(_FLOOR, (1.0 + len(rows)) ** -2.0)
        return np.clip(neighbour_gaps(rows[:, self.cube.numeric]), floor, 1.0)

    def _weights(self, good: NDArray[np.intp], rest: NDArray[np.intp]) -> Floats:
        """How much each of ``good`` improves on the best of ``rest``; 1 on average, shape (k,)."""
        losses = self.table.losses[good]
        comparable = np.isfinite(losses).all() and not self.table.violations[good].any()
        if not comparable or not len(rest):
            return np.ones(len(good))
        threshold = self.table.losses[rest[0]]
        if not math.isfinite(threshold) or self.table.violations[rest[0]] > 0:
            threshold = losses.max()
        # Halved first: the difference of two floats can overflow.
        gains = np.maximum(threshold / 2 - losses / 2, 0.0)
        top = gains.max()
        if top == 0:
            return np.ones(len(good))
        gains = gains / top
        weights: Floats = np.maximum(gains / gains.mean(), _LEAST_WEIGHT)
        return weights
