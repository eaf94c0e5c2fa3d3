"""Functions to be minimised whose optimum is known, in spaces like those of training scripts.

Every seed flips the numeric axes and shifts the optimum at random, so that no tuner gains from
starting in the middle or at an end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnic.tuners.space import Condition, Parameter, Sampler, SearchSpace

Objective = Callable[[Mapping[str, Any]], float]


@dataclass(frozen=True)
class Task:
    """A space and, for a seed, the function over it whose smallest value is ``optimum``."""

    name: str
    space: SearchSpace
    make: Callable[[np.random.Generator], Objective]
    tuned_on: bool  # whether the defaults of our tuners were chosen on it
    optimum: float = 0.0


def _uniform(key: str, **more: Any) -> Parameter:
    return Parameter(key, Sampler.UNIFORM, (0.0, 1.0), **more)


def _loguniform(key: str, low: float, high: float, **more: Any) -> Parameter:
    return Parameter(key, Sampler.LOGUNIFORM, (low, high), **more)


def _choice(key: str, *options: Any, **more: Any) -> Parameter:
    return Parameter(key, Sampler.CHOICE, options, **more)


def _position(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low)


def _synthetic(
    name: str,
    d: int,
    low: float,
    high: float,
    function: Callable[[Any], float],
    tuned_on: bool,
    optimum: float = 0.0,
    shift: float = 0.2,
) -> Task:
    space = SearchSpace(tuple(_uniform(f"x{i}") for i in range(d)))

    def make(rng: np.random.Generator) -> Objective:
        flips, shifts = rng.random(d) < 0.5, rng.uniform(-shift, shift, d)

        def objective(config: Mapping[str, Any]) -> float:
            u = np.array([config[f"x{i}"] for i in range(d)])
            return float(function(low + (high - low) * (np.where(flips, 1 - u, u) + shifts)))

        return objective

    return Task(name, space, make, tuned_on, optimum)


def _ackley(x: Any) -> float:
    wave = np.exp(np.mean(np.cos(2 * np.pi * x)))
    return float(20 + math.e - 20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))) - wave)


def _levy(x: Any) -> float:
    w = 1 + (x - 1) / 4
    middle = np.sum((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2))
    return float(np.sin(np.pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2))


def _rosenbrock(x: Any) -> float:
    return float(np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))


def _branin(x: Any) -> float:
    a, b = 15 * x[0] - 5, 15 * x[1]
    valley = b - 5.1 / (4 * math.pi**2) * a**2 + 5 / math.pi * a - 6
    return float(valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10)


_HARTMANN_A = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
_HARTMANN_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def _hartmann(x: Any) -> float:
    inner = np.sum(_HARTMANN_A * (x - _HARTMANN_P) ** 2, axis=1)
    return float(-np.sum(np.array([1.0, 1.2, 3.0, 3.2]) * np.exp(-inner)))


def _ellipsoid(x: Any) -> float:
    return float(np.sum(10.0 ** (2 * np.arange(len(x)) / (len(x) - 1)) * x**2))


def _mixed(rng: np.random.Generator) -> Objective:
    """Two choices that move the optimum of three numbers, an integer and a learning rate."""
    best, center = rng.integers(4), rng.uniform(0.15, 0.85, (4, 4))
    penalty, flag = rng.uniform(0.1, 0.4, 4), bool(rng.integers(2))
    penalty[best] = 0.0
    width = rng.integers(4, 28)

    def objective(config: Mapping[str, Any]) -> float:
        kind = int("abcd".index(config["kind"]))
        numbers = [config["x"], config["y"], config["z"], _position(config["lr"], 1e-5, 1.0)]
        loss = float(np.sum((np.array(numbers) - center[kind]) ** 2) + penalty[kind])
        return loss + 0.15 * (config["flag"] is not flag) + ((config["width"] - width) / 32) ** 2

    return objective


MIXED = SearchSpace(
    (
        _choice("kind", "a", "b", "c", "d"),
        _choice("flag", True, False),
        _uniform("x"),
        _uniform("y"),
        _uniform("z"),
        _loguniform("lr", 1e-5, 1.0),
        Parameter("width", Sampler.RANDINT, (1, 32)),
    )
)


def _training(rng: np.random.Generator) -> Objective:
    """A loss as of a small network: a valley between learning rate and batch size, a wall beyond."""
    ridge, decay, depth = rng.uniform(0.35, 0.65), rng.uniform(0.2, 0.8), rng.integers(1, 8)
    drop, size = 0.05 * rng.integers(1, 11), _position(8 * int(rng.integers(1, 33)), 8, 512)
    good = rng.permutation(4)
    gains = {o: 0.05 * i for o, i in zip(("sgd", "momentum", "adam", "rmsprop"), good)}
    offsets = dict(zip(gains, rng.uniform(-0.15, 0.15, 4)))

    def objective(config: Mapping[str, Any]) -> float:
        lr = _position(config["lr"], 1e-6, 1.0)
        batch = _position(config["batch"], 8, 512)
        distance = lr - 0.25 * (batch - 0.5) - ridge - offsets[config["optimizer"]]
        wall = 40 * max(distance - 0.12, 0.0) ** 2
        loss = 3 * distance**2 + min(wall, 3.0) + 0.3 * (_position(config["decay"], 1e-7, 1e-1) - decay) ** 2
        loss += 0.01 * abs(config["depth"] - depth) + 0.5 * (config["dropout"] - drop) ** 2
        loss += 0.1 * (batch - size) ** 2
        return float(loss + gains[config["optimizer"]] + (0.04 if config["act"] == "sigmoid" else 0.0))

    return objective


TRAINING = SearchSpace(
    (
        _loguniform("lr", 1e-6, 1.0),
        Parameter("batch", Sampler.QLOGUNIFORM, (8, 512, 8), integer=True),
        _choice("optimizer", "sgd", "momentum", "adam", "rmsprop"),
        _loguniform("decay", 1e-7, 1e-1),
        Parameter("depth", Sampler.RANDINT, (1, 8)),
        Parameter("dropout", Sampler.QUNIFORM, (0.0, 0.7, 0.05)),
        _choice("act", "relu", "gelu", "tanh", "sigmoid"),
    )
)


def _categories(rng: np.random.Generator) -> Objective:
    """Six choices of four options with one interaction, and two numbers."""
    table = np.sort(rng.uniform(0, 1, (6, 4)), axis=1)
    table = np.array([rng.permutation(row - row[0]) for row in table])
    pair = rng.uniform(0, 0.5, (4, 4))
    best = [int(np.argmin(row)) for row in table]
    pair[best[0], best[1]] = 0.0
    center = rng.uniform(0.2, 0.8, 2)

    def objective(config: Mapping[str, Any]) -> float:
        chosen = [config[f"c{i}"] for i in range(6)]
        loss = sum(float(table[i, c]) for i, c in enumerate(chosen)) + float(pair[chosen[0], chosen[1]])
        return loss + (config["x"] - center[0]) ** 2 + (config["y"] - center[1]) ** 2

    return objective


CATEGORIES = SearchSpace((*(_choice(f"c{i}", 0, 1, 2, 3) for i in range(6)), _uniform("x"), _uniform("y")))


def _lattice(rng: np.random.Generator) -> Objective:
    """Integers and steps only."""
    target = rng.uniform(0.15, 0.85, 6)
    scale = rng.uniform(0.5, 2.0, 6)
    cells = [np.rint(target[i] * 20) / 20 for i in range(6)]

    def objective(config: Mapping[str, Any]) -> float:
        units = [config[f"i{i}"] / 20 for i in range(3)] + [config[f"q{i}"] / 1.0 for i in range(3)]
        gaps = np.abs(np.array(units) - cells)
        return float(np.sum(scale * (gaps**2 + 0.1 * gaps)))

    return objective


LATTICE = SearchSpace(
    (
        *(Parameter(f"i{i}", Sampler.RANDINT, (0, 21)) for i in range(3)),
        *(Parameter(f"q{i}", Sampler.QUNIFORM, (0.0, 1.0, 0.05)) for i in range(3)),
    )
)

_MODELS = {
    "svm": ("C", "gamma"),
    "forest": ("trees", "depth", "share"),
    "net": ("lr", "decay", "drop", "width"),
}


def _models(rng: np.random.Generator) -> Objective:
    """Three models, each with parameters of its own and a level that it can reach."""
    levels = dict(zip(_MODELS, rng.permutation([0.0, 0.05, 0.15])))
    centers = {m: rng.uniform(0.15, 0.85, len(names)) for m, names in _MODELS.items()}
    common = rng.uniform(0.2, 0.8)

    def objective(config: Mapping[str, Any]) -> float:
        model = config["model"]
        units = np.array([_position(config[f"{model}.{name}"], 1e-3, 1e3) for name in _MODELS[model]])
        gap = units - centers[model]
        ridge = (gap[0] - gap[-1]) ** 2
        return float(levels[model] + np.sum(gap**2) + ridge + 0.3 * (config["common"] - common) ** 2)

    return objective


MODELS = SearchSpace(
    (
        _choice("model", *_MODELS),
        _uniform("common"),
        *(
            _loguniform(f"{model}.{name}", 1e-3, 1e3, condition=Condition("model", index))
            for index, (model, names) in enumerate(_MODELS.items())
            for name in names
        ),
    )
)


def _nested(rng: np.random.Generator) -> Objective:
    """Choices within choices: two of the six leaves are good, one of them broad."""
    levels = rng.permutation([0.0, 0.03, 0.2, 0.25, 0.3, 0.4]).reshape(2, 3)
    centers = rng.uniform(0.1, 0.9, (2, 3, 2))
    widths, middle = rng.uniform(1, 4, (2, 3)), rng.uniform(0.2, 0.8)

    def objective(config: Mapping[str, Any]) -> float:
        a = config["a"]
        b = config[f"b{a}"]
        gap = np.array([config[f"u{a}{b}"], config["v"]]) - centers[a, b]
        return float(levels[a, b] + widths[a, b] * np.sum(gap**2) + 0.2 * (config[f"w{a}"] - middle) ** 2)

    return objective


NESTED = SearchSpace(
    (
        _choice("a", 0, 1),
        *(_choice(f"b{a}", 0, 1, 2, condition=Condition("a", a)) for a in range(2)),
        *(_uniform(f"w{a}", condition=Condition("a", a)) for a in range(2)),
        *(_uniform(f"u{a}{b}", condition=Condition(f"b{a}", b)) for a in range(2) for b in range(3)),
        _uniform("v"),
    )
)


def _rbf_machine(rng: np.random.Generator) -> Objective:
    """Like a support vector machine: a narrow diagonal valley for one kernel, others flat."""
    offset, kernel = rng.uniform(-0.2, 0.2), rng.permutation(3)

    def objective(config: Mapping[str, Any]) -> float:
        c = _position(config["C"], 1e-4, 1e4)
        level = 0.1 * float(kernel[("rbf", "poly", "linear").index(config["kernel"])])
        if config["kernel"] == "linear":
            return level + (c - 0.5 - offset) ** 2
        gamma = _position(config["gamma"], 1e-6, 1e2)
        tilt = c + gamma - 1.0 - offset
        return float(level + 1 - math.exp(-(4 * tilt**2)) + 0.3 * (c - 0.6) ** 2)

    return objective


MACHINE = SearchSpace(
    (
        _choice("kernel", "rbf", "poly", "linear"),
        _loguniform("C", 1e-4, 1e4),
        # NNI's way of saying "for both": the parameter is there for all of them.
        _loguniform("gamma", 1e-6, 1e2),
    )
)

TASKS = (
    _synthetic("ellipsoid 5", 5, -2.5, 2.5, _ellipsoid, True),
    _synthetic("ackley 5", 5, -5, 5, _ackley, True),
    _synthetic("hartmann 6", 6, 0, 1, _hartmann, True, optimum=-3.32237, shift=0.1),
    Task("mixed 7", MIXED, _mixed, True),
    Task("training 7", TRAINING, _training, True),
    Task("models 11", MODELS, _models, True),
    _synthetic("rosenbrock 4", 4, -2.5, 2.5, _rosenbrock, False, shift=0.15),
    _synthetic("levy 6", 6, -6, 8, _levy, False),
    _synthetic("branin 2", 2, 0, 1, _branin, False, optimum=0.397887, shift=0.1),
    Task("categories 8", CATEGORIES, _categories, False),
    Task("lattice 6", LATTICE, _lattice, False),
    Task("nested 12", NESTED, _nested, False),
    Task("machine 3", MACHINE, _rbf_machine, False),
)
