"""Random search draws every configuration as its samplers say, and none of them twice."""

from __future__ import annotations

from nnic.tuners.search.base import DrawingTuner


class RandomTuner(DrawingTuner):
    """Draws from the space without repeats, and says when a finite one is exhausted.

    Constraints are satisfied by every draw: where rejection finds nothing, a walk towards smaller
    violations does. Results play no part.
    """
