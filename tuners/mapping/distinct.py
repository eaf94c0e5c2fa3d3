"""Draws configurations that satisfy the constraints, and none of them twice."""

from __future__ import annotations

import base64
from collections.abc import Iterable

import numpy as np

from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.warps import Floats

_ENUMERABLE = 20_000  # Spaces up to this size are listed once draws no longer find anything new.
_ROUNDS = 8
_DRAWS = 128  # A round draws this many configurations.
_REPAIRS = 40  # The walk to a feasible configuration has this many steps.


class DistinctSampler:
    """Draws from a space without repeats.

    Parameters
    ----------
    cube, constraints
        The space to draw from, and the constraints that hold.
    rng
        The generator, which :meth:`draw` alone uses.
    """

    def __init__(self, cube: Cube, constraints: ConstraintSet, rng: np.random.Generator) -> None:
        self._cube = cube
        self._constraints = constraints
        self._rng = rng
        self._seen: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, row: Floats) -> None:
        """Never draw the configuration of ``row``, which must be canonical; shape (d,)."""
        self._seen.add(row_key(row))

    def add_key(self, key: bytes) -> None:
        """Take note of a configuration by its :func:`row_key`."""
        self._seen.add(key)

    def is_new(self, row: Floats) -> bool:
        """Whether the configuration of ``row`` was neither drawn nor added."""
        return row_key(row) not in self._seen

    @property
    def constrained(self) -> bool:
        """Whether there are constraints at all."""
        return len(self._constraints) > 0

    def violation(self, row: Floats) -> float:
        """The sum of violated constraints of a row; 0 where all are satisfied."""
        return self._constraints.violation(self._cube.decode(row)) if len(self._constraints) else 0.0

    def canonical(self, row: Floats) -> Floats:
        """The row that its configuration encodes to."""
        return self._cube.encode(self._cube.decode(row))

    def draw(self) -> Floats | None:
        """A new row, drawn as the samplers say, and added; ``None`` when nothing new is found."""
        row = self.find(self._cube.sample(self._rng, 1))
        rounds = 0
        while row is None and rounds < _ROUNDS and self._might_have_more():
            rows = self._cube.sample(self._rng, _DRAWS)
            row = self.find(rows)
            if row is None and len(self._constraints):
                row = self._repair(rows)
            rounds += 1
        if row is None and self._cube.size is not None and self._cube.size <= _ENUMERABLE:
            row = self._unseen()
        if row is not None:
            self.add(row)
        return row

    def find(self, rows: Iterable[Floats]) -> Floats | None:
        """The first of ``rows`` that is new and satisfies the constraints, canonical."""
        for row in rows:
            candidate = self.canonical(row)
            if self.is_new(candidate) and self.violation(candidate) == 0:
                return candidate
        return None

    def why_nothing(self) -> str:
        """What to tell the user after :meth:`draw` gave ``None``."""
        size = self._cube.size
        if size is not None and len(self._seen) >= size:
            return f"all {size} configurations of the search space were tried"
        if len(self._constraints) and not self._seen:
            return "no configuration was found that satisfies the constraints"
        if len(self._constraints):
            return f"no further configuration satisfies the constraints ({len(self._seen)} were tried)"
        return f"{_ROUNDS * _DRAWS} draws found no configuration that was not tried before"

    def _might_have_more(self) -> bool:
        return self._cube.size is None or len(self._seen) < self._cube.size

    def _unseen(self) -> Floats | None:
        if not self._might_have_more():
            return None
        left = [row for row in self._cube.enumerate() if self.is_new(row) and self.violation(row) == 0]
        return left[int(self._rng.integers(len(left)))] if left else None

    def _repair(self, rows: Floats) -> Floats | None:
        """Walk from the least violating of ``rows`` to a row that satisfies the constraints.

        Each step redraws one or more columns and keeps what violates no more.
        """
        violations = [self.violation(row) for row in rows]
        best = int(np.argmin(violations))
        row, level = rows[best], violations[best]
        for step in range(_REPAIRS):
            uniform = self._rng.random((16, len(self._cube)))
            fresh = self._cube.sample(self._rng, 16)
            # Numbers move by less and less and choices are redrawn, in about one column at a time.
            moved = np.clip(row + (uniform - 0.5) * 2.0 ** -(step / 4), 0.0, 1.0)
            fresh = np.where(self._cube.numeric & ~np.isnan(moved) & ~np.isnan(fresh), moved, fresh)
            changed = self._rng.random((16, len(self._cube))) < max(0.3, 1.5 / len(self._cube))
            mixed = np.where(changed | np.isnan(row), fresh, row)
            mixed = self._fill(mixed)
            for candidate in self._cube.activate(self._cube.snap(mixed)):
                found = self.violation(candidate)
                if found == 0 and self.find([candidate]) is not None:
                    return self.canonical(candidate)
                if found <= level:
                    row, level = candidate, found
        return None

    def _fill(self, rows: Floats) -> Floats:
        """Draw the values that are missing, so that a changed choice finds some below it."""
        uniform = self._rng.random(rows.shape)
        options = self._cube.options
        drawn = np.where(options > 0, np.floor(uniform * options), uniform)
        return np.where(np.isnan(rows), drawn, rows)

    def to_json(self) -> str:
        """A text that holds what was seen."""
        return f"{len(self)}:{base64.b64encode(b''.join(sorted(self._seen))).decode()}"

    def from_json(self, text: str) -> None:
        """Restore what :meth:`to_json` gave."""
        count, _, encoded = text.partition(":")
        data, width = base64.b64decode(encoded), 8 * len(self._cube)
        self._seen = {data[i * width : (i + 1) * width] for i in range(int(count))}


def row_key(row: Floats) -> bytes:
    """Bytes that are equal for equal rows; all NaN are the same, and so are both zeros."""
    clean: Floats = np.where(np.isnan(row), np.nan, row + 0.0)
    return clean.tobytes()
