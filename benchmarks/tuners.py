"""Compares the tuners with random search, and with Optuna's TPE where it is installed.

    python benchmarks/tuners.py            # some minutes on two cores
    python benchmarks/tuners.py --quick    # under half a minute

Regret is the distance of the best value so far from the known optimum. A figure is the geometric
mean over tasks of the ratio of mean regrets to those of random search after as many trials, no
ratio counting as less than 0.01; smaller is better. Intervals (95 %) are from resampling seeds.
Tasks on which our defaults were chosen and tasks that were left out are shown apart.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.protocol import EventKind, Objective, Problem, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Parameter, Sampler, SearchSpace

sys.path.insert(0, str(Path(__file__).parent))

from tuner_tasks import TASKS, TRAINING

OPTUNA = "Optuna TPE"


class Player(Protocol):
    """A tuner as this benchmark uses it."""

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """A token and a configuration."""
        ...

    def tell(self, token: Any, loss: float) -> None:
        """The result of what was asked."""
        ...

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """A result from elsewhere."""
        ...


class Ours:
    """A tuner of nnic."""

    def __init__(self, name: str, space: SearchSpace, seed: int, jobs: int) -> None:
        self._tuner = make_tuner(name, Problem(space, (Objective("loss", False),), seed=seed, jobs=jobs))
        self._events = 0

    def ask(self) -> tuple[Suggestion, Mapping[str, Any]]:
        """The next suggestion."""
        (suggestion,) = self._tuner.suggest(1).suggestions
        return suggestion, suggestion.config

    def tell(self, token: Suggestion, loss: float, kind: EventKind = EventKind.ENDED) -> None:
        """An event of a trial that succeeded."""
        trial = Trial(self._events, token, TrialState.SUCCEEDED, values=(loss,))
        self._tuner.observe(TrialEvent(self._events, kind, trial))
        self._events += 1

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """An imported result."""
        self.tell(Suggestion(config), loss, EventKind.IMPORTED)


class OptunaTPE:
    """Optuna's TPE sampler with its defaults."""

    def __init__(self, space: SearchSpace, seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._optuna = optuna
        self._space = space
        self._study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """A trial with the active parameters suggested in order."""
        trial = self._study.ask()
        config: dict[str, Any] = {}
        for parameter in self._space:
            if self._space.is_active(parameter, config):
                value = trial._suggest(parameter.key, self._distribution(parameter))
                config[parameter.key] = _quantised(parameter, value)
        return trial, config

    def tell(self, token: Any, loss: float) -> None:
        """Its result."""
        self._study.tell(token, loss)

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """A finished trial, added."""
        distributions = {key: self._distribution(self._space[key]) for key in config}
        trial = self._optuna.trial.create_trial(params=dict(config), distributions=distributions, value=loss)
        self._study.add_trial(trial)

    def _distribution(self, parameter: Parameter) -> Any:
        known, args = self._optuna.distributions, parameter.args
        if parameter.sampler is Sampler.CHOICE:
            return known.CategoricalDistribution(args)
        if parameter.sampler is Sampler.RANDINT:
            return known.IntDistribution(args[0], parameter.numbers[1] - 1)
        if parameter.sampler is Sampler.QUNIFORM:
            return known.FloatDistribution(args[0], args[1], step=args[2])
        return known.FloatDistribution(args[0], args[1], log=parameter.sampler.logarithmic)


def _quantised(parameter: Parameter, value: Any) -> Any:
    if parameter.sampler is not Sampler.QLOGUNIFORM:  # which Optuna has not
        return value
    low, high, q = parameter.numbers
    return int(min(max(round(value / q) * q, low), high))


def make(name: str, space: SearchSpace, seed: int, jobs: int = 1) -> Player:
    """The tuner of a line of the table."""
    return OptunaTPE(space, seed) if name == OPTUNA else Ours(name, space, seed, jobs)


def regrets(case: tuple[str, int, int, int, int]) -> NDArray[np.float64]:
    """The regret after each trial of one run, with ``jobs`` trials running at once."""
    name, index, seed, trials, jobs = case
    task = TASKS[index]
    objective = task.make(np.random.default_rng([index, seed]))
    player = make(name, task.space, seed, jobs)
    running: list[tuple[Any, Mapping[str, Any]]] = []
    losses: list[float] = []
    while len(losses) < trials:
        while len(running) < jobs:
            running.append(player.ask())
        token, config = running.pop(0)
        losses.append(objective(config))
        player.tell(token, losses[-1])
    best: NDArray[np.float64] = np.minimum.accumulate(np.array(losses)) - task.optimum
    return best


def ratio(found: NDArray[np.float64], reference: NDArray[np.float64]) -> tuple[float, float, float]:
    """The geometric mean of ratios with its interval; of arrays of shape (tasks, seeds)."""

    def mean(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
        return float(np.exp(np.mean(np.log(np.maximum(a.mean(axis=1) / b.mean(axis=1), 0.01)))))

    rng = np.random.default_rng(0)
    samples = []
    for _ in range(1000):
        a = rng.integers(found.shape[1], size=found.shape[1])
        b = rng.integers(reference.shape[1], size=reference.shape[1])
        samples.append(mean(found[:, a], reference[:, b]))
    low, high = np.quantile(samples, [0.025, 0.975])
    return mean(found, reference), float(low), float(high)


def milliseconds(name: str, count: int, repeats: int) -> float:
    """Median wall-clock time of a suggestion after ``count`` results, over ten mixed parameters."""
    extra = tuple(Parameter(f"u{i}", Sampler.UNIFORM, (0.0, 1.0)) for i in range(3))
    space = SearchSpace((*TRAINING, *extra))
    source, player = make("random", space, 1), make(name, space, 0)

    def loss(config: Mapping[str, Any]) -> float:
        return float(config["dropout"] + np.log(config["lr"]) ** 2 + config["u0"])

    for _ in range(count):
        config = source.ask()[1]
        player.feed(config, loss(config))
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        token, config = player.ask()
        times.append(time.perf_counter() - start)
        player.tell(token, loss(config))
    return 1000 * float(np.median(times))


def quality(
    names: Sequence[str], indices: Sequence[int], seeds: int, budgets: Sequence[int], jobs: int
) -> None:
    """Print the ratios of every tuner, and those of each task at the largest budget."""
    trials = max(budgets)
    cases = [(n, i, s, trials, jobs) for n in names for i in indices for s in range(seeds)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        runs = np.array(list(pool.map(regrets, cases, chunksize=2)))
    runs = runs.reshape(len(names), len(indices), seeds, trials)
    groups = {"tuned on": True, "left out": False}
    print(f"regret over random search's; {seeds} seeds, {jobs} running")
    for group, tuned_on in groups.items():
        chosen = [place for place, index in enumerate(indices) if TASKS[index].tuned_on is tuned_on]
        if not chosen:
            continue
        print(f"\n{group}: {', '.join(TASKS[indices[place]].name for place in chosen)}")
        for number, name in enumerate(names):
            cells = []
            for budget in budgets:
                at = runs[:, chosen][..., budget - 1]
                value, low, high = ratio(at[number], at[0])
                cells.append(f"n={budget} {value:.2f} [{low:.2f}, {high:.2f}]")
            last = runs[:, chosen][..., -1].mean(axis=2)
            print(f"  {name:12s} {'   '.join(cells)}   {np.round(last[number] / last[0], 2).tolist()}")


def speed(names: Sequence[str], counts: Sequence[int], repeats: int) -> None:
    """Print the time of a suggestion."""
    shown = ", ".join(f"{count:,}" for count in counts)
    print(f"\nms per suggestion after {shown} results, ten mixed parameters")
    for name in names:
        print(f"  {name:12s} {'   '.join(f'{milliseconds(name, count, repeats):.2f}' for count in counts)}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="few seeds, six of the tasks, short histories")
    parser.add_argument("--seeds", type=int, help="runs a task (default 20, quick 5)")
    parser.add_argument("--jobs", type=int, default=1, help="trials that run at once")
    args = parser.parse_args()
    names = ["random", "tpe"]
    if importlib.util.find_spec("optuna") is not None:
        names.append(OPTUNA)
    else:
        print("Optuna is not installed: no comparison with it")
    indices = list(range(len(TASKS)))[:: 2 if args.quick else 1]
    quality(names, indices, args.seeds or (5 if args.quick else 20), (50, 100), args.jobs)
    speed(names, (100, 1000) if args.quick else (100, 1000, 5000), 10 if args.quick else 30)


if __name__ == "__main__":
    main()
