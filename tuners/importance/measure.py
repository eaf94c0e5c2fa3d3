"""Measures how much each parameter matters for the result, from trials that have been run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnic.tuners.importance.fanova import fanova
from nnic.tuners.importance.ped_anova import ped_anova
from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.search.base import generator
from nnic.tuners.space import SearchSpace, Value

METHODS = ("fanova", "ped-anova")
LEAST_TRIALS = 10


@dataclass(frozen=True, slots=True)
class Importance:
    """The importance of a parameter: a part of the whole, with its 95 % interval, all from 0 to 1.

    ``present`` is the part of the trials in which the parameter exists.
    """

    key: str
    value: float
    low: float
    high: float
    present: float


@dataclass(frozen=True, slots=True)
class ImportanceReport:
    """What a method found.

    Parameters
    ----------
    method
        One of :data:`METHODS`.
    parameters
        The importance of each parameter, the most important first.
    trials
        How many trials it rests on.
    quality
        The part of the variance of unseen trials that the forests of fANOVA explain; below some tenths
        its answer is worth little. ``None`` for other methods.
    joint
        The part of the variance that no parameter explains by itself but only together with others, or
        that is noise. ``None`` for other methods than fANOVA.
    """

    method: str
    parameters: tuple[Importance, ...]
    trials: int
    quality: float | None = None
    joint: float | None = None


def measure_importance(
    space: SearchSpace,
    configs: Sequence[Mapping[str, Value]],
    losses: Sequence[float],
    method: str = "fanova",
    best: float = 0.1,
    seed: int = 0,
) -> ImportanceReport:
    """Measure how much each parameter matters.

    Parameters
    ----------
    space
        The search space.
    configs, losses
        What was tried, and its losses, of which a smaller one is better. Losses that are no finite
        numbers are left out, and so are configurations outside of the space.
    method
        ``"fanova"`` tells parts of the variance over the whole space, ``"ped-anova"`` how much parameters
        matter for being among the best trials, as parts of the sum.
    best
        The part of the trials that ``"ped-anova"`` counts as the best, above 0 and below 1.
    seed
        The seed of the resamplings.

    Raises
    ------
    ValueError
        When fewer than ten trials are left, they all have the same result, or an argument is out
        of range.
    """
    if method not in METHODS:
        raise ValueError(f"importance can be measured by {' or '.join(METHODS)}, not by {method!r}")
    if not 0 < best < 1:
        raise ValueError(f"the share of the best trials must be above 0 and below 1, got {best}")
    cube, rng = Cube(space), generator(seed)
    usable = [i for i, config in enumerate(configs) if np.isfinite(losses[i]) and space.contains(config)]
    if len(usable) < LEAST_TRIALS:
        raise ValueError(f"it needs {LEAST_TRIALS} trials with a result, there are {len(usable)}")
    rows = np.array([cube.encode(configs[i]) for i in usable]).reshape(len(usable), len(cube))
    y = np.array([losses[i] for i in usable], dtype=float)
    if np.ptp(y) == 0:
        raise ValueError(f"all {len(usable)} trials have the same result: nothing made a difference")
    if method == "ped-anova":
        found = ped_anova(cube, rows, y, best, rng)
        totals = found.sum(axis=1, keepdims=True)
        return _report(method, cube, rows, found / np.where(totals > 0, totals, 1.0))
    shares = fanova(cube, rows, _scaled(y), rng)
    joint = float(max(0.0, 1.0 - shares.main.mean(axis=0).sum()))
    return _report(method, cube, rows, shares.main, shares.quality, joint)


def _scaled(y: Floats) -> Floats:
    """Losses from 0 to 1, whose squares do not overflow."""
    half = y / 2 - y.min() / 2
    scaled: Floats = half / half.max()
    return scaled


def _report(
    method: str,
    cube: Cube,
    rows: Floats,
    samples: Floats,
    quality: float | None = None,
    joint: float | None = None,
) -> ImportanceReport:
    """Make a report of the parts in each resampling, shape (resamplings, d)."""
    middle, spread = samples.mean(axis=0), 1.96 * samples.std(axis=0, ddof=1)
    low, high = np.clip(middle - spread, 0.0, 1.0), np.clip(middle + spread, 0.0, 1.0)
    present = (~np.isnan(rows)).mean(axis=0)
    found = [
        Importance(p.key, float(middle[c]), float(low[c]), float(high[c]), float(present[c]))
        for c, p in enumerate(cube.space)
    ]
    found.sort(key=lambda importance: -importance.value)
    return ImportanceReport(method, tuple(found), len(rows), quality, joint)
