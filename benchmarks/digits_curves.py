"""A table of the learning curves of 300 small networks on scikit-learn's digits, and how it was made.

    python benchmarks/digits_curves.py --write      # some minutes on one core
    python benchmarks/digits_curves.py --check 6    # trains six of them again and compares

A network has one hidden layer and is trained for 81 epochs by gradient descent with momentum, on a
quarter of the digits; after each epoch its accuracy and its cross entropy on the others are noted.
The configurations are Sobol points of the space below, scrambled with seed 0.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import math
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from nnic.tuners.protocol import Problem  # noqa: E402
from nnic.tuners.registry import make_tuner  # noqa: E402
from nnic.tuners.space import Parameter, Sampler, SearchSpace  # noqa: E402

TABLE = Path(__file__).with_name("digits_curves.csv")
EPOCHS = 81
COUNT = 300
SPACE = SearchSpace(
    (
        Parameter("rate", Sampler.LOGUNIFORM, (1e-3, 3.0)),
        Parameter("momentum", Sampler.UNIFORM, (0.0, 0.99)),
        Parameter("decay", Sampler.LOGUNIFORM, (1e-6, 1e-1)),
        Parameter("scale", Sampler.LOGUNIFORM, (0.1, 10.0)),
        Parameter("hidden", Sampler.CHOICE, (4, 8, 16, 32, 64)),
        Parameter("batch", Sampler.CHOICE, (8, 16, 32, 64)),
    )
)

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Curves:
    """The configurations of the table, and their curves, shape (configurations, epochs)."""

    configs: tuple[Mapping[str, Any], ...]
    accuracy: NDArray[np.float64]  # It lies in [0, 1].
    loss: NDArray[np.float64]  # The cross entropy in nats; inf where the network has diverged.


def load() -> Curves:
    """Read the table."""
    with TABLE.open(newline="") as stream:
        lines = list(csv.DictReader(stream))
    configs = tuple({p.key: _value(p, line[p.key]) for p in SPACE} for line in lines)
    accuracy = [[int(count) / 1000 for count in line["accuracy"].split()] for line in lines]
    loss = [[float(value) for value in line["loss"].split()] for line in lines]
    return Curves(configs, np.array(accuracy), np.array(loss))


def _value(parameter: Parameter, text: str) -> Any:
    return int(text) if parameter.sampler is Sampler.CHOICE else float(text)


def train(config: Mapping[str, Any], seed: int) -> tuple[list[float], list[float]]:
    """Train a network; return its accuracy and cross entropy after each epoch."""
    from sklearn.datasets import load_digits

    digits, labels = load_digits(return_X_y=True)
    inputs = (digits / 16.0 - 0.3).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(labels))
    fit, check = order[: len(order) // 4], order[len(order) // 4 :]
    rng = np.random.default_rng([1, seed])
    sizes = (inputs.shape[1], int(config["hidden"]), 10)
    scale = float(config["scale"])
    weights = [
        (scale * rng.standard_normal((a, b)) / math.sqrt(a)).astype(np.float32)
        for a, b in itertools.pairwise(sizes)
    ]
    parameters = [weights[0], np.zeros(sizes[1], np.float32), weights[1], np.zeros(10, np.float32)]
    speeds = [np.zeros_like(p) for p in parameters]
    accuracies, losses = [], []
    with np.errstate(all="ignore"):  # Some networks diverge, as some of a search do.
        for _ in range(EPOCHS):
            rng.shuffle(fit)
            for start in range(0, len(fit), int(config["batch"])):
                batch = fit[start : start + int(config["batch"])]
                step(parameters, speeds, inputs[batch], labels[batch], config)
            accuracy, loss = scores(parameters, inputs[check], labels[check])
            accuracies.append(accuracy)
            losses.append(loss)
    return accuracies, losses


def step(
    parameters: list[Floats], speeds: list[Floats], x: Floats, y: NDArray[np.int_], config: Mapping[str, Any]
) -> None:
    """Take one step of gradient descent with momentum and weight decay, in place."""
    first, bias, second, offset = parameters
    hidden = np.maximum(x @ first + bias, 0)
    error = _softmax(hidden @ second + offset)
    error[np.arange(len(y)), y] -= 1
    error /= len(y)
    back = (error @ second.T) * (hidden > 0)
    gradients = (x.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(axis=0))
    for parameter, speed, gradient in zip(parameters, speeds, gradients):
        speed *= np.float32(config["momentum"])
        speed -= np.float32(config["rate"]) * (gradient + np.float32(config["decay"]) * parameter)
        parameter += speed


def scores(parameters: list[Floats], x: Floats, y: NDArray[np.int_]) -> tuple[float, float]:
    """The accuracy and the cross entropy of a network on ``x`` with labels ``y``."""
    first, bias, second, offset = parameters
    scores = _softmax(np.maximum(x @ first + bias, 0) @ second + offset)
    loss = float(-np.log(np.maximum(scores[np.arange(len(y)), y], 1e-12)).mean())
    return float((scores.argmax(axis=1) == y).mean()), loss if math.isfinite(loss) else math.inf


def _softmax(scores: Floats) -> Floats:
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Floats = scores / scores.sum(axis=1, keepdims=True)
    return result


def configurations() -> list[dict[str, Any]]:
    """The configurations of the table, with numbers rounded to four digits."""
    batch = make_tuner("sobol", Problem(SPACE, seed=0)).suggest(COUNT)
    return [
        {k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in s.config.items()}
        for s in batch.suggestions
    ]


def write() -> None:
    """Train all networks and write the table."""
    begin = time.perf_counter()
    with TABLE.open("w", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow([*(parameter.key for parameter in SPACE), "accuracy", "loss"])
        for number, config in enumerate(configurations()):
            accuracies, losses = train(config, number)
            texts = " ".join(str(round(a * 1000)) for a in accuracies), " ".join(f"{v:.3g}" for v in losses)
            table.writerow([*config.values(), *texts])
            seconds = time.perf_counter() - begin
            print(f"\r{number + 1} of {COUNT}, {seconds:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)


def check(count: int) -> bool:
    """Train ``count`` networks again; return whether accuracies agree within 2 % over the curve."""
    curves = load()
    agreed = True
    for number in np.random.default_rng().choice(COUNT, count, replace=False).tolist():
        accuracies, _ = train(curves.configs[number], number)
        difference = float(np.abs(curves.accuracy[number] - accuracies).mean())
        agreed &= difference < 0.02
        print(f"configuration {number}: mean difference of the accuracies {difference:.4f}")
    return agreed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="train all and write the table")
    parser.add_argument("--check", type=int, metavar="N", help="train N of them again")
    arguments = parser.parse_args()
    if arguments.write:
        write()
    if arguments.check and not check(arguments.check):
        sys.exit(1)
