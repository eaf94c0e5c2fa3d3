"""Scrambled Sobol points, a random search that leaves no holes."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
import scipy
from scipy.stats import qmc

from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import Problem
from nnic.tuners.search.base import DrawingTuner, generator
from nnic.tuners.search.state import parse_state

_BLOCK = 64  # This many points are made at once.
_PATIENCE = 128  # After this many points in a row that are not new or not allowed it draws at random.
_BITS = 52  # The sequence has 2**52 points, and a coordinate as many digits as a float.
_RNG = "rng" if tuple(int(n) for n in scipy.__version__.split(".")[:2]) >= (1, 15) else "seed"


class SobolTuner(DrawingTuner):
    """Sobol's sequence (1967), with the directions of Joe and Kuo (2008), scrambled by the seed.

    The scrambling is Matousek's (1998): a random linear matrix and a digital shift, so that each single
    point is uniformly distributed. Each parameter has its own coordinate, which is ignored where the
    parameter does not exist. Points whose configuration was tried before or violates a constraint are
    skipped. After 128 skipped points in a row, configurations are drawn as
    :class:`~nnic.tuners.search.random_search.RandomTuner` draws them. Results have no influence.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        if len(self.cube) > qmc.Sobol.MAXDIM:
            raise ValueError(
                f"sobol has {qmc.Sobol.MAXDIM} dimensions, the space {len(self.cube)} parameters"
            )
        self._seed = problem.seed
        self._sequence = self._make()
        self._points: Floats = np.empty((0, len(self.cube)))
        self._next = 0  # The number of the point that comes next.
        self._misses = 0

    def save(self) -> bytes:
        """Return the state as JSON."""
        data = json.loads(super().save())
        return json.dumps({**data, "next": self._next, "misses": self._misses}).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        super().load(state)
        data = parse_state(state, type(self).__name__)
        self._next, self._misses = data["next"], data["misses"]
        self._sequence = self._make()
        if self._next >= _BLOCK:
            self._sequence.fast_forward(self._next - self._next % _BLOCK)
        if self._next % _BLOCK:
            self._points = self._block()

    def _make(self) -> Any:
        return qmc.Sobol(max(1, len(self.cube)), bits=_BITS, **{_RNG: generator(self._seed)})

    def _block(self) -> Floats:
        with warnings.catch_warnings():  # A block within the sequence need not be balanced.
            warnings.simplefilter("ignore", UserWarning)
            points: Floats = self._sequence.random(_BLOCK)[:, : len(self.cube)]
        return points

    def _propose(self) -> Floats | None:
        while self._misses < _PATIENCE:
            if self._next % _BLOCK == 0:
                self._points = self._block()
            point = self._points[self._next % _BLOCK]
            self._next += 1
            row = self.distinct.find(self.cube.from_uniform(point[None]))
            if row is not None:
                self._misses = 0
                self.distinct.add(row)
                return row
            self._misses += 1
        return self.distinct.draw()
