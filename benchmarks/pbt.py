"""Compares population based training on a real network with searches that keep their values throughout.

    python benchmarks/pbt.py              # five seeds: two minutes on one core
    python benchmarks/pbt.py --seeds 20

The network is that of digits_curves.py with 32 hidden units, in batches of 32, 81 epochs long. What is
searched for are the learning rate, the momentum and the weight decay: all may change on the way. Every
search trains 810 epochs, as much as ten whole trainings, four trials at a time; PBT's members and
ASHA's promotions go on from the saved state of their parents. The best network by its accuracy on a
check set is tried on digits that no search has seen. Means over seeds, with 95 % intervals.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from digits_curves import EPOCHS, Floats, scores, step
from early_stopping import interval
from sklearn.datasets import load_digits

from nnic.tuners.protocol import Objective, Problem, Suggestion
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.fake_launcher import FakeLauncher

TRAININGS = 10
JOBS = 4
HIDDEN = 32
BATCH = 32
SPACE = SearchSpace(
    (
        Parameter("rate", Sampler.LOGUNIFORM, (1e-3, 3.0)),
        Parameter("momentum", Sampler.UNIFORM, (0.0, 0.99)),
        Parameter("decay", Sampler.LOGUNIFORM, (1e-6, 1e-1)),
    )
)


@dataclass
class Digits:
    """The data in three parts: a quarter to fit, three eighths each to check and to hold out."""

    inputs: Floats
    labels: Any
    fit: Any
    check: Any
    unseen: Any

    @classmethod
    def load(cls) -> Digits:
        """Load scikit-learn's digits, split the same way every time."""
        digits, labels = load_digits(return_X_y=True)
        order = np.random.default_rng(0).permutation(len(labels))
        a, b = len(labels) // 4, 5 * len(labels) // 8
        return cls((digits / 16.0 - 0.3).astype(np.float32), labels, order[:a], order[a:b], order[b:])


class Network:
    """A network in training, which is what a checkpoint holds."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng([2, seed])
        shapes = (64, HIDDEN), (HIDDEN, 10)
        first, second = ((self.rng.standard_normal(s) / s[0] ** 0.5).astype(np.float32) for s in shapes)
        self.parameters = [first, np.zeros(HIDDEN, np.float32), second, np.zeros(10, np.float32)]
        self.speeds = [np.zeros_like(p) for p in self.parameters]

    def train(self, data: Digits, config: Mapping[str, Any]) -> tuple[float, float]:
        """Train one epoch; return the accuracies on the check set and on the unseen digits."""
        order = self.rng.permutation(data.fit)
        with np.errstate(all="ignore"):  # Some networks diverge.
            for start in range(0, len(order), BATCH):
                batch = order[start : start + BATCH]
                step(self.parameters, self.speeds, data.inputs[batch], data.labels[batch], config)
            check, unseen = (
                scores(self.parameters, data.inputs[part], data.labels[part])[0]
                for part in (data.check, data.unseen)
            )
        return check, unseen


@dataclass
class Outcome:
    """The best network by its accuracy on the check set, after any epoch."""

    check: float
    unseen: float
    schedule: list[float]
    """The learning rates of the best network, one an epoch."""


def search(data: Digits, tuner: str, options: Mapping[str, Any], seed: int) -> Outcome:
    """Train until the epochs are used up."""
    fidelity = Fidelity(1, EPOCHS)
    problem = Problem(
        SPACE,
        (Objective("accuracy", True),),
        fidelity=fidelity,
        checkpoint=True,
        jobs=JOBS,
        seed=seed,
        trials=TRAININGS,
    )
    saved: dict[int, tuple[Network, float, list[float]]] = {}  # The network, its epochs and its rates so far.
    best = Outcome(0.0, 0.0, [])
    trained = 0

    def curve(suggestion: Suggestion, trial: int) -> Sequence[float]:
        nonlocal trained
        network, done, rates = Network(seed * 1000 + trial), 0.0, []
        if suggestion.parent is not None:
            network, done, rates = copy.deepcopy(saved[suggestion.parent])
        values = []
        for _ in range(round(suggestion.budget or EPOCHS) - round(done)):
            if trained == TRAININGS * EPOCHS:
                break
            trained += 1
            check, unseen = network.train(data, suggestion.config)
            rate = suggestion.config["rate"]
            assert isinstance(rate, float)
            rates = [*rates, rate]
            values.append(check)
            if check > best.check:
                best.check, best.unseen, best.schedule = check, unseen, rates
        saved[trial] = network, suggestion.budget or EPOCHS, rates
        return values

    launcher = FakeLauncher(make_tuner(tuner, problem, options), problem, curve, order=random.Random(seed))
    while trained < TRAININGS * EPOCHS and launcher.step(10**9):
        pass
    return best


SEARCHES: dict[str, tuple[str, dict[str, Any]]] = {
    "random": ("random", {}),
    "asha": ("asha", {}),
    "asha_tpe": ("asha_tpe", {}),
    "pbt": ("pbt", {}),
}


def compare(seeds: int, names: Sequence[str]) -> None:
    """Print a line for each search."""
    data = Digits.load()
    print(f"{TRAININGS * EPOCHS} epochs each, {JOBS} at a time, {seeds} seeds: accuracy of the best network")
    print(f"  {'search':<12}{'check set':>28}{'unseen digits':>28}{'seconds':>10}")
    for name in names:
        begin = time.perf_counter()
        found = [search(data, *SEARCHES[name], seed) for seed in range(seeds)]
        cells = [_cell([outcome.check for outcome in found]), _cell([outcome.unseen for outcome in found])]
        print(f"  {name:<12}{cells[0]:>28}{cells[1]:>28}{time.perf_counter() - begin:>10.0f}", flush=True)


def _cell(values: Sequence[float]) -> str:
    low, high = interval(np.array(values))
    return f"{np.mean(values):.4f} [{low:.4f}, {high:.4f}]"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--searches", default=",".join(SEARCHES), help="separated by commas")
    arguments = parser.parse_args()
    compare(arguments.seeds, arguments.searches.split(","))
