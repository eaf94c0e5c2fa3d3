"""Whether the metric of a trial falls while it trains, as a loss does and a score does not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import fmean

_FEWEST = 3
_SHORT = 5
_FALL, _FALL_OF_SHORT = 0.2, 1 / 3
_ORDER = 0.7
_MOST = 20


def falls(curve: Sequence[float]) -> bool:
    """Return whether a curve clearly falls: over its length, and by much.

    An accuracy may fall a little while a model overfits, or go up and down. So most pairs of values
    must fall (Kendall's rank correlation with the step), and the last value must lie a fifth below the
    first, a third where there are only three or four. A curve that ends below zero has no such scale (a
    reward, a log-likelihood, a negated loss), and is not judged.
    """
    values = [value for value in curve if math.isfinite(value)]
    if len(values) < _FEWEST:
        return False
    if len(values) > _MOST:  # The noise of many steps would hide the course.
        ends = [len(values) * i // _MOST for i in range(_MOST + 1)]
        values = [fmean(values[begin:end]) for begin, end in pairwise(ends)]
    first, last = values[0], values[-1]
    if last < 0 or first <= 0:
        return False
    needed = _FALL if len(values) >= _SHORT else _FALL_OF_SHORT
    if first - last < needed * first:
        return False
    pairs = list(combinations(values, 2))
    order = sum((early > late) - (early < late) for early, late in pairs) / len(pairs)
    return order >= _ORDER
