"""Climbing from several starts at once, within a box."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.warps import Floats

Bools = NDArray[np.bool_]

Function = Callable[[Floats, NDArray[np.intp]], "tuple[Floats, Floats]"]
"""From points (k, q) and which starts they belong to (k,), to values (k,) and gradients (k, q)."""

_ENOUGH = 1e-4  # of Armijo's condition
_HALVINGS = 4  # of a step within one iteration; a start that finds none goes on by its gradient


def climb(
    function: Function, starts: Floats, low: Floats, high: Floats, scale: Floats, steps: int
) -> tuple[Floats, Floats]:
    """Maximise by projected BFGS, all starts side by side and none minding the others.

    Every iteration is one call for all starts (Nocedal and Wright 2006, algorithm 6.1, with
    backtracking; coordinates at a bound that the gradient pushes against are held).

    Parameters
    ----------
    function
        What is maximised.
    starts
        Shape (m, q).
    low, high
        The box; shape (q,).
    scale
        Of the first steps in each coordinate, such as length scales; shape (q,).
    steps
        Iterations.

    Returns
    -------
    tuple
        Points, shape (m, q), never worse than the starts, and their values.
    """
    points = np.clip(starts, low, high)
    values, gradients = function(points, np.arange(len(points)))
    m, q = points.shape
    first = np.broadcast_to(np.diag(scale**2), (m, q, q))
    inverse = first.copy()
    steepest: Bools = np.ones(m, dtype=np.bool_)
    going: Bools = np.ones(m, dtype=np.bool_)
    for _ in range(steps):
        held = ((points <= low) & (gradients < 0)) | ((points >= high) & (gradients > 0))
        free = np.where(held, 0.0, gradients)
        direction = np.where(held, 0.0, np.einsum("mij,mj->mi", inverse, free))
        uphill = np.einsum("mi,mi->m", direction, free)
        bad = ~(uphill > 0)
        if bad.any():
            direction[bad], inverse[bad] = free[bad] * scale**2, first[bad]
            uphill[bad], steepest[bad] = np.einsum("mi,mi->m", direction[bad], free[bad]), True
        # The first step from a start is no longer than a tenth of the scale.
        longest = np.abs(direction / scale).max(axis=1, initial=0.0)
        rate = np.where(steepest, np.minimum(1.0, 0.1 / np.maximum(longest, 1e-300)), 1.0)
        moved, new_values, new_gradients, found = _search(
            function, points, values, direction, uphill, rate, (low, high), going
        )
        change, turn = moved - points, gradients - new_gradients
        going &= found | ~steepest
        inverse[~found], steepest = first[~found], ~found
        gained = new_values - values
        points, values = moved, np.where(found, new_values, values)
        gradients = np.where(found[:, None], new_gradients, gradients)
        _update(inverse, change, turn, found)
        going &= ~(found & (gained < 1e-7 * np.maximum(1.0, np.abs(values))))
        if not going.any():
            break
    return points, values


def _search(
    function: Function,
    points: Floats,
    values: Floats,
    direction: Floats,
    uphill: Floats,
    rate: Floats,
    box: tuple[Floats, Floats],
    going: Bools,
) -> tuple[Floats, Floats, Floats, Bools]:
    """Points along ``direction`` that are high enough; of each start whether one was found."""
    found: Bools = np.zeros(len(points), dtype=np.bool_)
    best, best_values, best_gradients = points.copy(), values.copy(), np.zeros_like(points)
    for _ in range(_HALVINGS):
        left = np.flatnonzero(going & ~found)
        if not len(left):
            break
        trial = np.clip(points[left] + rate[left, None] * direction[left], *box)
        new_values, new_gradients = function(trial, left)
        good = new_values >= values[left] + _ENOUGH * rate[left] * uphill[left]
        good &= (trial != points[left]).any(axis=1)
        took = left[good]
        best[took], best_values[took], best_gradients[took] = (
            trial[good],
            new_values[good],
            new_gradients[good],
        )
        found[took] = True
        rate = np.where(found, rate, rate * 0.3)
    return best, best_values, best_gradients, found


def _update(inverse: Floats, change: Floats, turn: Floats, found: Bools) -> None:
    """The BFGS update (Nocedal and Wright, equation 6.17) of those that moved over a bent slope."""
    bend = np.einsum("mi,mi->m", change, turn)
    lengths = np.linalg.norm(change, axis=1) * np.linalg.norm(turn, axis=1)
    chosen = np.flatnonzero(found & (bend > 1e-10 * lengths))
    if not len(chosen):
        return
    s, y, rho = change[chosen], turn[chosen], 1.0 / bend[chosen]
    h = inverse[chosen]
    hy = np.einsum("mij,mj->mi", h, y)
    factor = rho * (1.0 + rho * np.einsum("mi,mi->m", y, hy))
    cross = np.einsum("mi,mj->mij", s, hy)
    h = h - rho[:, None, None] * (cross + cross.transpose(0, 2, 1))
    inverse[chosen] = h + factor[:, None, None] * np.einsum("mi,mj->mij", s, s)
