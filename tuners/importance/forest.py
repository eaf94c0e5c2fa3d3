"""Regression trees over rows of a cube, as the boxes that fANOVA needs of a random forest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats

Rows = NDArray[np.intp]
Masks = dict[int, NDArray[np.bool_]]

_DEPTH = 64  # No leaf is deeper.


@dataclass(frozen=True, slots=True)
class Boxes:
    """The leaves of a tree: a partition of the space, constant on each part.

    ``values`` has shape (leaves,); ``low`` and ``high`` (leaves, d) are the range ``low < x <= high``
    of numbers, 0 included; ``masks[column]`` (leaves, options) are the options of a choice that
    belong to the leaf.
    """

    values: Floats
    low: Floats
    high: Floats
    masks: Masks

    def shares(self) -> Floats:
        """The part of each column's range that a leaf covers; shape (leaves, d)."""
        shares: Floats = self.high - self.low
        for column, mask in self.masks.items():
            shares[:, column] = mask.mean(axis=1)
        return shares

    def predict(self, rows: Floats) -> Floats:
        """The value at each of ``rows``, which have no NaN; shape (n,)."""
        inside = np.ones((len(rows), len(self.values)), dtype=bool)
        for column in range(rows.shape[1]):
            x = rows[:, column, None]
            if column in self.masks:
                inside &= self.masks[column].T[rows[:, column].astype(np.intp)]
            else:
                low = self.low[:, column]
                inside &= ((x > low) | (low == 0)) & (x <= self.high[:, column])
        found: Floats = self.values[np.argmax(inside, axis=1)]
        return found


@dataclass(slots=True)
class _Node:
    """A part of the space that may be split: the rows in it, and its limits."""

    rows: Rows
    low: Floats
    high: Floats
    masks: Masks
    depth: int = 0


class TreeGrower:
    """Grows trees that reduce the squared error most at each split (CART, Breiman et al. 1984).

    Parameters
    ----------
    options
        How many options each column has, 0 for numbers; shape (d,). A choice is split into two sets of
        options, along the order of their means, which finds the best such split (Fisher 1958).
    columns
        How many columns, drawn anew at each split, are looked at.
    smallest
        How many rows a leaf has at least.
    """

    def __init__(
        self, options: NDArray[np.intp], columns: int, smallest: int, rng: np.random.Generator
    ) -> None:
        self._options = options
        self._columns = columns
        self._smallest = smallest
        self._rng = rng

    def grow(self, x: Floats, y: Floats, rows: Rows) -> Boxes:
        """Grow a tree for ``rows`` (which may repeat) of ``x``, shape (n, d), and ``y``, shape (n,)."""
        d = x.shape[1]
        masks = {int(c): np.ones(self._options[c], dtype=bool) for c in np.flatnonzero(self._options)}
        stack = [_Node(rows, np.zeros(d), np.ones(d), masks)]
        leaves = []
        while stack:
            node = stack.pop()
            parts = self._split(x, y, node)
            if parts is None:
                leaves.append(node)
            else:
                stack.extend(parts)
        return Boxes(
            np.array([y[leaf.rows].mean() for leaf in leaves]),
            np.array([leaf.low for leaf in leaves]).reshape(-1, d),
            np.array([leaf.high for leaf in leaves]).reshape(-1, d),
            {column: np.array([leaf.masks[column] for leaf in leaves]) for column in masks},
        )

    def _split(self, x: Floats, y: Floats, node: _Node) -> tuple[_Node, _Node] | None:
        n, targets = len(node.rows), y[node.rows]
        if n < 2 * self._smallest or node.depth >= _DEPTH or np.ptp(targets) == 0:
            return None
        chosen = self._rng.permutation(x.shape[1])
        # The other columns are tried where those that are drawn offer no split.
        for columns in (chosen[: self._columns], chosen[self._columns :]):
            if not len(columns):
                continue
            values = x[np.ix_(node.rows, columns)]
            ranks = [self._rank(values[:, i], targets, int(c)) for i, c in enumerate(columns)]
            for i, rank in enumerate(ranks):
                if rank is not None:
                    values[:, i] = rank[values[:, i].astype(np.intp)]
            found = self._best(values, targets)
            if found is not None:
                place, threshold = found
                return self._parts(node, int(columns[place]), threshold, values[:, place], ranks[place])
        return None

    def _rank(self, values: Floats, targets: Floats, column: int) -> Floats | None:
        """The ranks of a choice's options by their means; options that do not occur are in the middle."""
        if not self._options[column]:
            return None
        codes = values.astype(np.intp)
        counts = np.bincount(codes, minlength=self._options[column])
        sums = np.bincount(codes, targets, minlength=self._options[column])
        means = np.where(counts > 0, sums / np.maximum(counts, 1), targets.mean())
        rank: Floats = np.argsort(np.argsort(means, kind="stable"), kind="stable").astype(float)
        return rank

    def _best(self, values: Floats, targets: Floats) -> tuple[int, float] | None:
        """The column and threshold with the least squared error; ``None`` where none is allowed."""
        n = len(targets)
        order = np.argsort(values, axis=0, kind="stable")
        ordered = np.take_along_axis(values, order, axis=0)
        left = np.cumsum(targets[order] - targets.mean(), axis=0)[:-1]
        sizes = np.arange(1, n)[:, None]
        # The sums of centred targets on both sides are opposite.
        gains = left**2 / sizes + left**2 / (n - sizes)
        allowed = ordered[1:] > ordered[:-1]
        allowed &= (sizes >= self._smallest) & (n - sizes >= self._smallest)
        gains = np.where(allowed, gains, -1.0)
        place, column = np.unravel_index(int(np.argmax(gains)), gains.shape)
        if gains[place, column] <= 0:
            return None
        threshold = (ordered[place, column] + ordered[place + 1, column]) / 2
        return int(column), float(threshold)

    def _parts(
        self, node: _Node, column: int, threshold: float, values: Floats, rank: Floats | None
    ) -> tuple[_Node, _Node]:
        below = values <= threshold
        depth = node.depth + 1
        if rank is not None:
            mask = node.masks[column]
            low = {**node.masks, column: mask & (rank <= threshold)}
            high = {**node.masks, column: mask & (rank > threshold)}
            return (
                _Node(node.rows[below], node.low, node.high, low, depth),
                _Node(node.rows[~below], node.low, node.high, high, depth),
            )
        upper, lower = node.high.copy(), node.low.copy()
        upper[column] = lower[column] = threshold
        return (
            _Node(node.rows[below], node.low, upper, node.masks, depth),
            _Node(node.rows[~below], lower, node.high, node.masks, depth),
        )
