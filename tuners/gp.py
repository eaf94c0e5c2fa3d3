"""Bayesian optimisation with a Gaussian process."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from nnic.tuners.blas import one_thread
from nnic.tuners.encoding import Encoding
from nnic.tuners.improvement import LogImprovement
from nnic.tuners.learning import LearningTuner
from nnic.tuners.maximizer import Maximizer, Region
from nnic.tuners.posterior import Posterior
from nnic.tuners.protocol import Problem
from nnic.tuners.sobol_points import MOST_DIMENSIONS, sobol_points
from nnic.tuners.surrogate import Surrogate
from nnic.tuners.trust_region import TrustRegion
from nnic.tuners.warps import Floats

_FANTASIES = 16
_PENDING = 64  # of the running trials, the youngest that count
_GLOBAL_TRIALS, _GLOBAL_COLUMNS = 100, 15  # up to which the whole space is searched
_INCUMBENTS = 10
_LOOK = 200  # of the best trials, for some with other choices
_CLEAR = 1e-3  # a gain, in distances of the quartiles of losses
_STALLED = 8  # results without one, after which
_TURN = 3  # every how many suggestions has other choices


class GPTuner(LearningTuner):
    """A Gaussian process and the expected improvement (Mockus 1978; Jones et al. 1998).

    The process (:class:`~nnic.tuners.surrogate.Surrogate`) has a Matern kernel with a length scale
    a parameter; choices count by Hamming's distance, parameters that do not exist by an indicator.
    The logarithm of the expected improvement is maximised by
    :class:`~nnic.tuners.maximizer.Maximizer`. Running trials count with values drawn from the
    process, several versions of them (fantasies, Snoek et al. 2012, section 3.2). Trials that
    failed or violate a constraint make a second process, of the probability of success. With many
    parameters or trials the search goes on in a trust region around the best.

    The first configurations are a scrambled Sobol sequence.

    Parameters
    ----------
    problem
        With one objective.
    startup
        Configurations before the first model; ``None`` for one more than there are parameters,
        at least 5 and at most 10.

    Raises
    ------
    ValueError
        When the problem has several objectives, or an option is out of range.
    """

    name = "gp"

    def __init__(self, problem: Problem, startup: int | None = None) -> None:
        super().__init__(problem)
        self._encoding = Encoding(self.cube)
        columns = len(self._encoding.columns)
        if startup is None:
            startup = min(max(columns + 1, 5), 10)
        if startup < 2:
            raise ValueError(f"gp: startup must be at least 2, got {startup}")
        self._startup = startup
        self._surrogate = Surrogate(self._encoding, self.table)
        self._maximizer: Maximizer | None = None
        self._region = TrustRegion()
        self._local = columns > _GLOBAL_COLUMNS
        self._designed = 0  # points of the design that were used
        self._stalled = 0  # results since the best one became clearly better
        self._level = math.inf  # the best one then
        self._elsewhere = 0  # suggestions since one with other choices than the best
        self._shift = self.rng.random(len(self.cube))

    def _candidate(self) -> Floats | None:
        if not len(self._encoding.columns):
            return None
        if len(self.table) < self._startup or self.successes() < 2:
            return self._from_design()
        with one_thread():
            return self._from_model()

    def _from_model(self) -> Floats | None:
        """The row with the largest expected improvement."""
        self._surrogate.update([rank[-1] for rank in self.ranked], self.successes())
        if self._maximizer is None:
            self._maximizer = Maximizer(self.cube, self._encoding, self.distinct)
        best = self.table.rows[self.ranked[0][-1]]
        lengths = self._surrogate.lengths[: len(self._encoding.numbers)]
        pending = self.table.pending()[-_PENDING:]
        region = replace(self._where(best, lengths), running=self.table.rows[pending])
        incumbents = self._incumbents(None)
        if self._looks_elsewhere():
            region = replace(region, center=None, avoided=best)
            incumbents = self._incumbents(best)
        return self._maximizer.best(self.rng, self._acquisition(), incumbents, lengths, region)

    def _incumbents(self, avoided: Floats | None) -> Floats:
        """The rows of the best trials; of those with other choices than ``avoided``, if there are."""
        lines = [rank[-1] for rank in self.ranked[: min(_LOOK, self.successes())]]
        rows = self.table.rows[lines]
        if avoided is not None:
            choices = ~self.cube.numeric
            pairs = rows[:, choices], avoided[choices]
            differ = (pairs[0] != pairs[1]) & ~(np.isnan(pairs[0]) & np.isnan(pairs[1]))
            others = differ.any(axis=1)
            rows = rows[others] if others.any() else rows
        return rows[:_INCUMBENTS]

    def _from_design(self) -> Floats | None:
        """The next point of a shifted Sobol sequence; ``None`` where it is not new."""
        d = len(self.cube)
        if d > MOST_DIMENSIONS or self._designed >= 2 * self._startup:
            return None
        point = sobol_points(2 * self._startup, d)[self._designed]
        self._designed += 1
        return self.distinct.find(self.cube.from_uniform(np.mod(point + self._shift, 1.0)[None]))

    def _where(self, best: Floats, lengths: Floats) -> Region:
        """The whole space, or the trust region around the best."""
        count = len(self._encoding.numbers)
        if not self._local:
            return Region(np.zeros(count), np.ones(count))
        center = np.nan_to_num(best[self._encoding.numbers], nan=0.5)
        return Region(*self._region.box(center, lengths), best)

    def _looks_elsewhere(self) -> bool:
        """Whether to leave out the choices of the best trial, around which nothing is gained.

        Where it is known to a thousandth the improvement still expected there can outweigh for
        long what other choices promise, of which less is known than the process believes.
        """
        self._elsewhere += 1
        if self.cube.numeric.all() or self._stalled < _STALLED or self._elsewhere < _TURN:
            return False
        self._elsewhere = 0
        return True

    def _acquisition(self) -> LogImprovement:
        """The expected improvement after what is known and what is running."""
        posterior, best = self._surrogate.posterior, self._surrogate.best()
        versions = np.array([best])
        pending = self.table.pending()[-_PENDING:]
        if len(pending):
            points = self._encoding(self.table.rows[pending])
            values = _drawn(posterior, points, self.rng)
            posterior = posterior.extended(points, values)
            versions = np.minimum(best, values.min(axis=0))
        return LogImprovement(posterior, versions, self._surrogate.failures)

    def _learn(self, line: int) -> None:
        self._surrogate.learn(line)
        known = len(self.ranked)
        failed, _, best, _ = self.ranked[0]
        clear = self._level - best > _CLEAR * self._surrogate.unit
        self._stalled = self._stalled + 1
        if clear and not failed:
            self._stalled, self._level = 0, best
        if self._local:
            self._region.note(self.ranked[0][-1] == line, max(5, len(self._encoding.columns)))
        elif known > _GLOBAL_TRIALS:
            self._local = True

    def _more(self) -> tuple[dict[str, Any], dict[str, Any]]:
        region = [self._region.length, self._region.successes, self._region.failures]
        meta = {"region": region, "local": self._local, "designed": self._designed}
        meta |= {"stalled": self._stalled, "elsewhere": self._elsewhere}
        meta["level"] = self._level if math.isfinite(self._level) else None
        return {**meta, "surrogate": self._surrogate.to_json()}, {}

    def _restore(self, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        length, successes, failures = meta["region"]
        self._region = TrustRegion(length, successes, failures)
        self._local, self._designed = meta["local"], meta["designed"]
        self._stalled, self._elsewhere = meta["stalled"], meta["elsewhere"]
        self._level = math.inf if meta["level"] is None else meta["level"]
        self._surrogate.from_json(meta["surrogate"])


def _drawn(posterior: Posterior, points: Floats, rng: np.random.Generator) -> Floats:
    """Values of the process at points, several versions; shape (m, s)."""
    mean, covariance = posterior.joint(points)
    values, axes = np.linalg.eigh(covariance)
    root = axes * np.sqrt(np.maximum(values, 0.0))
    normal = rng.standard_normal((len(points), _FANTASIES // 2))
    # In pairs of opposite signs, whose mean is that of the process.
    return np.asarray(mean + root @ np.concatenate([normal, -normal], axis=1))
