"""The part of a space in which an acquisition function is maximised."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.warps import Floats

_APART = 0.005  # In some number a candidate is this part of the range away from a running trial.
_TAIL = 0.5 * math.erfc(3.0 / math.sqrt(2.0))  # This mass is beyond three deviations of a normal.


@dataclass(frozen=True, slots=True)
class Region:
    """The part of the space to search: a box of the numeric columns, around ``center`` if it has one.

    ``held`` are columns with the only option that they may have. Configurations very close to a row
    of ``running`` are left out.
    """

    low: Floats
    high: Floats
    center: Floats | None = None
    held: tuple[tuple[int, int], ...] = ()
    running: Floats | None = None

    def leaves_out(self, rows: Floats, numeric: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of ``rows``, in which NaN is what does not exist; shape (n,)."""
        found = np.zeros(len(rows), dtype=np.bool_)
        for other in () if self.running is None else self.running:
            gaps = np.nan_to_num(np.abs(rows - other))
            found |= (gaps <= np.where(numeric, _APART, 0.0)).all(axis=1)
        return found


def usual_range(cube: Cube) -> tuple[Floats, Floats]:
    """The ends of each column's range, at three deviations where the sampler is normal; shapes (d,).

    What lies beyond is allowed, but the corner of such a range is where nobody wants to look.
    """
    bounded = np.array([dimension.parameter.sampler.bounded for dimension in cube.dimensions])
    return np.where(bounded, 0.0, _TAIL), np.where(bounded, 1.0, 1.0 - _TAIL)
