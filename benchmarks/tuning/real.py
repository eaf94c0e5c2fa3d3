"""Tasks of scikit-learn's models on its own data, from evaluations that were recorded once.

``record_real.py`` evaluated every point of a grid and wrote ``real_tables.json``. Between the
points a loss is interpolated linearly along each axis, so the smallest value of the table is the
optimum, and a run costs microseconds and needs no scikit-learn.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.space import Condition, Parameter, Sampler, SearchSpace
from tuning.task import Objective, Task

TABLES = Path(__file__).with_name("real_tables.json")


@dataclass(frozen=True)
class Axis:
    """One dimension of a grid, with options or with numbers that rise.

    ``scale`` is ``"linear"``, ``"log"`` or ``"options"``.
    """

    name: str
    points: tuple[Any, ...]
    scale: str = "linear"
    integer: bool = False

    def parameter(self, condition: Condition | None = None) -> Parameter:
        """The parameter of a search space; its key begins with the model's where there are several."""
        key = self.name if condition is None else f"{condition.parent}{condition.option}.{self.name}"
        if self.scale == "options":
            return Parameter(key, Sampler.CHOICE, self.points, condition=condition)
        low, high = self.points[0], self.points[-1]
        if self.scale == "log":
            sampler = Sampler.QLOGUNIFORM if self.integer else Sampler.LOGUNIFORM
            args = (low, high, 1) if self.integer else (low, high)
            return Parameter(key, sampler, args, integer=self.integer, condition=condition)
        if self.integer:
            return Parameter(key, Sampler.RANDINT, (low, high + 1), condition=condition)
        return Parameter(key, Sampler.UNIFORM, (low, high), condition=condition)

    def locate(self, value: Any) -> tuple[tuple[int, float], ...]:
        """The points about ``value``, by number, with their weights."""
        if self.scale == "options":
            return ((self.points.index(value), 1.0),)
        place = min(max(bisect_right(self.points, value) - 1, 0), len(self.points) - 2)
        low, high = self.points[place], self.points[place + 1]
        if self.scale == "log":
            value, low, high = math.log(value), math.log(low), math.log(high)
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return ((place, 1.0 - share), (place + 1, share))


@dataclass(frozen=True)
class Grid:
    """The axes of one model."""

    model: str
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many points each axis has."""
        return tuple(len(axis.points) for axis in self.axes)


def interpolate(axes: Sequence[Axis], values: Sequence[Any], table: NDArray[np.float64]) -> float:
    """The loss at ``values``, from a table with one dimension for each axis."""
    total = 0.0
    for corner in product(*(axis.locate(value) for axis, value in zip(axes, values))):
        weight = math.prod(share for _, share in corner)
        if weight:
            total += weight * float(table[tuple(place for place, _ in corner)])
    return total


GRIDS: dict[str, tuple[Grid, ...]] = {
    "digits net 6": (
        Grid(
            "net",
            (
                Axis("lr", (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1), "log"),
                Axis("alpha", (1e-5, 1e-2, 1e1), "log"),
                Axis("batch", (16, 64, 256), "log", integer=True),
                Axis("hidden", (8, 40, 200), "log", integer=True),
                Axis("activation", ("relu", "tanh"), "options"),
                Axis("solver", ("adam", "sgd"), "options"),
            ),
        ),
    ),
    "cancer forest 5": (
        Grid(
            "forest",
            (
                Axis("depth", (1, 2, 3, 5, 8, 14), integer=True),
                Axis("features", (0.04, 0.1, 0.25, 0.5, 1.0)),
                Axis("leaf", (1, 2, 4, 10, 30), "log", integer=True),
                Axis("criterion", ("gini", "entropy"), "options"),
                Axis("bootstrap", (True, False), "options"),
            ),
        ),
    ),
    "diabetes boosting 5": (
        Grid(
            "boosting",
            (
                Axis("lr", (0.005, 0.015, 0.04, 0.1, 0.3, 1.0), "log"),
                Axis("depth", (1, 2, 4, 7), integer=True),
                Axis("subsample", (0.3, 0.6, 1.0)),
                Axis("leaf", (1, 10, 60), "log", integer=True),
                Axis("trees", (10, 40, 160), "log", integer=True),
            ),
        ),
    ),
    "cancer models 11": (
        Grid(
            "neighbours",
            (
                Axis("k", (1, 2, 4, 8, 16, 32, 64), "log", integer=True),
                Axis("weights", ("uniform", "distance"), "options"),
                Axis("power", (1.0, 1.5, 2.0, 4.0)),
            ),
        ),
        Grid("logistic", (Axis("C", (1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4), "log"),)),
        Grid(
            "svm",
            (
                Axis("C", (1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3), "log"),
                Axis("gamma", (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0), "log"),
            ),
        ),
        Grid(
            "tree",
            (
                Axis("depth", (1, 2, 3, 5, 8, 14), integer=True),
                Axis("leaf", (1, 3, 9, 27, 81), "log", integer=True),
                Axis("criterion", ("gini", "entropy"), "options"),
            ),
        ),
    ),
}
_CORE = ("digits net 6", "cancer models 11")


def _space(grids: Sequence[Grid]) -> SearchSpace:
    if len(grids) == 1:
        return SearchSpace(tuple(axis.parameter() for axis in grids[0].axes))
    model = Parameter("model", Sampler.CHOICE, tuple(grid.model for grid in grids))
    below = [a.parameter(Condition("model", i)) for i, grid in enumerate(grids) for a in grid.axes]
    return SearchSpace((model, *below))


def _task(name: str, grids: Sequence[Grid], tables: Mapping[str, list[float]]) -> Task:
    arrays = [np.array(tables[grid.model]).reshape(grid.shape) for grid in grids]
    names = [grid.model for grid in grids]

    def objective(config: Mapping[str, Any]) -> float:
        number = names.index(config["model"]) if len(grids) > 1 else 0
        axes, prefix = grids[number].axes, f"model{number}." if len(grids) > 1 else ""
        return interpolate(axes, [config[prefix + axis.name] for axis in axes], arrays[number])

    def make(rng: np.random.Generator) -> Objective:
        return objective

    optimum = min(float(array.min()) for array in arrays)
    return Task(name, "real", _space(grids), make, optimum=optimum, core=name in _CORE)


def load_real() -> tuple[Task, ...]:
    """The tasks, with the tables that were recorded."""
    recorded = json.loads(TABLES.read_text())
    return tuple(_task(name, grids, recorded[name]) for name, grids in GRIDS.items())
