"""Evaluates the grids of ``tuning/real.py`` with scikit-learn and writes their tables, in some minutes.

    python benchmarks/record_real.py

A loss is one minus the accuracy or the area under the curve, or the mean squared error as a part
of the variance, each by cross-validation on fixed folds.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from sklearn import datasets
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from tuning.real import GRIDS, TABLES, Grid

DIGITS = datasets.load_digits(return_X_y=True)
CANCER = datasets.load_breast_cancer(return_X_y=True)
DIABETES = datasets.load_diabetes(return_X_y=True)
TREES = GRIDS["diabetes boosting 5"][0].axes[-1].points


def _score(model: Any, data: Any, scoring: str, folds: int) -> float:
    splitter = StratifiedKFold(folds, shuffle=True, random_state=0)
    scaled = make_pipeline(StandardScaler(), model)
    return float(np.mean(cross_val_score(scaled, *data, scoring=scoring, cv=splitter)))


def _net(lr: float, alpha: float, batch: int, hidden: int, activation: str, solver: str) -> float:
    model = MLPClassifier(
        (hidden,),
        activation=activation,
        solver=solver,
        alpha=alpha,
        batch_size=batch,
        learning_rate_init=lr,
        max_iter=8,
        random_state=0,
    )
    return 1 - _score(model, (DIGITS[0][::2], DIGITS[1][::2]), "accuracy", 2)


def _forest(depth: int, features: float, leaf: int, criterion: str, bootstrap: bool) -> float:
    model = RandomForestClassifier(
        30,
        criterion=criterion,
        max_depth=depth,
        max_features=features,
        min_samples_leaf=leaf,
        bootstrap=bootstrap,
        random_state=0,
    )
    return 1 - _score(model, CANCER, "roc_auc", 3)


@lru_cache
def _boosting_curve(lr: float, depth: int, subsample: float, leaf: int) -> Any:
    """The error after each tree."""
    inputs, targets = DIABETES
    errors = []
    for fit, check in KFold(3, shuffle=True, random_state=0).split(inputs):
        model = GradientBoostingRegressor(
            learning_rate=lr,
            max_depth=depth,
            subsample=subsample,
            min_samples_leaf=leaf,
            n_estimators=TREES[-1],
            random_state=0,
        )
        stages = model.fit(inputs[fit], targets[fit]).staged_predict(inputs[check])
        errors.append([np.mean((p - targets[check]) ** 2) / np.var(targets) for p in stages])
    return np.mean(errors, axis=0)


def _boosting(lr: float, depth: int, subsample: float, leaf: int, trees: int) -> float:
    return float(_boosting_curve(lr, depth, subsample, leaf)[trees - 1])


def _neighbours(k: int, weights: str, power: float) -> float:
    return 1 - _score(KNeighborsClassifier(k, weights=weights, p=power), CANCER, "roc_auc", 3)


def _logistic(C: float) -> float:
    return 1 - _score(LogisticRegression(C=C, max_iter=200), CANCER, "roc_auc", 3)


def _svm(C: float, gamma: float) -> float:
    return 1 - _score(SVC(C=C, gamma=gamma), CANCER, "roc_auc", 3)


def _tree(depth: int, leaf: int, criterion: str) -> float:
    model = DecisionTreeClassifier(
        criterion=criterion, max_depth=depth, min_samples_leaf=leaf, random_state=0
    )
    return 1 - _score(model, CANCER, "roc_auc", 3)


MODELS: dict[str, Callable[..., float]] = {
    "net": _net,
    "forest": _forest,
    "boosting": _boosting,
    "neighbours": _neighbours,
    "logistic": _logistic,
    "svm": _svm,
    "tree": _tree,
}


def evaluate(grid: Grid) -> list[float]:
    """The losses of all points; the last axis changes fastest."""
    names = [axis.name for axis in grid.axes]
    points = product(*(axis.points for axis in grid.axes))
    return [round(MODELS[grid.model](**dict(zip(names, point))), 5) for point in points]


def main() -> None:
    """Write the tables."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.simplefilter("ignore", RuntimeWarning)
    tables: dict[str, dict[str, list[float]]] = {}
    for task, grids in GRIDS.items():
        tables[task] = {}
        for grid in grids:
            print(f"{task}: {grid.model}, {np.prod(grid.shape)} points", flush=True)
            tables[task][grid.model] = evaluate(grid)
    TABLES.write_text(json.dumps(tables, separators=(",", ":")).replace("}", "}\n") + "\n")


if __name__ == "__main__":
    main()
