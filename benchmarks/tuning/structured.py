"""Functions made for spaces like those of training scripts: choices, integers, conditions, decades."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nnic.tuners.space import Condition, Parameter, Sampler, SearchSpace
from tuning.task import Objective, Task, choice, loguniform, position, uniform


def _mixed(rng: np.random.Generator) -> Objective:
    """Make a loss of two choices that move the optimum of three numbers, an integer and a learning rate."""
    best, center = rng.integers(4), rng.uniform(0.15, 0.85, (4, 4))
    penalty, flag = rng.uniform(0.1, 0.4, 4), bool(rng.integers(2))
    penalty[best] = 0.0
    width = rng.integers(4, 28)

    def objective(config: Mapping[str, Any]) -> float:
        kind = int("abcd".index(config["kind"]))
        numbers = [config["x"], config["y"], config["z"], position(config["lr"], 1e-5, 1.0)]
        loss = float(np.sum((np.array(numbers) - center[kind]) ** 2) + penalty[kind])
        return loss + 0.15 * (config["flag"] is not flag) + ((config["width"] - width) / 32) ** 2

    return objective


MIXED = SearchSpace(
    (
        choice("kind", "a", "b", "c", "d"),
        choice("flag", True, False),
        uniform("x"),
        uniform("y"),
        uniform("z"),
        loguniform("lr", 1e-5, 1.0),
        Parameter("width", Sampler.RANDINT, (1, 32)),
    )
)


def _training(rng: np.random.Generator) -> Objective:
    """Make a loss as of a small network: a valley between learning rate and batch size, a wall beyond."""
    ridge, decay, depth = rng.uniform(0.35, 0.65), rng.uniform(0.2, 0.8), rng.integers(1, 8)
    drop, size = 0.05 * rng.integers(1, 11), position(8 * int(rng.integers(1, 33)), 8, 512)
    good = rng.permutation(4)
    gains = {o: 0.05 * i for o, i in zip(("sgd", "momentum", "adam", "rmsprop"), good)}
    offsets = dict(zip(gains, rng.uniform(-0.15, 0.15, 4)))

    def objective(config: Mapping[str, Any]) -> float:
        lr = position(config["lr"], 1e-6, 1.0)
        batch = position(config["batch"], 8, 512)
        distance = lr - 0.25 * (batch - 0.5) - ridge - offsets[config["optimizer"]]
        wall = 40 * max(distance - 0.12, 0.0) ** 2
        loss = 3 * distance**2 + min(wall, 3.0) + 0.3 * (position(config["decay"], 1e-7, 1e-1) - decay) ** 2
        loss += 0.01 * abs(config["depth"] - depth) + 0.5 * (config["dropout"] - drop) ** 2
        loss += 0.1 * (batch - size) ** 2
        return float(loss + gains[config["optimizer"]] + (0.04 if config["act"] == "sigmoid" else 0.0))

    return objective


TRAINING = SearchSpace(
    (
        loguniform("lr", 1e-6, 1.0),
        Parameter("batch", Sampler.QLOGUNIFORM, (8, 512, 8), integer=True),
        choice("optimizer", "sgd", "momentum", "adam", "rmsprop"),
        loguniform("decay", 1e-7, 1e-1),
        Parameter("depth", Sampler.RANDINT, (1, 8)),
        Parameter("dropout", Sampler.QUNIFORM, (0.0, 0.7, 0.05)),
        choice("act", "relu", "gelu", "tanh", "sigmoid"),
    )
)


def _categories(rng: np.random.Generator) -> Objective:
    """Make a loss of six choices of four options with one interaction, and of two numbers."""
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


CATEGORIES = SearchSpace((*(choice(f"c{i}", 0, 1, 2, 3) for i in range(6)), uniform("x"), uniform("y")))


def _lattice(rng: np.random.Generator) -> Objective:
    """Make a loss of integers and steps only."""
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
    """Make a loss of three models, each with parameters of its own and a level that it can reach."""
    levels = dict(zip(_MODELS, rng.permutation([0.0, 0.05, 0.15])))
    centers = {m: rng.uniform(0.15, 0.85, len(names)) for m, names in _MODELS.items()}
    common = rng.uniform(0.2, 0.8)

    def objective(config: Mapping[str, Any]) -> float:
        model = config["model"]
        units = np.array([position(config[f"{model}.{name}"], 1e-3, 1e3) for name in _MODELS[model]])
        gap = units - centers[model]
        ridge = (gap[0] - gap[-1]) ** 2
        return float(levels[model] + np.sum(gap**2) + ridge + 0.3 * (config["common"] - common) ** 2)

    return objective


MODELS = SearchSpace(
    (
        choice("model", *_MODELS),
        uniform("common"),
        *(
            loguniform(f"{model}.{name}", 1e-3, 1e3, condition=Condition("model", index))
            for index, (model, names) in enumerate(_MODELS.items())
            for name in names
        ),
    )
)


def _nested(rng: np.random.Generator) -> Objective:
    """Make a loss of choices within choices: two of the six leaves are good, one of them broad."""
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
        choice("a", 0, 1),
        *(choice(f"b{a}", 0, 1, 2, condition=Condition("a", a)) for a in range(2)),
        *(uniform(f"w{a}", condition=Condition("a", a)) for a in range(2)),
        *(uniform(f"u{a}{b}", condition=Condition(f"b{a}", b)) for a in range(2) for b in range(3)),
        uniform("v"),
    )
)


def _rbf_machine(rng: np.random.Generator) -> Objective:
    """Make a loss as of a support vector machine: a narrow diagonal valley for one kernel, others flat."""
    offset, kernel = rng.uniform(-0.2, 0.2), rng.permutation(3)

    def objective(config: Mapping[str, Any]) -> float:
        c = position(config["C"], 1e-4, 1e4)
        level = 0.1 * float(kernel[("rbf", "poly", "linear").index(config["kernel"])])
        if config["kernel"] == "linear":
            return level + (c - 0.5 - offset) ** 2
        gamma = position(config["gamma"], 1e-6, 1e2)
        tilt = c + gamma - 1.0 - offset
        return float(level + 1 - math.exp(-(4 * tilt**2)) + 0.3 * (c - 0.6) ** 2)

    return objective


MACHINE = SearchSpace(
    (
        choice("kernel", "rbf", "poly", "linear"),
        loguniform("C", 1e-4, 1e4),
        # The parameter is there for all kernels, as NNI's spaces say that two of them have it.
        loguniform("gamma", 1e-6, 1e2),
    )
)


def _decades(rng: np.random.Generator) -> Objective:
    """Make a loss of four scales of very different width, which covers decades near its optimum."""
    centers = rng.uniform(0.15, 0.85, len(DECADES))
    weights = 10.0 ** rng.uniform(-1, 1, len(DECADES))
    tilt = rng.uniform(-0.5, 0.5)

    def objective(config: Mapping[str, Any]) -> float:
        gap = np.array([position(config[p.key], *p.numbers) for p in DECADES]) - centers
        gap[0] += tilt * gap[1]
        return float(np.log1p(300 * np.sum(weights * gap**2)))

    return objective


DECADES = SearchSpace(
    (
        loguniform("rate", 1e-8, 1e0),
        loguniform("penalty", 1e-12, 1e4),
        loguniform("scale", 0.5, 20.0),
        loguniform("bandwidth", 1e-3, 1e3),
    )
)


def _bells(rng: np.random.Generator) -> Objective:
    """Make a loss of normal and lognormal parameters, with the optimum off their middles."""
    centers = np.array([*rng.normal(0, 1, 3), *rng.normal(0, 1, 2)])

    def objective(config: Mapping[str, Any]) -> float:
        numbers = [config["n0"] / 2, config["n1"] / 2, config["n2"] / 2]
        gap = np.array([*numbers, math.log(config["l0"]), math.log(config["l1"])]) - centers
        return float(np.sqrt(1 + np.sum(gap**2) + gap[0] * gap[3]) - 1)

    return objective


BELLS = SearchSpace(
    (
        *(Parameter(f"n{i}", Sampler.NORMAL, (0.0, 2.0)) for i in range(3)),
        *(Parameter(f"l{i}", Sampler.LOGNORMAL, (0.0, 1.0)) for i in range(2)),
    )
)

STRUCTURED = (
    Task("mixed 7", "mixed", MIXED, _mixed, tuned_on=True, core=True),
    Task("training 7", "mixed", TRAINING, _training, tuned_on=True),
    Task("categories 8", "mixed", CATEGORIES, _categories),
    Task("lattice 6", "mixed", LATTICE, _lattice),
    Task("machine 3", "mixed", MACHINE, _rbf_machine),
    Task("models 11", "conditional", MODELS, _models, tuned_on=True),
    Task("nested 12", "conditional", NESTED, _nested, core=True),
    Task("decades 4", "log-scaled", DECADES, _decades),
    Task("bells 5", "log-scaled", BELLS, _bells),
    Task("noisy mixed 7", "noisy", MIXED, _mixed, noise=0.05),
    Task("noisy training 7", "noisy", TRAINING, _training, noise=0.02),
)
