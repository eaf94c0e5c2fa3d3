"""Measures what a suggestion costs: the CPU time of one thread after identical histories."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from nnic.tuners.space import SearchSpace
from tuning.players import Setting, make_player
from tuning.structured import TRAINING
from tuning.task import uniform
from tuning.tasks import TASKS

SPACE = SearchSpace((*TRAINING, *(uniform(f"u{i}") for i in range(3))))
"""A space of ten parameters: four kinds of numbers, choices and integers."""

_LOADED = 12  # After this many results a player has imported what it imports.


def _loss(config: Mapping[str, Any]) -> float:
    return float(config["dropout"] + math.log(config["lr"]) ** 2 + config["u0"])


def milliseconds(name: str, count: int, repeats: int) -> float:
    """The mean CPU time of asking and telling once, after ``count`` results.

    Random configurations are fed. Players that take none from elsewhere make their history
    themselves, which is as long but not the same.
    """
    _load(name, SPACE)
    setting = Setting(SPACE, 0, count + repeats)
    source, player = make_player("random", Setting(SPACE, 1, count)), make_player(name, setting)
    for _ in range(count):
        config = source.ask()[1]
        try:
            player.feed(config, _loss(config))
        except NotImplementedError:
            token, config = player.ask()
            player.tell(token, _loss(config))
    times = []
    for _ in range(repeats):
        start = time.process_time()
        token, config = player.ask()
        player.tell(token, _loss(config))
        times.append(time.process_time() - start)
    return 1000 * float(np.mean(times))


def run_milliseconds(name: str, task: str, trials: int) -> float:
    """The mean CPU time of asking and telling once, over a whole run of ``trials`` trials."""
    known = TASKS[task]
    _load(name, known.space)
    objective = known.make(known.generator(0))
    player, spent = make_player(name, Setting(known.space, 0, trials)), 0.0
    for _ in range(trials):
        start = time.process_time()
        token, config = player.ask()
        spent += time.process_time() - start
        loss = objective(config)
        start = time.process_time()
        player.tell(token, loss)
        spent += time.process_time() - start
    return 1000 * spent / trials


def _load(name: str, space: SearchSpace) -> None:
    """Have a player import what it imports before its first model."""
    player = make_player(name, Setting(space, 1, _LOADED))
    for number in range(_LOADED):
        player.tell(player.ask()[0], float(number))
