"""Ax, by its client with its defaults (the method "fast"); conditions are a hierarchical space."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from typing import Any

import torch
from ax.api.client import Client
from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

from nnic.tuners.space import Parameter, Sampler, SearchSpace
from tuning.peers.values import configuration
from tuning.players import Setting


class AxPlayer:
    """A player by Ax's client, whose one metric is minimised."""

    def __init__(self, setting: Setting) -> None:
        logging.getLogger("ax").setLevel(logging.CRITICAL)
        torch.set_num_threads(1)
        torch.manual_seed(setting.seed)
        self._space = setting.space
        self._client = Client(random_seed=setting.seed)
        self._client.configure_experiment([_dimension(self._space, p) for p in self._space])
        self._client.configure_optimization("-loss")
        self._client.configure_generation_strategy(initialization_random_seed=setting.seed)

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """Ask for a trial; return its number and its configuration."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ((number, found),) = self._client.get_next_trials(1).items()
        values = {p.key: found.get(_name(p.key)) for p in self._space}
        return number, configuration(self._space, values)

    def tell(self, token: Any, loss: float) -> None:
        """Complete the trial with its loss."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._client.complete_trial(token, {"loss": loss})

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """Refuse: Ax is too slow for long histories anyway."""
        raise NotImplementedError


def _name(key: str) -> str:
    """The name of a parameter in a form that Ax takes in expressions."""
    return "p_" + "".join(letter if letter.isalnum() else "_" for letter in key)


def _dimension(space: SearchSpace, parameter: Parameter) -> Any:
    name, numbers, sampler = _name(parameter.key), parameter.numbers, parameter.sampler
    if sampler is Sampler.CHOICE:
        below: dict[str, list[str]] = {}
        for other in space:
            if other.condition is not None and other.condition.parent == parameter.key:
                below.setdefault(str(other.condition.option), []).append(_name(other.key))
        options = [str(index) for index in range(len(parameter.options))]
        return ChoiceParameterConfig(
            name, options, "str", is_ordered=False, dependent_parameters=below or None
        )
    if sampler is Sampler.RANDINT:
        return RangeParameterConfig(name, (numbers[0], numbers[1] - 1), "int")
    if not sampler.bounded:
        mean, deviation = numbers[:2]
        return RangeParameterConfig(name, (mean - 4 * deviation, mean + 4 * deviation), "float")
    scaling = "log" if sampler.logarithmic else "linear"
    if parameter.integer:
        return RangeParameterConfig(name, (int(numbers[0]), int(numbers[1])), "int", scaling=scaling)
    step = numbers[2] if sampler is Sampler.QUNIFORM else None
    return RangeParameterConfig(name, (numbers[0], numbers[1]), "float", step_size=step, scaling=scaling)
