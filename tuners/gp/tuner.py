"""Bayesian optimisation with a Gaussian process as the model."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.gp.alternatives import Alternative, Alternatives
from nnic.tuners.gp.features import FeatureMap
from nnic.tuners.gp.log_ei import LogEI
from nnic.tuners.gp.maximizer import Maximizer
from nnic.tuners.gp.one_thread import one_thread
from nnic.tuners.gp.posterior import Posterior
from nnic.tuners.gp.region import Region, usual_range
from nnic.tuners.gp.surrogate import Surrogate
from nnic.tuners.gp.trust_region import TrustRegion
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import Problem
from nnic.tuners.search.model_based import ModelBasedTuner
from nnic.tuners.search.sobol_points import MOST_DIMENSIONS, sobol_points

_FANTASIES = 16  # The process draws this many versions of the results of running trials.
_PENDING = 64  # Of running trials this many count, the youngest.
_GLOBAL_TRIALS, _GLOBAL_COLUMNS = 100, 15  # The whole space is searched up to these numbers.
_INCUMBENTS = 10  # Candidates are made around this many of the best trials.
_LOOK = 200  # Trials with an alternative are looked for among this many of the best.
_CLEAR = 1e-3  # A gain is clear above this part of the distance of the quartiles of losses.
_STALLED = 8  # After this many results without a clear gain the search counts as stalled.
_DOUBTFUL = 1.0, 0.3  # A model that is doubted has no longer length scales, by turns.
_TURN, _STALLED_TURN = 3, 2  # One of this many suggestions looks elsewhere, before and after stalling.


class GPTuner(ModelBasedTuner):
    """A Gaussian process and the expected improvement (Mockus 1978; Jones et al. 1998).

    The process (:class:`~nnic.tuners.gp.surrogate.Surrogate`) has a Matern kernel with one length scale
    for each parameter. Choices are compared by the Hamming distance, and an indicator says whether a
    parameter exists. :class:`~nnic.tuners.gp.maximizer.Maximizer` maximizes the logarithm of the
    expected improvement. Results of running trials are replaced by several draws from the process
    (fantasies, Snoek et al. 2012, section 3.2). A second process, fitted to the trials that failed or
    violate a constraint, gives the probability of success. With many parameters or trials the search
    continues in a trust region around the best trial.

    Every third configuration explores, and every second one once there is no more progress. It has
    another option than the best trial in some choice
    (:class:`~nnic.tuners.gp.alternatives.Alternatives`), and among these it is the one with the largest
    expected improvement on the best trial with that option. If there are no other options, a model
    chooses it whose length scales are at most the range, or a third of it. Both protect against a model
    that is too certain: about options whose best value it has not seen, and about directions that look
    flat because the trials lie on both sides of a valley.

    The first configurations are a scrambled Sobol sequence.

    Parameters
    ----------
    problem
        The problem, with one objective.
    startup
        How many configurations come before the first model, at least 2; by default one more than there
        are parameters, but at least 5 and at most 10.

    Raises
    ------
    ValueError
        When the problem has several objectives, or an option is out of range.
    """

    name = "gp"

    def __init__(self, problem: Problem, startup: int | None = None) -> None:
        super().__init__(problem)
        self._features = FeatureMap(self.cube)
        columns = len(self._features.columns)
        if startup is None:
            startup = min(max(columns + 1, 5), 10)
        if startup < 2:
            raise ValueError(f"gp: startup must be at least 2, got {startup}")
        self._startup = startup
        self._surrogate = Surrogate(self._features, self.observations)
        self._maximizer: Maximizer | None = None
        self._region = TrustRegion()
        self._local = columns > _GLOBAL_COLUMNS
        self._designed = 0  # This many points of the first sequence were used.
        self._stalled = 0  # Results since the best one became clearly better.
        self._level = math.inf  # The best loss when it last became clearly better.
        self._elsewhere = 0  # Suggestions since one that looked elsewhere.
        self._doubts = 0
        self._alternatives = Alternatives(self.cube)
        self._range = usual_range(self.cube)
        self._shift = self.rng.random(len(self.cube))

    def _candidate(self) -> Floats | None:
        if not len(self._features.columns):
            return None
        if len(self.observations) < self._startup or self.successes() < 2:
            return self._from_design()
        with one_thread():
            return self._from_model()

    def _from_model(self) -> Floats | None:
        """Find the row with the largest expected improvement."""
        self._surrogate.update([rank[-1] for rank in self.ranked], self.successes())
        if self._maximizer is None:
            self._maximizer = Maximizer(self.cube, self._features, self.distinct)
        lengths = self._surrogate.lengths[: len(self._features.numbers)]
        elsewhere = self._looks_elsewhere()
        alternative = self._alternative() if elsewhere else None
        doubting = elsewhere and alternative is None
        region = self._where(lengths, alternative)
        incumbents = self._incumbents(alternative)
        acquisition = self._acquisition(alternative, doubting)
        return self._maximizer.best(self.rng, acquisition, incumbents, lengths, region)

    def _incumbents(self, alternative: Alternative | None) -> Floats:
        """The rows of the best trials, or of the best with the alternative, if there are some."""
        lines = [rank[-1] for rank in self.ranked[: min(_LOOK, self.successes())]]
        rows = self.observations.rows[lines]
        if alternative is not None:
            own = rows[alternative.within(rows)]
            rows = own if len(own) else rows
        return rows[:_INCUMBENTS]

    def _from_design(self) -> Floats | None:
        """The next point of a shifted Sobol sequence; ``None`` where it is not new."""
        d = len(self.cube)
        if d > MOST_DIMENSIONS or self._designed >= 2 * self._startup:
            return None
        point = sobol_points(2 * self._startup, d)[self._designed]
        self._designed += 1
        return self.distinct.find(self.cube.from_uniform(np.mod(point + self._shift, 1.0)[None]))

    def _where(self, lengths: Floats, alternative: Alternative | None) -> Region:
        """Where to search: the whole space, what has the alternative, or the region around the best."""
        numbers, running = self._features.numbers, self.observations.rows[self._pending()]
        low, high = (ends[numbers] for ends in self._range)
        if alternative is not None or not self._local:
            held = () if alternative is None else alternative.held
            return Region(low, high, None, held, running)
        best = self.observations.rows[self.ranked[0][-1]]
        center = np.nan_to_num(best[numbers], nan=0.5)
        sides = self._region.box(center, lengths)
        low, high = np.minimum(low, center), np.maximum(high, center)
        return Region(np.maximum(sides[0], low), np.minimum(sides[1], high), best, (), running)

    def _looks_elsewhere(self) -> bool:
        """Whether it is time for another option than those of the best trial, or for doubts."""
        self._elsewhere += 1
        if self._elsewhere < (_TURN if self._stalled < _STALLED else _STALLED_TURN):
            return False
        self._elsewhere = 0
        return True

    def _alternative(self) -> Alternative | None:
        """Choose another option than those of the best trial; ``None`` where there is none."""
        lines = [rank[-1] for rank in self.ranked]
        known, rest = lines[: self.successes()], lines[self.successes() :]
        rows = self.observations.rows
        others = rows[[*rest, *self._pending().tolist()]]
        return self._alternatives.choose(rows[lines[0]], rows[known], others)

    def _doubting(self) -> Posterior:
        """The model with shorter length scales, longer and shorter ones by turns."""
        self._doubts += 1
        return self._surrogate.doubting(_DOUBTFUL[self._doubts % len(_DOUBTFUL)])

    def _pending(self) -> NDArray[np.intp]:
        return self.observations.pending()[-_PENDING:]

    def _acquisition(self, alternative: Alternative | None, doubting: bool) -> LogEI:
        """The expected improvement after what is known and what runs, on the best trial that has the
        alternative where one is given.
        """
        posterior = self._doubting() if doubting else self._surrogate.posterior
        best = self._surrogate.best(alternative)
        versions = np.array([best])
        pending = self._pending()
        if len(pending):
            rows = self.observations.rows[pending]
            points = self._features(rows)
            values = _drawn(posterior, points, self.rng)
            posterior = posterior.extended(points, values)
            own = np.ones(len(rows), dtype=np.bool_) if alternative is None else alternative.within(rows)
            versions = np.minimum(best, values[own].min(axis=0, initial=best))
        return LogEI(posterior, versions, self._surrogate.failures)

    def _learn(self, line: int) -> None:
        self._surrogate.learn(line)
        known = len(self.ranked)
        failed, _, best, _ = self.ranked[0]
        clear = self._level - best > _CLEAR * self._surrogate.unit
        self._stalled = self._stalled + 1
        if clear and not failed:
            self._stalled, self._level = 0, best
        elif best > self._level and math.isfinite(self._level):  # What was best no longer counts.
            self._level = math.inf if failed else best
        if self._local:
            self._region.note(self.ranked[0][-1] == line, max(5, len(self._features.columns)))
        elif known > _GLOBAL_TRIALS:
            self._local = True

    def _more(self) -> tuple[dict[str, Any], dict[str, Any]]:
        region = [self._region.length, self._region.successes, self._region.failures]
        meta = {"region": region, "local": self._local, "designed": self._designed}
        meta |= {"stalled": self._stalled, "elsewhere": self._elsewhere, "doubts": self._doubts}
        meta["level"] = self._level if math.isfinite(self._level) else None
        return {**meta, "surrogate": self._surrogate.to_json()}, {}

    def _restore(self, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        length, successes, failures = meta["region"]
        self._region = TrustRegion(length, successes, failures)
        self._local, self._designed = meta["local"], meta["designed"]
        self._stalled, self._elsewhere = meta["stalled"], meta["elsewhere"]
        self._doubts = meta["doubts"]
        self._level = math.inf if meta["level"] is None else meta["level"]
        self._surrogate.from_json(meta["surrogate"])


def _drawn(posterior: Posterior, points: Floats, rng: np.random.Generator) -> Floats:
    """Draw several versions of the values of the process at points; shape (m, s)."""
    mean, covariance = posterior.joint(points)
    values, axes = np.linalg.eigh(covariance)
    root = axes * np.sqrt(np.maximum(values, 0.0))
    normal = rng.standard_normal((len(points), _FANTASIES // 2))
    # Draws come in pairs of opposite signs, whose mean is that of the process.
    return np.asarray(mean + root @ np.concatenate([normal, -normal], axis=1))
