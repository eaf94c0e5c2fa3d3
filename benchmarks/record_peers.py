"""Plays the tasks with the peers that are installed and adds the runs to ``tuning/peers.jsonl``.

    pip install -r benchmarks/peers.txt
    python benchmarks/record_peers.py                  # all of them, which takes hours
    python benchmarks/record_peers.py "Optuna TPE"     # those that are named

What is there already is left as it is; remove a peer's lines to record a newer version.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator

import tuning.one_thread  # noqa: F401 -- before numpy
from tuning.peer_table import append, read_table, record
from tuning.players import PEERS
from tuning.runs import BUDGETS, budgets_of
from tuning.tasks import TASKS

PARALLEL = 8


def wanted(names: list[str]) -> Iterator[tuple[str, str, int, int, int]]:
    """The peer, task, seeds, trials and number running of every line; one at a time comes first."""
    for jobs in (1, PARALLEL):
        for name in names:
            peer = PEERS[name]
            if peer.slow:
                if jobs == 1:
                    yield from ((name, t.name, peer.seeds, BUDGETS[0], 1) for t in TASKS.values() if t.core)
                continue
            budgets = budgets_of(jobs)
            for trials in budgets if peer.budgeted else budgets[-1:]:
                yield from ((name, task, peer.seeds, trials, jobs) for task in TASKS)


def main() -> None:
    """Record what is missing."""
    warnings.simplefilter("ignore")
    names = [name for name in sys.argv[1:] or PEERS if PEERS[name].version() is not None]
    missing = [name for name in sys.argv[1:] or PEERS if name not in names]
    if missing:
        print(f"not installed: {', '.join(missing)}")
    known = {line.key for line in read_table()}
    for name, task, seeds, trials, jobs in wanted(names):
        if (name, task, jobs, trials) in known:
            continue
        start = time.process_time()
        append(record(name, task, seeds, trials, jobs))
        spent = time.process_time() - start
        print(f"{name}, {task}: {seeds} seeds, {trials} trials, {jobs} running, {spent:.0f} s", flush=True)


if __name__ == "__main__":
    main()
