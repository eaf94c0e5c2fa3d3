"""The explore step of population based training finds a configuration near another one."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.dimensions import Category, Dimension
from nnic.tuners.mapping.warps import Floats

_LARGEST = float(np.finfo(np.float64).max)


def perturb(
    cube: Cube,
    rng: np.random.Generator,
    row: Floats,
    factor: float,
    resample: float,
    keep: Collection[int] = (),
) -> Floats:
    """Make a configuration near ``row`` (Jaderberg et al. 2017, section 4.1, "perturb" and "resample").

    Each number is multiplied by ``1 - factor`` or ``1 + factor``, within its range; a whole or a
    quantised one moves by one step at least. A choice between numbers moves to the next larger or
    smaller one, any other choice stays. With a probability of ``resample`` a value is drawn anew
    instead, and so is what did not exist before.

    Parameters
    ----------
    cube
        The space.
    rng
        The generator of the draws.
    row
        The row of the other configuration; shape (d,).
    factor
        How far numbers move, above 0 and below 1.
    resample
        The probability of drawing a value anew, from 0 to 1.
    keep
        The columns that do not change where they exist.

    Returns
    -------
    Floats
        A canonical row; shape (d,).
    """
    result = row.copy()
    fresh = cube.snap(cube.sample_all(rng, 1))[0]
    anew = rng.random(len(cube)) < resample
    up = rng.random(len(cube)) < 0.5
    for column, dimension in enumerate(cube.dimensions):
        if np.isnan(row[column]) or (anew[column] and column not in keep):
            result[column] = fresh[column]
        elif column not in keep:
            result[column] = _moved(dimension, float(row[column]), bool(up[column]), factor)
    moved = cube.activate(result[None])[0]
    return cube.encode(cube.decode(moved))


def _moved(dimension: Dimension, unit: float, up: bool, factor: float) -> float:
    if isinstance(dimension, Category):
        return _neighbour(dimension, unit, up)
    value = dimension.decode(unit)
    assert isinstance(value, (int, float))
    scaled = min(max(value * (1 + factor if up else 1 - factor), -_LARGEST), _LARGEST)
    moved = dimension.encode(int(scaled) if isinstance(value, int) else scaled)
    if dimension.decode(moved) == value:
        width = float(dimension.widths(np.array([unit]))[0])
        moved = min(max(unit + (width if up else -width), 0.0), 1.0)
    return moved


def _neighbour(dimension: Category, unit: float, up: bool) -> float:
    """The next option in order where all options are numbers; the same option otherwise."""
    options = dimension.parameter.options
    numbers = [(o, i) for i in dimension.indices if isinstance(o := options[i], (int, float))]
    if len(numbers) < len(dimension.indices) or any(isinstance(o, bool) or o != o for o, _ in numbers):
        return unit
    order = [index for _, index in sorted(numbers)]
    place = order.index(int(unit)) + (1 if up else -1)
    return float(order[min(max(place, 0), len(order) - 1)])
