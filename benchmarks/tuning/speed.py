"""What a suggestion costs: CPU time of one thread after identical histories."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.special  # noqa: F401 - else the first suggestion of tpe would be timed with loading it

from nnic.tuners.space import SearchSpace
from tuning.players import Setting, make_player
from tuning.structured import TRAINING
from tuning.task import uniform

SPACE = SearchSpace((*TRAINING, *(uniform(f"u{i}") for i in range(3))))
"""Ten parameters: four kinds of numbers, choices, integers."""


def _loss(config: Mapping[str, Any]) -> float:
    return float(config["dropout"] + math.log(config["lr"]) ** 2 + config["u0"])


def milliseconds(name: str, count: int, repeats: int) -> float:
    """Mean CPU time of asking and telling once, after ``count`` results.

    Random configurations are fed. Players that take none from elsewhere make their history
    themselves, which is as long but not the same.
    """
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
