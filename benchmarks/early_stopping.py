"""What stopping early saves and costs, on recorded learning curves (benchmarks/digits_curves.csv).

    python benchmarks/early_stopping.py            # some minutes on one core
    python benchmarks/early_stopping.py --quick    # about a minute
    python benchmarks/early_stopping.py --only tasks

First the assessors: 60 of the 300 configurations in random order, four at a time, each up to 81
epochs. Saved is the part of all epochs that was not trained; lost is how much worse the best trial
that ran to its end is than the best of the 60. Then the tuners that hand out budgets, beside
Optuna's pruners where it is installed, for the same number of epochs. Regret is how much worse the
configuration that has looked best so far, whatever its trial had trained, is when fully trained than
the best of the table. At last the tuners on made curves: tasks of benchmarks/tuners.py whose result
a trial approaches in 27 epochs, faster or slower by chance, so that short trainings mislead now and then.
Means over seeds, with 95 % intervals from resampling them.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from digits_curves import EPOCHS, SPACE, load
from numpy.typing import NDArray

from nnic.tuners.mapping.cube import Cube
from nnic.tuners.protocol import EventKind, Objective, Problem, Suggestion, TrialEvent, TrialState
from nnic.tuners.registry import make_assessor, make_tuner
from nnic.tuners.space import Fidelity, Sampler
from nnic.tuners.testing.fake_launcher import FakeLauncher
from tuning.figures import interval
from tuning.tasks import TASKS

JOBS = 4
TRIALS = 60
ASSESSORS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("medianstop", {}),
    ("medianstop", {"start_step": 9}),
    ("percentile", {}),
    ("percentile", {"percentile": 50, "start_step": 9}),
    ("asha", {}),
    ("asha", {"min_reports": 9}),
    ("curvefitting", {"gap": 5}),
    ("curvefitting", {"gap": 5, "start_step": 15}),
    ("patience", {}),
)
BUDGETS = (3, 6, 12, 24)  # These are numbers of whole trainings.
TASKS_WITH_CURVES = ("mixed 7", "training 7", "nested 12")


def assess(
    name: str, options: Mapping[str, Any], curves: NDArray[np.float64], maximize: bool, seed: int
) -> tuple[float, float, float]:
    """The part of epochs saved, the value lost, and the milliseconds of a decision, in one random order."""
    order = np.random.default_rng(seed).choice(len(curves), TRIALS, replace=False)
    problem = Problem(SPACE, (Objective("metric", maximize),), jobs=JOBS, seed=seed)
    assessor = Timed(make_assessor(name, problem, options))
    launcher = FakeLauncher(
        make_tuner("random", problem),
        problem,
        lambda suggestion, trial: curves[order[trial]].tolist(),
        assessor=assessor,
        order=random.Random(seed),
    )
    launcher.run(TRIALS)
    epochs = sum(len(trial.reports) for trial in launcher.history)
    ends = curves[order, -1]
    finished = [ends[t.id] for t in launcher.history if t.state is TrialState.SUCCEEDED]
    best, found = (max(ends), max(finished)) if maximize else (min(ends), min(finished))
    return 1 - epochs / (TRIALS * EPOCHS), abs(best - found), assessor.milliseconds


class Timed:
    """An assessor whose decisions are timed."""

    def __init__(self, assessor: Any) -> None:
        self._assessor = assessor
        self._seconds = 0.0
        self._calls = 0

    def assess(self, trial: Any, history: Any) -> Any:
        """Decide as the assessor does, and count the time."""
        begin = time.perf_counter()
        decision = self._assessor.assess(trial, history)
        self._seconds += time.perf_counter() - begin
        self._calls += 1
        return decision

    @property
    def milliseconds(self) -> float:
        """The milliseconds of a decision, on average."""
        return 1000 * self._seconds / max(self._calls, 1)


def compare_assessors(seeds: int) -> None:
    curves = load()
    for metric, values, maximize in (("accuracy", curves.accuracy, True), ("loss", curves.loss, False)):
        print(f"\nAssessors, {metric}, {TRIALS} trials, {seeds} seeds")
        print(f"  {'assessor':<44}{'saved':>7}{'lost':>10}  {'interval':<20}{'no loss':>8}{'ms':>8}")
        for name, options in ASSESSORS:
            runs = np.array([assess(name, options, values, maximize, seed) for seed in range(seeds)])
            saved, lost, cost = runs.mean(axis=0)
            low, high = interval(runs[:, 1])
            label = " ".join([name, *(f"{key}={value}" for key, value in options.items())])
            kept = f"{(runs[:, 1] == 0).mean():.0%}"
            span = f"[{low:.4f}, {high:.4f}]"
            print(f"  {label:<44}{saved:>7.0%}{lost:>10.4f}  {span:<20}{kept:>8}{cost:>8.2f}", flush=True)


Regrets = Iterator[tuple[int, float]]
"""The epochs used so far, and the regret of the configuration that has looked best so far."""


class Incumbent:
    """The configuration with the highest accuracy that was reported, and its regret."""

    def __init__(self, best: float) -> None:
        self._best = best
        self._seen = -np.inf
        self.regret = best

    def note(self, value: float, curve: Sequence[float]) -> None:
        """Take note of a report of a configuration; ``curve`` is all that it would report."""
        if value > self._seen:
            self._seen, self.regret = value, self._best - curve[-1]


class Table:
    """The recorded curves as an objective: a configuration has the curve of the nearest recorded one."""

    space = SPACE
    epochs = EPOCHS

    def __init__(self) -> None:
        self.curves = load()
        self.cube = Cube(SPACE)
        self.rows = np.array([self.cube.encode(config) for config in self.curves.configs])
        self.best = float(self.curves.accuracy[:, -1].max())
        self._known: dict[tuple[tuple[str, Any], ...], list[float]] = {}

    def curve(self, config: Mapping[str, Any]) -> list[float]:
        """The accuracies of all epochs."""
        key = tuple(config.items())
        if key not in self._known:
            self._known[key] = self._nearest(config)
        return self._known[key]

    def _nearest(self, config: Mapping[str, Any]) -> list[float]:
        distances = np.abs(self.rows - self.cube.encode(config))
        distances[:, ~self.cube.numeric] = distances[:, ~self.cube.numeric] > 0
        row = int((distances**2).sum(axis=1).argmin())
        values: list[float] = self.curves.accuracy[row].tolist()
        return values


class MadeCurves:
    """Curves that approach a task's negated loss in 27 epochs, faster or slower by chance."""

    epochs = 27

    def __init__(self, task: str, seed: int) -> None:
        self._objective = TASKS[task].make(TASKS[task].generator(seed))
        self.space = TASKS[task].space
        self.best = -TASKS[task].optimum

    def curve(self, config: Mapping[str, Any]) -> list[float]:
        """Minus the losses of all epochs."""
        loss = self._objective(config)
        slow = random.Random(repr(sorted(config.items()))).random()
        steps = np.arange(1, self.epochs + 1) / self.epochs
        late = (0.2 + 0.6 * slow) * np.exp(-4 * (0.5 + slow) * steps)
        values: list[float] = (-loss - late).tolist()
        return values


def ours(table: Table | MadeCurves, tuner: str, assessor: str | None, seed: int) -> Regrets:
    """Run one of our tuners, with promotions that go on from checkpoints, or beside an assessor."""
    problem = Problem(
        table.space, (Objective("accuracy", True),), fidelity=Fidelity(1, table.epochs), jobs=JOBS, seed=seed
    )

    def curve(suggestion: Suggestion, trial: int) -> Sequence[float]:
        del trial
        used = 0.0
        if suggestion.parent is not None:
            used = launcher.history[suggestion.parent].suggestion.budget or 0.0
        return table.curve(suggestion.config)[round(used) : round(suggestion.budget or table.epochs)]

    judge = None if assessor is None else make_assessor(assessor, problem)
    launcher = FakeLauncher(make_tuner(tuner, problem), problem, curve, judge, random.Random(seed))
    epochs, incumbent, seen = 0, Incumbent(table.best), 0
    while launcher.step(10**9):
        for event in launcher.log[seen:]:
            if isinstance(event, TrialEvent) and event.kind is EventKind.REPORT:
                epochs += 1
                trial = event.trial
                incumbent.note(trial.reports[-1].values[0], table.curve(trial.suggestion.config))
        seen = len(launcher.log)
        yield epochs, incumbent.regret


def ours_on_task(task: str, tuner: str, seed: int) -> Regrets:
    """Run one of our tuners on the made curves of a task and a seed."""
    return ours(MadeCurves(task, seed), tuner, None, seed)


def optunas(table: Table, sampler: str, pruner: str, seed: int) -> Regrets:
    """Run a sampler and a pruner of Optuna, four trials at a time, in random order."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    samplers: dict[str, Callable[..., Any]] = {
        "random": optuna.samplers.RandomSampler,
        "TPE": optuna.samplers.TPESampler,
    }
    pruners: dict[str, Callable[[], Any]] = {
        "SuccessiveHalving": lambda: optuna.pruners.SuccessiveHalvingPruner(
            min_resource=1, reduction_factor=3
        ),
        "Hyperband": lambda: optuna.pruners.HyperbandPruner(
            min_resource=1, max_resource=EPOCHS, reduction_factor=3
        ),
    }
    study = optuna.create_study(
        direction="maximize",
        sampler=samplers[sampler](seed=seed),
        pruner=pruners[pruner](),
        study_name=str(seed),
    )
    order, running, epochs, incumbent = random.Random(seed), [], 0, Incumbent(table.best)
    while True:
        while len(running) < JOBS:
            trial = study.ask()
            curve = table.curve(_suggested(trial))
            running.append((trial, curve, iter(enumerate(curve))))
        place = order.randrange(len(running))
        trial, curve, steps = running[place]
        step, value = next(steps)
        epochs += 1
        incumbent.note(value, curve)
        trial.report(value, step + 1)
        if step + 1 == EPOCHS:
            study.tell(trial, value)
            del running[place]
        elif trial.should_prune():
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            del running[place]
        yield epochs, incumbent.regret


def _suggested(trial: Any) -> dict[str, Any]:
    config = {}
    for parameter in SPACE:
        if parameter.options:
            config[parameter.key] = trial.suggest_categorical(parameter.key, parameter.options)
        else:
            low, high = parameter.numbers[:2]
            log = parameter.sampler is Sampler.LOGUNIFORM
            config[parameter.key] = trial.suggest_float(parameter.key, low, high, log=log)
    return config


def compare_tuners(seeds: int) -> None:
    table = Table()
    players: dict[str, Callable[[int], Regrets]] = {
        "random, no stopping": lambda seed: ours(table, "random", None, seed),
        "tpe, no stopping": lambda seed: ours(table, "tpe", None, seed),
        "tpe, assessor medianstop": lambda seed: ours(table, "tpe", "medianstop", seed),
        "tpe, assessor asha": lambda seed: ours(table, "tpe", "asha", seed),
        "asha": lambda seed: ours(table, "asha", None, seed),
        "asha_tpe": lambda seed: ours(table, "asha_tpe", None, seed),
        "hyperband": lambda seed: ours(table, "hyperband", None, seed),
        "bohb": lambda seed: ours(table, "bohb", None, seed),
    }
    if importlib.util.find_spec("optuna") is None:
        print("\nOptuna is not installed: its pruners are left out.")
    else:
        for sampler in ("random", "TPE"):
            for pruner in ("SuccessiveHalving", "Hyperband"):
                name = f"Optuna {sampler}, {pruner}"
                players[name] = partial(optunas, table, sampler, pruner)
    print_regrets(f"Tuners, accuracy, {JOBS} at a time", players, seeds, EPOCHS)


def compare_on_tasks(seeds: int) -> None:
    for task in TASKS_WITH_CURVES:
        players: dict[str, Callable[[int], Regrets]] = {
            name: partial(ours_on_task, task, name)
            for name in ("random", "tpe", "hyperband", "asha", "bohb", "asha_tpe")
        }
        print_regrets(f"Tuners, {task}, {JOBS} at a time", players, seeds, MadeCurves.epochs)


def print_regrets(
    title: str, players: Mapping[str, Callable[[int], Regrets]], seeds: int, epochs: int
) -> None:
    """Print a line for each player: the mean regrets at the budgets, with intervals."""
    print(f"\n{title}, {seeds} seeds: regret after as many epochs as")
    heads = "".join(f"{f'{n} whole trainings':>26}" for n in BUDGETS)
    print(f"  {'tuner':<34}{heads}")
    for name, player in players.items():
        regrets = np.array([at_budgets(player(seed), epochs) for seed in range(seeds)])
        cells = ""
        for column in regrets.T:
            low, high = interval(column)
            cells += f"{f'{column.mean():.4f} [{low:.4f}, {high:.4f}]':>26}"
        print(f"  {name:<34}{cells}", flush=True)


def at_budgets(regrets: Regrets, whole: int) -> list[float]:
    """The regret after each of the budgets, of ``whole`` epochs each."""
    found: list[float] = []
    last = 1.0
    for epochs, regret in regrets:
        while epochs > BUDGETS[len(found)] * whole:
            found.append(last)
            if len(found) == len(BUDGETS):
                return found
        last = regret
    return found + [last] * (len(BUDGETS) - len(found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two seeds")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", choices=["assessors", "tuners", "tasks"])
    arguments = parser.parse_args()
    seeds = 2 if arguments.quick else arguments.seeds
    parts = {"assessors": compare_assessors, "tuners": compare_tuners, "tasks": compare_on_tasks}
    for name, part in parts.items():
        if arguments.only in (None, name):
            part(seeds)
