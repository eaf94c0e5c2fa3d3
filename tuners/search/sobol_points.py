"""Sobol's points without ``scipy.stats``, which takes longer to load than all the rest."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.mapping.warps import Floats

MOST_DIMENSIONS = 21_201  # There are directions for this many.
_BITS = 30

# These are dimensions 2 to 50 of new-joe-kuo-6 (Joe and Kuo 2008), each as polynomial:m_1,m_2,...
_DIRECTIONS = """
3:1 7:1,3 11:1,3,1 13:1,1,1 19:1,1,3,3 25:1,3,5,13 37:1,1,5,5,17 41:1,1,5,5,5 47:1,1,7,11,19
55:1,1,5,1,1 59:1,1,1,3,11 61:1,3,5,5,31 67:1,3,3,9,7,49 91:1,1,1,15,21,21 97:1,3,1,13,27,49
103:1,1,1,15,7,5 109:1,3,1,15,13,25 115:1,1,5,5,19,61 131:1,3,7,11,23,15,103 137:1,3,7,13,13,15,69
143:1,1,3,13,7,35,63 145:1,3,5,9,1,25,53 157:1,3,1,13,9,35,107 167:1,3,1,5,27,61,31
171:1,1,5,11,19,41,61 185:1,3,5,3,3,13,69 191:1,1,7,13,1,19,1 193:1,3,7,5,13,19,59
203:1,1,3,9,25,29,41 211:1,3,5,13,23,1,55 213:1,3,7,3,13,59,17 229:1,3,1,3,5,53,69
239:1,1,5,5,23,33,13 241:1,1,7,7,1,61,123 247:1,1,7,9,13,61,49 253:1,3,3,5,3,55,33
285:1,3,1,15,31,13,49,245 299:1,3,5,15,31,59,63,97 301:1,3,1,11,11,11,77,249 333:1,3,1,11,27,43,71,9
351:1,1,7,15,21,11,81,45 355:1,3,7,3,25,31,65,79 357:1,3,1,1,19,11,3,205 361:1,1,5,9,19,21,29,157
369:1,3,7,11,1,33,89,185 391:1,3,3,3,15,9,79,71 397:1,3,7,11,15,39,119,27 425:1,1,3,1,11,31,97,225
451:1,1,1,3,23,43,57,177
"""


def sobol_points(count: int, dimensions: int) -> Floats:
    """The first points of Sobol's sequence (1967), unscrambled.

    Parameters
    ----------
    count
        How many points to make, at most 2**30.
    dimensions
        How many coordinates a point has, from 1 to :data:`MOST_DIMENSIONS`.

    Returns
    -------
    points
        The points in [0, 1), shape (count, dimensions); the first is the origin. The order is that of
        Antonov and Saleev (1979), and also that of ``scipy.stats.qmc.Sobol``.
    """
    if dimensions > len(_directions()):
        from scipy.stats import qmc

        points: Floats = qmc.Sobol(dimensions, scramble=False, bits=_BITS).random_base2(
            (count - 1).bit_length()
        )
        return points[:count]
    numbers = np.arange(count, dtype=np.int64)
    gray = numbers ^ (numbers >> 1)
    found = np.zeros((count, dimensions), dtype=np.int64)
    for bit in range(count.bit_length()):
        found ^= ((gray >> bit) & 1)[:, None] * _directions()[:dimensions, bit]
    return found / float(1 << _BITS)


@cache
def _directions() -> NDArray[np.int64]:
    """The direction numbers v_1 to v_30 of each dimension, as integers; shape (50, 30)."""
    rows = [[1] * _BITS, *map(_initial_and_further, _DIRECTIONS.split())]
    return np.array(rows, dtype=np.int64) << np.arange(_BITS - 1, -1, -1)


def _initial_and_further(text: str) -> list[int]:
    """All m of a dimension, by the recurrence of its polynomial (Bratley and Fox 1988, equation 2)."""
    polynomial, _, initial = text.partition(":")
    coefficients = [int(digit) for digit in f"{int(polynomial):b}"]
    degree = len(coefficients) - 1
    m = [int(number) for number in initial.split(",")]
    for i in range(degree, _BITS):
        number = m[i - degree]
        for k in range(1, degree + 1):
            number ^= coefficients[k] * (m[i - k] << k)
        m.append(number)
    return m
