"""What limiting the threads of trials gains: trainings at once, with the limits of nnic run and without.

As many trainings as there are jobs are started together and the time until the last has ended is
taken, in turn with and without limits, so that a busy machine slows both alike; the ratio of the
medians is what counts. Each is the same number of steps over the same data.

    python benchmarks/threads.py [--jobs N] [--rounds N]
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import time

from nnic.runtime.threads import VARIABLES, count_cpus, thread_limits

NUMPY = """
import numpy as np
rng = np.random.default_rng(0)
x, y = rng.normal(size=(512, 256)), rng.normal(size=(512, 10))
a, b = rng.normal(size=(256, 256)) / 16, rng.normal(size=(256, 10)) / 16
for step in range(150):
    hidden = np.maximum(x @ a, 0)
    error = (hidden @ b - y) / 512
    a -= 0.01 * x.T @ ((error @ b.T) * (hidden > 0))
    b -= 0.01 * hidden.T @ error
"""
TORCH = """
import torch
torch.manual_seed(0)
layers = torch.nn.Conv2d(1, 16, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten()
model = torch.nn.Sequential(*layers, torch.nn.Linear(2704, 10))
optimizer = torch.optim.SGD(model.parameters(), 0.01)
x, y = torch.randn(64, 1, 28, 28), torch.randint(10, (64,))
for step in range(250):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
"""


def run(code: str, jobs: int, limits: dict[str, str]) -> float:
    """The seconds until ``jobs`` trainings that were started together have ended."""
    environment = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    begin = time.perf_counter()
    command = [sys.executable, "-c", code]
    started = [subprocess.Popen(command, env={**environment, **limits}) for _ in range(jobs)]
    statuses = [process.wait() for process in started]
    if any(statuses):
        raise SystemExit("a training failed")
    return time.perf_counter() - begin


def compare(name: str, code: str, jobs: int, rounds: int) -> None:
    """Print the medians and their ratio."""
    limits = thread_limits(max(1, count_cpus() // jobs), {})
    run(code, 1, {})  # This fills the caches of the file system.
    free, limited = [], []
    for _ in range(rounds):
        free.append(run(code, jobs, {}))
        limited.append(run(code, jobs, limits))
    first, second = statistics.median(free), statistics.median(limited)
    spread = " ".join(
        f"{a / b:.2f}" for a, b in sorted(zip(free, limited), key=lambda pair: pair[0] / pair[1])
    )
    print(f"{name:8}{jobs:5}{first:12.2f} s{second:12.2f} s{first / second:10.2f}   ({spread})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=max(2, count_cpus()))
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print(f"{count_cpus()} CPUs")
    print(f"{'':8}{'jobs':>5}{'as it is':>14}{'with limits':>14}{'ratio':>10}   (of each round)")
    for name, code in (("numpy", NUMPY), ("torch", TORCH)):
        if importlib.util.find_spec(name) is not None:
            compare(name, code, options.jobs, options.rounds)


if __name__ == "__main__":
    main()
