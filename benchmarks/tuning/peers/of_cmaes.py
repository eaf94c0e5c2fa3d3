"""CatCMA with margin, of cmaes, over the unit cube; parameters that do not exist are drawn all the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from cmaes import CatCMAwM

from nnic.tuners.mapping.cube import Cube, all_units
from tuning.players import Setting

_MOST = 1000  # A finite dimension with more values is one of numbers.


class CatCMAPlayer:
    """A player by ``cmaes.CatCMAwM`` with its defaults."""

    def __init__(self, setting: Setting) -> None:
        self._cube = cube = Cube(setting.space)
        finite = [d.size is not None and d.size <= _MOST for d in cube.dimensions]
        self._choices = [c for c in range(len(cube)) if cube.options[c]]
        self._integers = [c for c in range(len(cube)) if cube.numeric[c] and finite[c]]
        self._numbers = [c for c in range(len(cube)) if cube.numeric[c] and not finite[c]]
        self._cma = CatCMAwM(
            x_space=[[0.0, 1.0] for _ in self._numbers] or None,
            z_space=[sorted(all_units(cube.dimensions[c])) for c in self._integers] or None,
            c_space=[int(cube.options[c]) for c in self._choices] or None,
            seed=setting.seed,
        )
        self._told: list[tuple[Any, float]] = []

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """Ask for a solution; return it with its configuration."""
        solution = self._cma.ask()
        row = np.empty(len(self._cube))
        if self._numbers:
            row[self._numbers] = solution.x
        if self._integers:
            row[self._integers] = solution.z
        if self._choices:
            # These are one-hot rows, all as long as the longest; shape (choices, options).
            row[self._choices] = np.argmax(solution.c, axis=1)
        return solution, self._cube.decode(self._cube.activate(row[None])[0])

    def tell(self, token: Any, loss: float) -> None:
        """Keep the loss, and tell a generation once it is complete."""
        self._told.append((token, loss))
        if len(self._told) == self._cma.population_size:
            self._cma.tell(self._told)
            self._told = []

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """Refuse: CatCMA keeps no history to add to."""
        raise NotImplementedError
