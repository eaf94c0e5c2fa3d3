"""A sampler of Optuna with its defaults; parameters are suggested as they become active."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import optuna

from nnic.tuners.space import Parameter, Sampler
from tuning.peers.values import quantised
from tuning.players import Setting


class OptunaPlayer:
    """A player by a study with ``optuna.samplers.<sampler>``."""

    def __init__(self, setting: Setting, sampler: str) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._space = setting.space
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = getattr(optuna.samplers, sampler)(seed=setting.seed)
        self._study = optuna.create_study(sampler=made)

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """Ask for a trial, in which every active parameter is suggested in order."""
        trial = self._study.ask()
        config: dict[str, Any] = {}
        for parameter in self._space:
            if self._space.is_active(parameter, config):
                config[parameter.key] = _value(parameter, _suggested(trial, parameter))
        return trial, config

    def tell(self, token: Any, loss: float) -> None:
        """Tell the loss of a trial."""
        self._study.tell(token, loss)

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """Add a finished trial."""
        distributions = {key: _distribution(self._space[key]) for key in config}
        trial = optuna.trial.create_trial(params=dict(config), distributions=distributions, value=loss)
        self._study.add_trial(trial)


def _suggested(trial: optuna.trial.Trial, parameter: Parameter) -> Any:
    """What the sampler proposes for a parameter."""
    key, distribution = parameter.key, _distribution(parameter)
    if isinstance(distribution, optuna.distributions.CategoricalDistribution):
        return trial.suggest_categorical(key, distribution.choices)
    suggest = trial.suggest_float
    if isinstance(distribution, optuna.distributions.IntDistribution):
        suggest = trial.suggest_int
    limits = distribution.low, distribution.high
    return suggest(key, *limits, step=distribution.step, log=distribution.log)


def _distribution(parameter: Parameter) -> Any:
    known, args = optuna.distributions, parameter.args
    if parameter.sampler is Sampler.CHOICE:
        return known.CategoricalDistribution(args)
    if not parameter.sampler.bounded:  # Optuna has none: four deviations about the mean.
        mean, deviation = parameter.numbers[:2]
        return known.FloatDistribution(mean - 4 * deviation, mean + 4 * deviation)
    if parameter.sampler is Sampler.RANDINT:
        return known.IntDistribution(args[0], parameter.numbers[1] - 1)
    if parameter.sampler is Sampler.QUNIFORM:
        return known.FloatDistribution(args[0], args[1], step=args[2])
    if parameter.sampler is Sampler.QLOGUNIFORM and args[2] == 1:
        return known.IntDistribution(args[0], args[1], log=True)
    return known.FloatDistribution(args[0], args[1], log=parameter.sampler.logarithmic)


def _value(parameter: Parameter, value: Any) -> Any:
    if parameter.sampler is Sampler.CHOICE or parameter.sampler is Sampler.RANDINT:
        return value
    return quantised(parameter, value, logarithm=not parameter.sampler.bounded)
