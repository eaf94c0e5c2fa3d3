"""fANOVA tells how much of the variance of the results each parameter explains by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnic.tuners.importance.forest import Boxes, TreeGrower
from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.warps import Floats

_SAMPLES = 16  # The trials are resampled this often.
_TREES = 4  # Each resampling has this many trees.
_SMALLEST = 3  # A leaf has at least this many trials.
_COLUMNS = 0.7  # A split looks at this part of the columns.
_MOST = 1000  # A resampling has no more trials.


@dataclass(frozen=True, slots=True)
class Shares:
    """The parts of the variance that parameters explain, in each resampling of the trials.

    ``main`` has shape (resamplings, d); ``quality`` is the median share of the variance of trials
    that a forest did not see which it explains, at most 1.
    """

    main: Floats
    quality: float


def fanova(cube: Cube, rows: Floats, losses: Floats, rng: np.random.Generator) -> Shares:
    """Functional analysis of variance on random forests (Hutter, Hoos, Leyton-Brown 2014).

    Each tree is a partition of the space into boxes, so the mean over all other parameters
    (equation 3 there, Algorithm 2) and its variance are sums over the leaves. The measure is that of
    the samplers: a parameter's range counts as its values are drawn. A parameter that does not
    exist in a configuration is drawn at random for each tree, since it makes no difference there.

    Parameters
    ----------
    cube
        The space.
    rows
        The configurations as in :mod:`nnic.tuners.mapping.cube`, NaN where a parameter does not exist;
        shape (n, d).
    losses
        Their losses, which are finite; shape (n,).
    rng
        The generator of resamplings and trees.
    """
    n, d = rows.shape
    grower = TreeGrower(cube.options, max(1, round(_COLUMNS * d)), _SMALLEST, rng)
    main, quality = np.zeros((_SAMPLES, d)), []
    for sample in range(_SAMPLES):
        chosen = rng.integers(n, size=min(n, _MOST))
        unseen = np.setdiff1d(np.arange(n), chosen)[:_MOST]
        guesses, shares = np.zeros(len(unseen)), []
        for _ in range(_TREES):
            filled = np.where(np.isnan(rows), cube.sample_all(rng, n), rows)
            tree = grower.grow(filled, losses, chosen)
            shares.append(main_shares(tree))
            guesses += tree.predict(filled[unseen]) / _TREES
        main[sample] = np.mean(shares, axis=0)
        spread = np.var(losses[unseen]) if len(unseen) else 0.0
        if spread > 0:
            quality.append(1.0 - float(np.mean((guesses - losses[unseen]) ** 2) / spread))
    return Shares(main, float(np.median(quality)) if quality else 0.0)


def main_shares(tree: Boxes) -> Floats:
    """The part of a tree's variance that each column explains by itself; shape (d,)."""
    shares = tree.shares()
    volumes = shares.prod(axis=1)
    mean = float(volumes @ tree.values)
    centred = tree.values - mean
    total = float(volumes @ centred**2)
    if total <= 0:
        return np.zeros(shares.shape[1])
    # A leaf adds this to the mean at a point of a column: its value times its volume in the others.
    weights = centred[:, None] * volumes[:, None] / np.where(shares > 0, shares, 1.0)
    found = np.empty(shares.shape[1])
    for column in range(len(found)):
        if column in tree.masks:
            marginal = weights[:, column] @ tree.masks[column]
            found[column] = np.mean(marginal**2)
        else:
            found[column] = _interval_variance(tree.low[:, column], tree.high[:, column], weights[:, column])
    return found / total


def _interval_variance(low: Floats, high: Floats, weights: Floats) -> float:
    """The mean square of the sum of ``weights`` on their intervals."""
    edges, places = np.unique(np.concatenate([low, high]), return_inverse=True)
    steps = np.bincount(places[: len(low)], weights, len(edges))
    steps -= np.bincount(places[len(low) :], weights, len(edges))
    return float(np.sum(np.cumsum(steps)[:-1] ** 2 * np.diff(edges)))
