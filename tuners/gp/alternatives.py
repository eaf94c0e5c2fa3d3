"""Which of the options that the best trial has not is to be searched next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.dimensions import Category
from nnic.tuners.mapping.warps import Floats


@dataclass(frozen=True, slots=True)
class Alternative:
    """An option of a choice: its column, its index, and the options under which the choice exists."""

    column: int
    option: int
    held: tuple[tuple[int, int], ...]
    """The columns and options of a row that has this one; the choice itself is first."""

    def within(self, rows: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of ``rows``, with NaN for what does not exist, have the option; shape (n,)."""
        found: np.ndarray[tuple[int], np.dtype[np.bool_]] = rows[:, self.column] == self.option
        return found


class Alternatives:
    """All options of a space, as branches that take turns to be searched.

    The improvement expected around the best trial can outweigh for long what other options
    promise, of which less is known than a model believes: there the best of an option is not found
    before somebody has searched *within* it. Options take turns so that the numbers of their trials
    are in proportion to the inverse of their ranks by the best trial that each has.
    """

    def __init__(self, cube: Cube) -> None:
        above = {column: (parent, option) for column, parent, option in cube.conditions}
        self._all = []
        for column, dimension in enumerate(cube.dimensions):
            if not isinstance(dimension, Category) or column not in cube.reachable:
                continue
            for option in dimension.indices:
                held = [(column, int(option))]
                while held[-1][0] in above:
                    held.append(above[held[-1][0]])
                self._all.append(Alternative(column, int(option), tuple(held)))

    def choose(self, best: Floats, ranked: Floats, others: Floats) -> Alternative | None:
        """The option to search next; ``None`` where the best row has all there are.

        Parameters
        ----------
        best
            The row whose options are left out; shape (d,).
        ranked
            The rows with a loss, best first; shape (n, d).
        others
            Rows that count as trials of their options but have no rank, such as running ones; shape (k, d).
        """
        left = [a for a in self._all if best[a.column] != a.option]
        if not left:
            return None
        tried = [a.within(ranked) for a in left]
        counts = [int(found.sum()) + int(a.within(others).sum()) for a, found in zip(left, tried)]
        firsts = [int(np.argmax(found)) if found.any() else len(ranked) // 2 for found in tried]
        places = np.argsort(np.argsort(firsts, kind="stable"), kind="stable")
        scores = (np.array(counts) + 1) * (places + 1)
        return left[int(np.argmin(scores))]
