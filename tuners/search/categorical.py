"""The distribution over choices that CatCMA moves by adaptive stochastic natural gradients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats

_SIGNAL = 1.5  # This is the signal-to-noise ratio that steps keep, the alpha of ASNG.
_EPS = 1e-8  # A gradient that is shorter than this teaches nothing.


class CategoricalDistribution:
    """The distribution of independent choices, which ASNG moves (Akimoto et al. 2019, Algorithm 1).

    The margin keeps every option possible: ``(1 - 0.73 ** (1 / n)) / (K - 1)`` of ``K`` options in
    one of ``n`` choices (CatCMA, Hamano et al. 2024, arXiv 2405.09962, section 4).

    Parameters
    ----------
    counts
        How many options each choice has, at least 2.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        self._counts = list(counts)
        self.shares = [np.full(count, 1.0 / count) for count in counts]
        """The probability of each option, one array a choice."""
        self._path = np.zeros(sum(count - 1 for count in counts))
        self._gain, self._gamma = 1.0, 0.0
        margin = 1.0 - 0.73 ** (1.0 / max(len(counts), 1))
        self._least = [margin / (count - 1) for count in counts]

    def sample(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """Draw an option of each choice; shape (n,)."""
        drawn = rng.random(len(self._counts))
        found = [
            int(np.searchsorted(np.cumsum(share), u, side="right")) for share, u in zip(self.shares, drawn)
        ]
        return np.minimum(np.array(found, dtype=np.intp), np.array(self._counts, dtype=np.intp) - 1)

    def update(self, options: NDArray[np.intp], weights: Floats) -> None:
        """Learn from a population.

        Parameters
        ----------
        options
            The options of the members, -1 where a choice does not exist; shape (lambda, n).
        weights
            The weight of each member; those that are not positive play no part; shape (lambda,).
        """
        positive = np.maximum(weights, 0.0)
        gradients, scaled = [], []
        for column, share in enumerate(self.shares):
            chosen = options[:, column]
            gradient = np.zeros_like(share)
            known = chosen >= 0
            np.add.at(gradient, chosen[known], positive[known])
            gradient -= positive[known].sum() * share
            gradients.append(gradient)
            # This applies the square root of the Fisher matrix (appendix B of Akimoto et al.).
            root, last = np.sqrt(share[:-1]), float(share[-1])
            total = float(gradient[:-1].sum())
            scaled.append(gradient[:-1] / root + root * total / (last + math.sqrt(last)))
        direction = np.concatenate(scaled)
        length = float(np.linalg.norm(direction))
        if length < _EPS:
            return
        for share, gradient in zip(self.shares, gradients):
            share += gradient / (self._gain * length)
        self._keep_margin()
        beta = 1.0 / (self._gain * math.sqrt(len(direction)))
        self._path = (1 - beta) * self._path + math.sqrt(beta * (2 - beta)) * direction / length
        self._gamma = (1 - beta) ** 2 * self._gamma + beta * (2 - beta)
        self._gain *= math.exp(beta * (self._gamma - float(self._path @ self._path) / _SIGNAL))
        # Below a gain of 1 a step would be longer than the first one, and beta above 1.
        self._gain = max(self._gain, 1.0 / math.sqrt(len(direction)))

    def _keep_margin(self) -> None:
        for share, least in zip(self.shares, self._least):
            np.maximum(share, least, out=share)
            excess = float(share.sum()) - 1.0
            share -= excess * (share - least) / (excess + 1.0 - least * len(share) or 1.0)
            share /= share.sum()

    def to_json(self) -> dict[str, Any]:
        """The state as plain values."""
        shares = [share.tolist() for share in self.shares]
        return {"shares": shares, "path": self._path.tolist(), "gain": self._gain, "gamma": self._gamma}

    def from_json(self, data: dict[str, Any]) -> None:
        """Take back what :meth:`to_json` gave."""
        self.shares = [np.array(share) for share in data["shares"]]
        self._path, self._gain, self._gamma = np.array(data["path"]), data["gain"], data["gamma"]
