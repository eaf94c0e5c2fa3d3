"""Rows of a search space become points whose squared distances a kernel can weigh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.dimensions import Category
from nnic.tuners.mapping.warps import Floats

_DRAWS = 256  # The average number of active parameters is taken over this many draws.
_MIDDLE = 0.5  # This stands for a number that does not exist.
_HALF = 0.5**0.5


class FeatureMap:
    """Makes features of rows, and tells which of them share a length scale.

    A number is one feature. A choice has one an option (and one for "does not exist"), scaled so
    that different options have distance 1, as in Hamming's distance. A number that does not exist
    is imputed by the middle; that two rows differ in what exists shows in the choice above it, and
    where that choice has three options or more in an indicator too, so that the options without
    the parameter can be more alike than those with it.

    Parameters
    ----------
    cube
        The space, of which columns with a single value play no part.

    Attributes
    ----------
    columns
        The columns of the cube that have features; shape (p,).
    numbers
        The columns among them that are numeric; shape (q,). Their features come first, in this order.
    scales
        How many length scales there are: one a column and one an indicator.
    active
        How many of the columns exist in a configuration, on average.
    group
        The number of the length scale of each feature; shape (f,).
    """

    def __init__(self, cube: Cube) -> None:
        self._cube = cube
        used = [c for c, dimension in enumerate(cube.dimensions) if _counts(cube, c, dimension.size)]
        self.numbers = np.array([c for c in used if cube.numeric[c]], dtype=np.intp)
        self._choices = [c for c in used if not cube.numeric[c]]
        self.columns = np.array([*self.numbers, *self._choices], dtype=np.intp)
        self._tables = [_one_hot(cube, c) for c in self._choices]
        self._indicators = _indicators(cube, set(self._choices))
        group = list(range(len(self.numbers)))
        for place, table in enumerate(self._tables):
            group += [len(self.numbers) + place] * table.shape[1]
        group += [len(self.columns) + place for place in range(len(self._indicators))]
        self.group: NDArray[np.intp] = np.array(group, dtype=np.intp)
        self.scales = len(self.columns) + len(self._indicators)
        drawn = cube.sample(np.random.default_rng(0), _DRAWS)[:, self.columns]
        self.active = float((~np.isnan(drawn)).sum(axis=1).mean())

    def __call__(self, rows: Floats) -> Floats:
        """The features, shape (n, f), of rows, shape (n, d), in which NaN is what does not exist."""
        numbers = rows[:, self.numbers]
        parts = [np.where(np.isnan(numbers), _MIDDLE, numbers)]
        for column, table in zip(self._choices, self._tables):
            parts.append(table[np.nan_to_num(rows[:, column], nan=-1.0).astype(np.intp)])
        for parent, option in self._indicators:
            parts.append((rows[:, parent, None] == option).astype(np.float64))
        return np.concatenate(parts, axis=1)


def _counts(cube: Cube, column: int, size: int | None) -> bool:
    """Whether two configurations can differ in the column."""
    conditional = any(child == column for child, _, _ in cube.conditions)
    return column in cube.reachable and (size != 1 or (conditional and not cube.numeric[column]))


def _one_hot(cube: Cube, column: int) -> Floats:
    """The features of each option, a line each; the last line is for a choice that does not exist."""
    dimension = cube.dimensions[column]
    assert isinstance(dimension, Category)
    count = len(dimension.indices)
    table = np.zeros((len(dimension.canonical) + 1, count + 1))
    for option, canonical in enumerate(dimension.canonical):
        table[option, dimension.indices.index(int(canonical))] = _HALF
    table[-1, count] = _HALF
    return table


def _indicators(cube: Cube, choices: set[int]) -> list[tuple[int, int]]:
    """The choices and options below which parameters exist, where the choice alone does not say it."""
    found = dict.fromkeys((parent, option) for column, parent, option in cube.conditions)
    return [(p, o) for p, o in found if p in choices and (cube.dimensions[p].size or 0) > 2]
