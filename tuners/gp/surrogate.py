"""The two models of a Gaussian process tuner: one of the losses and one of what fails."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from nnic.tuners.gp.alternatives import Alternative
from nnic.tuners.gp.features import FeatureMap
from nnic.tuners.gp.fitting import Fit
from nnic.tuners.gp.matern import Hyperparameters
from nnic.tuners.gp.output_warping import OutputWarp
from nnic.tuners.gp.posterior import Posterior
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.search.observations import KNOWN, Observations

_BEST, _YOUNGEST = 150, 150  # This many trials are in a model where there are more.
_STEPS = 20  # A fit that starts at the last one has this many iterations.
_FIRST_STEPS = 60  # The first fit has this many iterations.
_FRESH_STARTS = 5  # In one of this many fits the default is a start, too.
_GAIN = 1.0  # For another warp the logarithm of the likelihood must rise by more than this.
# Labels form a step, which ever shorter length scales fit, so that nothing would be learned from afar.
_LABEL_LENGTH = 0.25
_BENDING = 8  # Losses are bent once there are this many trials.


class Surrogate:
    """Keeps the models up to date, in a cheap way between fits.

    Fits are ``ceil(n / 50)`` results apart; between them results are appended to the posterior one
    by one, in the order in which they came. A saved state holds which trials were in the last fit
    and which came after, so that a restored posterior is the same to the last digit.
    """

    def __init__(self, features: FeatureMap, observations: Observations) -> None:
        self._features, self._observations = features, observations
        self._fit = Fit(features.group, features.scales, features.active)
        self._fit_failing = Fit(features.group, features.scales, features.active, _LABEL_LENGTH)
        self._hyper = self._failing = self._fit.default()
        self._warp: OutputWarp | None = None
        self._base: list[int] = []  # The lines of the last fit.
        self._later: list[int] = []  # The lines that were appended since.
        self._waiting: list[int] = []  # The lines with a result that no model has yet.
        self._learned: set[int] = set()
        self._fits = 0
        self._stale = False
        self._posterior: Posterior | None = None
        self.failures: Posterior | None = None
        """The model of labels, 1 for what failed or violated a constraint; ``None`` where nothing did."""

    @property
    def posterior(self) -> Posterior:
        """The model of the warped losses."""
        assert self._posterior is not None
        return self._posterior

    @property
    def lengths(self) -> Floats:
        """The length scales of the model of the losses; shape (p,)."""
        return self._hyper.lengths

    @property
    def unit(self) -> float:
        """The distance of the quartiles of losses at the last fit; 0 before there was one."""
        return 0.0 if self._warp is None else 2.0 * self._warp.unit

    def learn(self, line: int) -> None:
        """Note that a line has a result, or another one than before."""
        self._stale = self._stale or line in self._learned
        self._learned.add(line)
        self._waiting.append(line)

    def update(self, ranked: list[int], successes: int) -> None:
        """Take in what was learned.

        Parameters
        ----------
        ranked
            The lines with a result, best first; those without a loss are last.
        successes
            How many of them have a loss.
        """
        usable, broken = ranked[:successes], ranked[successes:]
        fresh = len(self._waiting) + len(self._later)
        due = self._warp is None or self._stale or fresh >= math.ceil(successes / 50)
        if due and (self._waiting or self._warp is None):
            self._refit(_chosen(usable))
        else:
            self._append()
        self._model_failures(usable, broken, due)

    def best(self, alternative: Alternative | None = None) -> float:
        """The smallest expected value of the trials that satisfy the constraints and have the alternative."""
        expected = self.posterior.expected()[:, 0]
        lines = [*self._base, *self._later]
        allowed = self._observations.violations[lines] <= 0
        if alternative is not None:
            allowed &= alternative.within(self._observations.rows[lines])
        return float(expected[allowed].min() if allowed.any() else expected.max())

    def doubting(self, longest: float) -> Posterior:
        """The model of the losses if no length scale were longer than ``longest``."""
        assert self._warp is not None
        lines = [*self._base, *self._later]
        hyper = replace(self._hyper, lengths=np.minimum(self._hyper.lengths, longest))
        values = self._warp(self._observations.losses[lines])[:, None]
        return Posterior(self._features.group, hyper, self._features(self._observations.rows[lines]), values)

    def _refit(self, lines: list[int]) -> None:
        losses = self._observations.losses[lines]
        points = self._features(self._observations.rows[lines])
        warp = OutputWarp.of(losses)
        if self._warp is not None:
            warp = warp.bent(self._warp.bend, losses)
        starts = [self._hyper]
        if self._fits % _FRESH_STARTS == 0 and self._fits:
            starts.append(self._fit.default())
        steps = _STEPS if self._fits else _FIRST_STEPS
        self._hyper = self._fit.search(points, warp(losses), starts, steps)
        posterior = Posterior(self._features.group, self._hyper, points, warp(losses)[:, None])
        better = _better_warp(warp, losses, posterior)
        if better.bend != warp.bend:
            warp = better
            self._hyper = self._fit.search(points, warp(losses), [self._hyper], _STEPS)
            posterior = Posterior(self._features.group, self._hyper, points, warp(losses)[:, None])
        self._warp, self._posterior, self._base, self._later = warp, posterior, lines, []
        self._waiting, self._stale = [], False
        self._fits += 1

    def _append(self) -> None:
        assert self._warp is not None
        for line in self._waiting:
            if math.isfinite(self._observations.losses[line]):
                self._extend(line)
                self._later.append(line)
        self._waiting = []

    def _extend(self, line: int) -> None:
        assert self._warp is not None
        assert self._posterior is not None
        points = self._features(self._observations.rows[line : line + 1])
        values = self._warp(self._observations.losses[line : line + 1])[:, None]
        self._posterior = self._posterior.extended(points, values)

    def _model_failures(self, usable: list[int], broken: list[int], due: bool) -> None:
        lines = sorted([*usable, *broken])[-(_BEST + _YOUNGEST) :]
        labels = ~np.isfinite(self._observations.losses[lines]) | (self._observations.violations[lines] > 0)
        if not labels.any() or labels.all():
            self.failures = None
            return
        points, values = self._features(self._observations.rows[lines]), labels.astype(np.float64)
        if due:
            self._failing = self._fit_failing.search(points, values, [self._failing], _STEPS)
        self.failures = Posterior(self._features.group, self._failing, points, values[:, None])

    def to_json(self) -> dict[str, Any]:
        """The state as plain JSON values; the observations are not part of it."""
        hypers = [hyper.to_json() for hyper in (self._hyper, self._failing)]
        lines = {"base": self._base, "later": self._later, "waiting": self._waiting}
        warp = None if self._warp is None else self._warp.to_json()
        return {"hypers": hypers, **lines, "warp": warp, "fits": self._fits, "stale": self._stale}

    def from_json(self, data: dict[str, Any]) -> None:
        """Take back what :meth:`to_json` gave; the observations have been restored already."""
        self._hyper, self._failing = (Hyperparameters.from_json(h) for h in data["hypers"])
        self._base, self._later, self._waiting = data["base"], data["later"], data["waiting"]
        self._fits, self._stale = data["fits"], data["stale"]
        self._warp = None if data["warp"] is None else OutputWarp.from_json(data["warp"])
        self._learned = set(np.flatnonzero(self._observations.states == KNOWN).tolist())
        self._posterior = None
        if self._warp is not None:
            values = self._warp(self._observations.losses[self._base])[:, None]
            points = self._features(self._observations.rows[self._base])
            self._posterior = Posterior(self._features.group, self._hyper, points, values)
            for line in self._later:
                self._extend(line)


def _chosen(usable: list[int]) -> list[int]:
    """Choose the lines of a model: all, or the best and the youngest, in order."""
    if len(usable) <= _BEST + _YOUNGEST:
        return sorted(usable)
    best = usable[:_BEST]
    return sorted({*best, *sorted(usable[_BEST:])[-_YOUNGEST:]})


def _better_warp(warp: OutputWarp, losses: Floats, posterior: Posterior) -> OutputWarp:
    """Choose another warp where it makes the losses clearly more likely under the same kernel."""
    if len(losses) < _BENDING:
        return warp
    found, top = warp, posterior.log_likelihood(warp(losses)) + warp.log_slope(losses) + _GAIN
    for candidate in warp.candidates(losses):
        likely = posterior.log_likelihood(candidate(losses)) + candidate.log_slope(losses)
        if likely > top:
            found, top = candidate, likely
    return found
