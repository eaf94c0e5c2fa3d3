"""Draws near one of the best configurations, ever more closely."""

from __future__ import annotations

import numpy as np

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.search.model_based import ModelBasedTuner

_TRIES = 16  # This many draws look for a configuration that is new and allowed.
_LOOK = 32  # This many of the best trials may lend a value that the chosen one does not have.


def near_best(tuner: ModelBasedTuner, stop: float, shrink: float) -> Floats | None:
    """Draw a configuration near one of the best, as hyperopt's annealing does (Bergstra et al. 2013).

    Parameters
    ----------
    tuner
        The tuner whose results, space and generator are used.
    stop
        The rank of the trial to draw around is geometric: it is the best one with this probability, or
        else the next one with it, and so on; above 0, at most 1.
    shrink
        How fast windows shrink, at least 0: each is the part ``1 / (1 + shrink * T)`` of the range, where
        T trials had the parameter.

    Returns
    -------
    Floats | None
        A canonical row; ``None`` where no trial has a finite result, and where 16 draws, in windows that
        get wider, found nothing new.
    """
    usable = tuner.successes()
    if not usable:
        return None
    for attempt in range(_TRIES):
        around = _filled(tuner, min(int(tuner.rng.geometric(stop)), usable) - 1, usable)
        share = np.minimum(2.0 ** (attempt // 4) / (1.0 + shrink * tuner.presence), 1.0)
        near = _near(tuner.cube, tuner.rng, around, share)
        found = tuner.distinct.find(tuner.cube.activate(near[None]))
        if found is not None:
            return found
    return None


def _filled(tuner: ModelBasedTuner, rank: int, usable: int) -> Floats:
    """The row of a rank, with what it lacks from the best that have it; what nobody has stays NaN."""
    row: Floats = tuner.observations.rows[tuner.ranked[rank][-1]].copy()
    for place in tuner.ranked[: min(_LOOK, usable)] if tuner.cube.conditions else ():
        missing = np.isnan(row)
        if not missing.any():
            break
        row[missing] = tuner.observations.rows[place[-1], missing]
    return row


def _near(cube: Cube, rng: np.random.Generator, around: Floats, share: Floats) -> Floats:
    """Draw every column near ``around``; ``share`` is how much of the range may be met."""
    drawn = cube.sample_all(rng, 1)[0]
    middle = np.clip(around, share / 2, 1.0 - share / 2)
    numbers = np.clip(middle + share * (drawn - 0.5), 0.0, 1.0)
    options = np.where(rng.random(len(drawn)) < share, drawn, around)
    near = np.where(cube.numeric, numbers, options)
    return np.where(np.isnan(around), drawn, near)
