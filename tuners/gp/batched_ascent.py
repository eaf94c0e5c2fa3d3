"""Gradient ascent from several starts at once, within a box."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats

Bools = NDArray[np.bool_]

Function = Callable[[Floats, NDArray[np.intp]], "tuple[Floats, Floats]"]
"""Takes points (k, q) and the starts that they belong to (k,), gives values (k,) and gradients (k, q)."""

_ENOUGH = 1e-4  # Armijo's condition asks for this part of the rise that the slope promises.
_SHORTENED = 4  # After this many shorter steps in a row the direction is the gradient again.
_SHORTEST, _LONGEST = 0.1, 0.5  # A shortened step is between these parts of the one before.
_ENDED = 1e-5  # A start is done when a step gains less than this part of its value.


def ascend(
    function: Function, starts: Floats, low: Floats, high: Floats, scale: Floats, evaluations: int
) -> tuple[Floats, Floats]:
    """Maximise by projected BFGS from all starts side by side, each of them independently.

    Nocedal and Wright 2006, algorithm 6.1, with backtracking by interpolation (section 3.5);
    coordinates at a bound that the gradient pushes against are held. Every call of ``function``
    tries the next step of all starts that are not done: one whose step was too long tries a shorter
    one while the others go on.

    Parameters
    ----------
    function
        The function that is maximised.
    starts
        The starts; shape (m, q).
    low, high
        The ends of the box; shape (q,).
    scale
        The scale of the first steps in each coordinate, such as its length scale; shape (q,).
    evaluations
        How often ``function`` is called after the first time.

    Returns
    -------
    tuple
        The points, shape (m, q), which are never worse than the starts, and their values, shape (m,).
    """
    points = np.clip(starts, low, high)
    ascents = _Ascents(points, *function(points, np.arange(len(points))), low, high, scale)
    ascents.aim(np.ones(len(points), dtype=np.bool_))
    for _ in range(evaluations):
        left = np.flatnonzero(ascents.going)
        if not len(left):
            break
        trial = ascents.steps(left)
        ascents.take(left, trial, *function(trial, left))
    return ascents.points, ascents.values


class _Ascents:
    """Where each start has got to, and the step that it tries next."""

    def __init__(
        self, points: Floats, values: Floats, gradients: Floats, low: Floats, high: Floats, scale: Floats
    ) -> None:
        m, q = points.shape
        self.points, self.values = points, values
        self.going: Bools = np.ones(m, dtype=np.bool_)
        self._gradients, self._low, self._high, self._scale = gradients, low, high, scale
        self._first = np.diag(scale**2)
        self._inverse = np.repeat(self._first[None], m, axis=0)
        self._steepest: Bools = np.ones(m, dtype=np.bool_)
        self._direction, self._uphill = np.zeros((m, q)), np.zeros(m)
        self._rate = np.ones(m)
        self._shortened = np.zeros(m, dtype=np.intp)

    def aim(self, which: Bools) -> None:
        """Choose new directions for ``which``."""
        held = (self.points <= self._low) & (self._gradients < 0)
        held |= (self.points >= self._high) & (self._gradients > 0)
        free = np.where(held, 0.0, self._gradients)
        direction = np.where(held, 0.0, (self._inverse @ free[:, :, None])[:, :, 0])
        uphill = (direction * free).sum(axis=1)
        bad = ~(uphill > 0)
        if bad.any():
            direction[bad], self._inverse[bad] = free[bad] * self._scale**2, self._first
            uphill[bad] = (direction[bad] * free[bad]).sum(axis=1)
            self._steepest |= bad
        # The first step from a start is no longer than a tenth of the scale.
        longest = np.abs(direction / self._scale).max(axis=1, initial=0.0)
        rate = np.where(self._steepest, np.minimum(1.0, 0.1 / np.maximum(longest, 1e-300)), 1.0)
        self._direction[which], self._uphill[which] = direction[which], uphill[which]
        self._rate[which], self._shortened[which] = rate[which], 0

    def steps(self, left: NDArray[np.intp]) -> Floats:
        """The points that ``left`` try next."""
        moved = self.points[left] + self._rate[left, None] * self._direction[left]
        return np.minimum(np.maximum(moved, self._low), self._high)

    def take(self, left: NDArray[np.intp], trial: Floats, values: Floats, gradients: Floats) -> None:
        """Move the starts whose step has gained enough, and shorten the steps of the others."""
        change, gained = trial - self.points[left], values - self.values[left]
        rise = self._rate[left] * self._uphill[left]
        good = (gained >= _ENOUGH * rise) & (change != 0).any(axis=1)
        took, failed = left[good], left[~good]
        self._shorten(failed, gained[~good], rise[~good])
        _update(self._inverse, took, change[good], (self._gradients[left] - gradients)[good])
        self.points[took], self.values[took] = trial[good], values[good]
        self._gradients[took], self._steepest[took] = gradients[good], False
        self.going[took] = gained[good] >= _ENDED * np.maximum(1.0, np.abs(values[good]))
        again = self._shortened >= _SHORTENED
        self.going &= ~(again & self._steepest)
        self._inverse[again], self._steepest[again] = self._first, True
        again[took] = True
        if again.any():
            self.aim(again)

    def _shorten(self, failed: NDArray[np.intp], gained: Floats, rise: Floats) -> None:
        """Shorten steps to the top of the parabola through what is known, within limits."""
        if not len(failed):
            return
        with np.errstate(divide="ignore", invalid="ignore"):
            part = rise / (2.0 * (rise - gained))
        part = np.where(np.isfinite(part), part, _SHORTEST)
        self._rate[failed] *= np.minimum(np.maximum(part, _SHORTEST), _LONGEST)
        self._shortened[failed] += 1


def _update(inverse: Floats, took: NDArray[np.intp], change: Floats, turn: Floats) -> None:
    """Update the inverses of those that moved where the slope bends (Nocedal and Wright, equation 6.17)."""
    bend = (change * turn).sum(axis=1)
    bent = bend > 1e-10 * np.sqrt((change * change).sum(axis=1) * (turn * turn).sum(axis=1))
    if not bent.any():
        return
    chosen, s, y, rho = took[bent], change[bent], turn[bent], 1.0 / bend[bent]
    h = inverse[chosen]
    hy = (h @ y[:, :, None])[:, :, 0]
    factor = rho * (1.0 + rho * (y * hy).sum(axis=1))
    cross = s[:, :, None] * hy[:, None, :]
    h = h - rho[:, None, None] * (cross + cross.transpose(0, 2, 1))
    inverse[chosen] = h + factor[:, None, None] * (s[:, :, None] * s[:, None, :])
