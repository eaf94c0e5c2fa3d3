"""Computes the accuracies of examples/digits_mlp/train.py without autograd, in a tenth of the time.

The random numbers are torch's, drawn in the script's order (weights, permutations, dropout), and the
gradients are written out; only rounding differs. ``digits_mlp.py --check`` runs the script itself
beside it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold, train_test_split

Floats = NDArray[np.float32]

EPOCHS = 15
SEED = 0
_FORGET, _FORGET_SQUARES, _SMALL = 0.9, 0.999, 1e-8  # These are torch's defaults of Adam.
_RMS = 0.99  # This is torch's default of RMSprop.


class Network:
    """A network with one hidden layer; all weights are parts of one array, and so are all gradients."""

    def __init__(self, hidden: int) -> None:
        layers = torch.nn.Linear(64, hidden), torch.nn.Linear(hidden, 10)
        parts = [p.detach().numpy() for layer in layers for p in (layer.weight, layer.bias)]
        self.values: Floats = np.concatenate([part.ravel() for part in parts])
        self.gradient = np.zeros_like(self.values)
        ends = np.cumsum([0, *(part.size for part in parts)])
        shapes = [part.shape for part in parts]
        cut = [slice(a, b) for a, b in itertools.pairwise(ends)]
        self.w, self.b, self.v, self.c = (self.values[s].reshape(n) for s, n in zip(cut, shapes))
        self.dw, self.db, self.dv, self.dc = (self.gradient[s].reshape(n) for s, n in zip(cut, shapes))

    def scores(self, inputs: Floats) -> Floats:
        """The scores of each digit; shape (n, 10)."""
        result: Floats = np.maximum(inputs @ self.w.T + self.b, 0) @ self.v.T + self.c
        return result

    def differentiate(self, inputs: Floats, targets: NDArray[np.intp], keep: float) -> None:
        """Compute the gradient of the mean cross entropy, keeping hidden units with probability ``keep``."""
        hidden = np.maximum(inputs @ self.w.T + self.b, 0)
        noise: Floats | float = 1.0
        if keep < 1:
            noise = torch.empty(hidden.shape).bernoulli_(keep).numpy() / np.float32(keep)
        dropped = hidden * noise
        error = dropped @ self.v.T + self.c
        error -= error.max(axis=1, keepdims=True)
        np.exp(error, out=error)
        error /= error.sum(axis=1, keepdims=True)
        error[np.arange(len(targets)), targets] -= 1
        error /= len(targets)
        np.matmul(error.T, dropped, out=self.dv)
        error.sum(axis=0, out=self.dc)
        back = (error @ self.v) * noise
        back *= hidden > 0
        np.matmul(back.T, inputs, out=self.dw)
        back.sum(axis=0, out=self.db)


class Stepper:
    """The optimizer ``Adam``, ``AdamW`` or ``RMSprop`` with torch's other defaults."""

    def __init__(self, kind: str, network: Network, lr: float, decay: float) -> None:
        self._kind, self._network = kind, network
        self._lr, self._decay = lr, decay
        self._mean = np.zeros_like(network.values)
        self._squares = np.zeros_like(network.values)
        self._scratch = np.empty_like(network.values), np.empty_like(network.values)
        self._steps = 0

    def step(self) -> None:
        """Change the network by its gradient."""
        values, gradient = self._network.values, self._network.gradient
        first, second = self._scratch
        if self._kind == "AdamW":
            values *= np.float32(1 - self._lr * self._decay)
        else:
            gradient += np.multiply(values, np.float32(self._decay), out=first)
        forget = _RMS if self._kind == "RMSprop" else _FORGET_SQUARES
        self._squares *= np.float32(forget)
        np.multiply(gradient, gradient, out=first)
        self._squares += np.multiply(first, np.float32(1 - forget), out=first)
        np.sqrt(self._squares, out=first)
        if self._kind == "RMSprop":
            size, mean = self._lr, gradient
        else:
            self._steps += 1
            np.subtract(gradient, self._mean, out=second)
            self._mean += np.multiply(second, np.float32(1 - _FORGET), out=second)
            size, mean = self._lr / (1 - _FORGET**self._steps), self._mean
            first /= np.float32(math.sqrt(1 - _FORGET_SQUARES**self._steps))
        first += np.float32(_SMALL)
        np.divide(mean, first, out=first)
        values -= np.multiply(first, np.float32(size), out=first)


@cache
def _data() -> tuple[Floats, NDArray[np.intp], list[tuple[NDArray[np.intp], NDArray[np.intp]]]]:
    torch.set_num_threads(1)  # The script does so, too.
    digits, labels = load_digits(return_X_y=True)
    rest, _ = train_test_split(np.arange(len(labels)), test_size=0.25, stratify=labels, random_state=0)
    splitter = StratifiedKFold(3, shuffle=True, random_state=SEED)
    folds = [(rest[fit], rest[check]) for fit, check in splitter.split(rest, labels[rest])]
    return (digits / 16.0).astype(np.float32), labels, folds


def accuracy(config: Mapping[str, Any]) -> float:
    """The final result of the script with the values of ``config``."""
    values = {key.split("/")[1]: value for key, value in config.items()}
    inputs, labels, folds = _data()
    found = []
    for number, (fit, check) in enumerate(folds):
        torch.manual_seed(SEED + number)
        network = Network(int(values["hidden"]))
        kind = values["optimizer"].removeprefix("torch.optim.").partition("(")[0]
        stepper = Stepper(kind, network, values["lr"], values["weight_decay"])
        for _ in range(EPOCHS):
            order = fit[torch.randperm(len(fit)).numpy()]
            for start in range(0, len(fit), int(values["batch_size"])):
                batch = order[start : start + int(values["batch_size"])]
                network.differentiate(inputs[batch], labels[batch], 1 - values["dropout"])
                stepper.step()
        found.append(float((network.scores(inputs[check]).argmax(1) == labels[check]).mean()))
    return sum(found) / len(found)
