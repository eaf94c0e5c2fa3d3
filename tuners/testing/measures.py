"""What the trials of the conformance suites measure."""

import math
import random
from collections.abc import Sequence

from nnic.tuners.protocol import Suggestion


def measure(suggestion: Suggestion) -> float:
    """A number between 0 and 1 that depends on the whole configuration, the same in every process.

    Of floats nine digits count, so that it does not change where a processor rounds otherwise.
    """
    items = sorted(suggestion.config.items())
    text = repr([(key, f"{v:.9g}" if isinstance(v, float) else v) for key, v in items])
    return random.Random(text).random()


def curve_of(suggestion: Suggestion, trial: int = 0) -> Sequence[float]:
    """A report for each unit of the budget (three without one), rising to what :func:`measure` says."""
    del trial
    count = 3 if suggestion.budget is None else math.ceil(suggestion.budget)
    return [measure(suggestion) * (1 - 0.5 ** (step + 1)) for step in range(count)]


def key_of(suggestion: Suggestion) -> str:
    """A text that is equal for equal configurations, types included."""
    return repr(sorted(suggestion.config.items()))
