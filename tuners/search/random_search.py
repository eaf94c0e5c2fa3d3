"""Random search draws every configuration as its samplers say, and none of them twice."""

from __future__ import annotations

from nnic.tuners.search.base import DrawingTuner


class RandomTuner(DrawingTuner):
    """Draws from the space without repeats, and says when a finite one is exhausted.

    Every configuration satisfies the constraints. If no random draw does, a random walk towards smaller
    violations finds one. Results have no influence.
    """
