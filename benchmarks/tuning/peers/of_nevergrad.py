"""NGOpt of Nevergrad, which knows its budget; parameters that do not exist are proposed all the same."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import nevergrad as ng
import numpy as np

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.dimensions import Category
from nnic.tuners.space import Sampler
from tuning.players import Setting


class NGOptPlayer:
    """A player by ``nevergrad.optimizers.NGOpt``, with choices, integers and numbers on the unit interval."""

    def __init__(self, setting: Setting) -> None:
        self._cube = Cube(setting.space)
        parts = {str(c): self._part(c) for c in range(len(self._cube))}
        parametrization = ng.p.Dict(**parts)
        parametrization.random_state = np.random.RandomState(setting.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._optimizer = ng.optimizers.NGOpt(
                parametrization, budget=setting.trials, num_workers=setting.jobs
            )

    def _part(self, column: int) -> Any:
        dimension = self._cube.dimensions[column]
        if isinstance(dimension, Category):
            return ng.p.Choice(list(range(len(dimension.parameter.options))))
        if dimension.parameter.sampler is Sampler.RANDINT:
            low, high = dimension.parameter.numbers
            return ng.p.Scalar(lower=low, upper=high - 1).set_integer_casting()
        return ng.p.Scalar(lower=0.0, upper=1.0)

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """Ask for a candidate; return it with its configuration."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            candidate = self._optimizer.ask()
        row = np.empty(len(self._cube))
        for column, dimension in enumerate(self._cube.dimensions):
            number = candidate.value[str(column)]
            whole = dimension.parameter.sampler is Sampler.RANDINT
            row[column] = dimension.encode(int(number)) if whole else number
        row = self._cube.activate(self._cube.snap(row[None]))[0]
        return candidate, self._cube.decode(row)

    def tell(self, token: Any, loss: float) -> None:
        """Tell the loss of a candidate."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._optimizer.tell(token, loss)

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """Refuse: in general NGOpt takes no results from elsewhere."""
        raise NotImplementedError
