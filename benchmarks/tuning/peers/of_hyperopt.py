"""TPE or annealing of hyperopt with its defaults; conditional parameters are nested in ``hp.choice``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import hyperopt
import numpy as np
from hyperopt import hp

from nnic.tuners.space import Condition, Parameter, Sampler, SearchSpace
from tuning.peers.values import quantised
from tuning.players import Setting


class HyperoptPlayer:
    """A player by ``hyperopt.tpe`` or ``hyperopt.anneal``, called for one suggestion at a time."""

    def __init__(self, setting: Setting, algorithm: str) -> None:
        self._space = setting.space
        self._suggest = getattr(hyperopt, algorithm).suggest
        self._rng = np.random.default_rng(setting.seed)
        self._domain = hyperopt.Domain(lambda config: 0.0, _below(setting.space, None))
        self._trials = hyperopt.Trials()

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """Ask for a trial; return its number and what was drawn for the labels that are active."""
        trials = self._trials
        (number,) = trials.new_trial_ids(1)
        trials.refresh()
        (document,) = self._suggest([number], self._domain, trials, int(self._rng.integers(2**31 - 1)))
        trials.insert_trial_docs([document])
        trials.refresh()
        drawn = {key: found[0] for key, found in document["misc"]["vals"].items() if len(found)}
        config: dict[str, Any] = {}
        for parameter in self._space:
            if self._space.is_active(parameter, config):
                config[parameter.key] = _value(parameter, drawn[parameter.key])
        return number, config

    def tell(self, token: Any, loss: float) -> None:
        """Set the trial's loss, and that it is done."""
        document = next(d for d in reversed(self._trials.trials) if d["tid"] == token)
        document["state"] = hyperopt.JOB_STATE_DONE
        document["result"] = {"loss": loss, "status": hyperopt.STATUS_OK}
        self._trials.refresh()

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """Add a finished trial."""
        (number,) = self._trials.new_trial_ids(1)
        drawn = {key: self._space[key].option_of(v) for key, v in config.items() if self._space[key].options}
        known = {p.key: [{**config, **drawn}[p.key]] if p.key in config else [] for p in self._space}
        misc = {
            "tid": number,
            "cmd": self._domain.cmd,
            "workdir": None,
            "idxs": {key: [number] * len(found) for key, found in known.items()},
            "vals": known,
        }
        result = {"loss": loss, "status": hyperopt.STATUS_OK}
        (document,) = self._trials.new_trial_docs([number], [None], [result], [misc])
        document["state"] = hyperopt.JOB_STATE_DONE
        self._trials.insert_trial_docs([document])


def _below(space: SearchSpace, condition: Condition | None) -> dict[str, Any]:
    """The parameters that exist under a condition; those of choices are nested in them."""
    return {p.key: _dimension(space, p) for p in space if p.condition == condition}


def _dimension(space: SearchSpace, parameter: Parameter) -> Any:
    key, numbers = parameter.key, parameter.numbers
    if parameter.sampler is Sampler.CHOICE:
        return hp.choice(key, [_below(space, Condition(key, i)) for i in range(len(parameter.options))])
    if parameter.sampler is Sampler.RANDINT:
        return hp.randint(key, *numbers)
    if parameter.sampler.logarithmic and parameter.sampler.bounded:
        numbers = (math.log(numbers[0]), math.log(numbers[1]), *numbers[2:])
    return getattr(hp, parameter.sampler.value)(key, *numbers)


def _value(parameter: Parameter, drawn: Any) -> Any:
    if parameter.sampler is Sampler.CHOICE:
        return parameter.options[int(drawn)]
    return int(drawn) if parameter.sampler is Sampler.RANDINT else quantised(parameter, drawn)
