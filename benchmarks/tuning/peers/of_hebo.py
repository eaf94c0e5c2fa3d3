"""HEBO with its defaults, where parameters that do not exist are proposed all the same."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from hebo.design_space.design_space import DesignSpace
from hebo.optimizers.hebo import HEBO

from nnic.tuners.space import Parameter, Sampler
from tuning.peers.values import configuration
from tuning.players import Setting


class HEBOPlayer:
    """A player by HEBO's optimizer, which draws from the global generators of numpy and torch."""

    def __init__(self, setting: Setting) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(setting.seed)
        np.random.seed(setting.seed)
        self._space = setting.space
        space = DesignSpace().parse([_dimension(parameter) for parameter in setting.space])
        self._optimizer = HEBO(space, scramble_seed=setting.seed)

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """Ask for a suggestion; return its table of one row and its configuration."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = self._optimizer.suggest(n_suggestions=1)
        found = table.iloc[0].to_dict()
        return table, configuration(self._space, found)

    def tell(self, token: Any, loss: float) -> None:
        """Tell the loss of a suggestion."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._optimizer.observe(token, np.array([[loss]]))

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """Refuse: HEBO is too slow for long histories anyway."""
        raise NotImplementedError


def _dimension(parameter: Parameter) -> dict[str, Any]:
    key, numbers, sampler = parameter.key, parameter.numbers, parameter.sampler
    if sampler is Sampler.CHOICE:
        options = [str(index) for index in range(len(parameter.options))]
        return {"name": key, "type": "cat", "categories": options}
    if sampler is Sampler.RANDINT:
        return {"name": key, "type": "int", "lb": numbers[0], "ub": numbers[1] - 1}
    if not sampler.bounded:
        mean, deviation = numbers[:2]
        return {"name": key, "type": "num", "lb": mean - 4 * deviation, "ub": mean + 4 * deviation}
    kind = "pow" if sampler.logarithmic else "num"
    return {"name": key, "type": kind, "lb": numbers[0], "ub": numbers[1]}
