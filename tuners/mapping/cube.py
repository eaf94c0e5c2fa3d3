"""A search space as a table of numbers.

A configuration is a row of ``d`` numbers, one a parameter in the order of the space: in [0, 1] for
numeric parameters, the index of the option for choices, NaN for what does not exist under the
row's choices. Rows are what the tuners compute with; :meth:`Cube.decode` makes configurations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.dimensions import Category, Dimension, make_dimension
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.space import Config, SearchSpace, Value


class Cube:
    """The mapping of a search space to and from rows of numbers.

    Parameters
    ----------
    space
        The search space; its parameters become the columns, in their order.

    Raises
    ------
    ValueError
        When a parameter has no value at all; the message names it.
    """

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.dimensions: tuple[Dimension, ...] = tuple(make_dimension(p) for p in space)
        columns = {parameter.key: column for column, parameter in enumerate(space)}
        self.options = np.array(
            [len(d.parameter.options) if isinstance(d, Category) else 0 for d in self.dimensions],
            dtype=np.intp,
        )
        """How many options each column has, 0 for numeric ones; shape (d,)."""
        self.numeric: NDArray[np.bool_] = self.options == 0
        """Which columns are numbers in [0, 1]; shape (d,)."""
        self.conditions: tuple[tuple[int, int, int], ...] = tuple(
            (column, columns[p.condition.parent], p.condition.option)
            for column, p in enumerate(space)
            if p.condition is not None
        )
        """``(column, its parent's column, the option it needs)`` of every conditional parameter."""
        self._parent = {column: (parent, option) for column, parent, option in self.conditions}
        self.reachable = self._reachable()
        """The columns that exist in some configuration; others depend on an option that repeats one."""
        self.size = self.count([dimension.size for dimension in self.dimensions])
        """The number of configurations; ``None`` when they cannot be counted."""

    def __len__(self) -> int:
        return len(self.dimensions)

    def decode(self, row: Floats) -> dict[str, Value]:
        """The configuration of one row of shape (d,); NaN columns are left out."""
        numbers = row.tolist()
        return {
            dimension.parameter.key: dimension.decode(number)
            for dimension, number in zip(self.dimensions, numbers)
            if number == number
        }

    def encode(self, config: Config) -> Floats:
        """The row of a configuration that lies in the space; shape (d,)."""
        row = np.full(len(self), np.nan)
        for column, dimension in enumerate(self.dimensions):
            key = dimension.parameter.key
            if key in config:
                row[column] = dimension.encode(config[key])
        return row

    def from_uniform(self, uniform: Floats) -> Floats:
        """Make rows of independent uniform numbers; both of shape (n, d).

        Each parameter then has the distribution of its sampler. Numbers are not snapped yet.
        """
        return self.activate(self.complete(uniform))

    def sample_all(self, rng: np.random.Generator, n: int) -> Floats:
        """Draw ``n`` rows that have a number for parameters that do not exist, too; shape (n, d)."""
        return self.complete(rng.random((n, len(self))))

    def complete(self, uniform: Floats) -> Floats:
        """Do as :meth:`from_uniform`, and keep a number for parameters that do not exist."""
        rows: Floats = uniform.copy()
        categorical = self.options > 0
        rows[:, categorical] = np.floor(rows[:, categorical] * self.options[categorical])
        for column, dimension in enumerate(self.dimensions):
            if isinstance(dimension, Category) and len(dimension.indices) < len(dimension.canonical):
                rows[:, column] = dimension.snap(rows[:, column])
        return rows

    def sample(self, rng: np.random.Generator, n: int) -> Floats:
        """Draw ``n`` rows independently; shape (n, d)."""
        return self.from_uniform(rng.random((n, len(self))))

    def snap(self, rows: Floats) -> Floats:
        """Move every number to the one that stands for its value; NaN stays. Shape (n, d)."""
        result: Floats = rows.copy()
        for column, dimension in enumerate(self.dimensions):
            if dimension.size is None and not dimension.parameter.sampler.quantized:
                continue
            present = ~np.isnan(result[:, column])
            result[present, column] = dimension.snap(result[present, column])
        return result

    def activate(self, rows: Floats) -> Floats:
        """Set what does not exist under the rows' choices to NaN, in place; returns ``rows``."""
        for column, parent, option in self.conditions:
            rows[rows[:, parent] != option, column] = np.nan
        return rows

    def _reachable(self) -> frozenset[int]:
        found: set[int] = set()
        for column in range(len(self)):
            parent, option = self._parent.get(column, (None, 0))
            above = None if parent is None else self.dimensions[parent]
            exists = isinstance(above, Category) and parent in found and option in above.indices
            if above is None or exists:
                found.add(column)
        return frozenset(found)

    def columns_under(self, parent: int | None, option: int = 0) -> list[int]:
        """The columns that exist whenever ``parent`` has ``option``; those that always exist for ``None``."""
        if parent is None:
            return [c for c in range(len(self)) if c not in self._parent]
        return [c for c, condition in self._parent.items() if condition == (parent, option)]

    def count(self, values: Sequence[int | None]) -> int | None:
        """The number of configurations when column ``c`` has ``values[c]`` values.

        ``None`` stands for what cannot be counted; choices have all their options.
        """
        return _product(self.subtree_counts(values), self.columns_under(None))

    def subtree_counts(self, values: Sequence[int | None]) -> list[int | None]:
        """The number that :meth:`count` gives, of each column together with what exists below it."""
        counts = list(values)
        # Children stand after their parents, so backwards every child is counted already.
        for column in reversed(range(len(self))):
            dimension = self.dimensions[column]
            if isinstance(dimension, Category):
                branches = [_product(counts, self.columns_under(column, o)) for o in dimension.indices]
                counts[column] = None if None in branches else sum(b for b in branches if b is not None)
        return counts

    def enumerate(self) -> Iterator[Floats]:
        """Every row of a finite space, in lexicographic order.

        Raises
        ------
        ValueError
            When the space is not finite.
        """
        if self.size is None:
            raise ValueError("the search space is not finite")
        row = np.full(len(self), np.nan)
        for _ in self._fill(row, 0):
            yield row.copy()

    def _fill(self, row: Floats, column: int) -> Iterator[None]:
        if column == len(self):
            yield
            return
        parent = self._parent.get(column)
        dimension = self.dimensions[column]
        if parent is not None and row[parent[0]] != parent[1]:
            row[column] = np.nan
            yield from self._fill(row, column + 1)
            return
        for number in all_units(dimension):
            row[column] = number
            yield from self._fill(row, column + 1)


def all_units(dimension: Dimension) -> list[float]:
    """The number of every value of a finite dimension, in order."""
    assert dimension.size is not None
    if isinstance(dimension, Category):
        return [float(index) for index in dimension.indices]
    return [dimension.encode(dimension.nth(index)) for index in range(dimension.size)]


def _product(counts: list[int | None], columns: list[int]) -> int | None:
    total = 1
    for column in columns:
        count = counts[column]
        if count is None:
            return None
        total *= count
    return total
