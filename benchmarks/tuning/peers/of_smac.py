"""SMAC3, by its facade for hyperparameters (a random forest) with its defaults."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from typing import Any

import ConfigSpace as CS
from smac import HyperparameterOptimizationFacade as Facade
from smac import Scenario
from smac.runhistory.dataclasses import TrialValue

from nnic.tuners.space import Parameter, Sampler
from tuning.peers.values import configuration
from tuning.players import Setting


class SMACPlayer:
    """A player by a facade in a folder of its own, which is removed with it."""

    def __init__(self, setting: Setting) -> None:
        self._space = setting.space
        self._folder = tempfile.TemporaryDirectory()
        scenario = Scenario(
            _configuration_space(setting),
            output_directory=self._folder.name,
            deterministic=True,
            n_trials=setting.trials,
            seed=setting.seed,
        )
        self._facade = Facade(
            scenario,
            lambda config, seed=0: 0.0,
            intensifier=Facade.get_intensifier(scenario, max_config_calls=1),
            overwrite=True,
            logging_level=logging.CRITICAL,
        )

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """Ask for a trial; return it with its configuration."""
        info = self._facade.ask()
        return info, configuration(self._space, dict(info.config))

    def tell(self, token: Any, loss: float) -> None:
        """Tell the loss of a trial."""
        self._facade.tell(token, TrialValue(cost=loss))

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """Refuse: SMAC3 is too slow for long histories anyway."""
        raise NotImplementedError


def _configuration_space(setting: Setting) -> Any:
    space = CS.ConfigurationSpace(seed=setting.seed)
    for parameter in setting.space:
        space.add(_dimension(parameter))
    for parameter in setting.space:
        if parameter.condition is not None:
            child, parent = space[parameter.key], space[parameter.condition.parent]
            space.add(CS.EqualsCondition(child, parent, parameter.condition.option))
    return space


def _dimension(parameter: Parameter) -> Any:
    key, numbers = parameter.key, parameter.numbers
    if parameter.sampler is Sampler.CHOICE:
        return CS.CategoricalHyperparameter(key, list(range(len(parameter.options))))
    if parameter.sampler is Sampler.RANDINT:
        return CS.UniformIntegerHyperparameter(key, numbers[0], numbers[1] - 1)
    if not parameter.sampler.bounded:
        mean, deviation = numbers[:2]
        bounds = {"lower": mean - 4 * deviation, "upper": mean + 4 * deviation}
        return CS.NormalFloatHyperparameter(key, mu=mean, sigma=deviation, **bounds)
    logarithmic = parameter.sampler.logarithmic
    if parameter.integer:
        return CS.UniformIntegerHyperparameter(key, int(numbers[0]), int(numbers[1]), log=logarithmic)
    return CS.UniformFloatHyperparameter(key, numbers[0], numbers[1], log=logarithmic)
