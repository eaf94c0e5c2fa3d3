"""How the suites of tuners build and run the tuner under test."""

from __future__ import annotations

import pickle
import random
from typing import Any

from nnic.tuners.protocol import Problem, Tuner
from nnic.tuners.space import Fidelity, SearchSpace
from nnic.tuners.testing.fake_launcher import Curve, FakeLauncher
from nnic.tuners.testing.measures import curve_of


class SuiteBase:
    """How a suite builds and runs the tuner under test.

    Attributes
    ----------
    repeats
        Whether a configuration may be suggested again although the space has others.
    fidelity
        The budget of the problems that it is tested on; ``None`` for none.
    trials
        How many suggestions the longer tests ask for.
    short
        How many suggestions the tests ask for in each of the random spaces.
    sizes
        After how many suggestions the size of the state is compared, each number twice the one before.
    """

    repeats = False
    fidelity: Fidelity | None = None
    trials = 40
    short = 18
    sizes = (100, 200, 400)

    def make(self, problem: Problem) -> Tuner:
        """Build the tuner under test."""
        raise NotImplementedError

    def size(self, tuner: Tuner) -> int:
        """The bytes of what the tuner holds, or of its state where it cannot be pickled."""
        try:
            return len(pickle.dumps(tuner))
        except (TypeError, AttributeError, pickle.PicklingError):
            return len(tuner.save())

    def problem(self, space: SearchSpace, **changes: Any) -> Problem:
        """A problem over ``space`` that the tuner accepts."""
        return Problem(space, **{"fidelity": self.fidelity, "seed": 1, **changes})

    def launch(self, problem: Problem, curve: Curve = curve_of, seed: int | None = None) -> FakeLauncher:
        """A launcher around a new tuner; with a seed the trials get on in random order."""
        order = None if seed is None else random.Random(seed)
        return FakeLauncher(self.make(problem), problem, curve, order=order)
