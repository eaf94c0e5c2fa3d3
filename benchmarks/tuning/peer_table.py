"""The recorded runs of the peers: what they reached, by version, task and seed.

The file has a line of JSON for each peer, task, number running and number of trials. It holds the
version, and for each seed the task's fingerprint and the regrets. A line that was recorded on another
form of a task is left out, and the comparison says so.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tuning.players import PEERS
from tuning.results import Results
from tuning.runs import BUDGETS, Case, fingerprint, play
from tuning.tasks import TASKS

TABLE = Path(__file__).with_name("peers.jsonl")


@dataclass(frozen=True)
class Line:
    """The runs of one peer with seeds 0, 1, ...; ``regrets`` are those after each of ``budgets``."""

    peer: str
    version: str
    task: str
    jobs: int
    trials: int
    budgets: tuple[int, ...]
    prints: tuple[float, ...]
    regrets: tuple[tuple[float, ...], ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """What a line is about; a later one with the same key takes its place."""
        return (self.peer, self.task, self.jobs, self.trials)

    def case(self, seed: int) -> Case:
        """The case of a seed."""
        return Case(self.peer, self.task, seed, self.trials, self.jobs)

    def current(self) -> bool:
        """Whether the task is still what it was."""
        return self.task in TASKS and all(
            math.isclose(fingerprint(self.task, seed), recorded, rel_tol=1e-6, abs_tol=2e-6)
            for seed, recorded in enumerate(self.prints)
        )


def recorded_budgets(peer: str, trials: int) -> tuple[int, ...]:
    """The numbers of trials after which the regret of a run is recorded."""
    return (trials,) if PEERS[peer].budgeted else tuple(n for n in BUDGETS if n <= trials)


def record(peer: str, task: str, seeds: int, trials: int, jobs: int) -> Line:
    """Play the runs of a line, and keep three digits of their regrets."""
    budgets = recorded_budgets(peer, trials)
    rows = []
    for seed in range(seeds):
        regrets = play(Case(peer, task, seed, trials, jobs))
        rows.append(tuple(float(f"{regrets[n - 1]:.3g}") for n in budgets))
    version = PEERS[peer].version()
    assert version is not None
    prints = tuple(fingerprint(task, seed) for seed in range(seeds))
    return Line(peer, version, task, jobs, trials, budgets, prints, tuple(rows))


def read_table() -> Iterator[Line]:
    """Yield the lines of the file, in order."""
    for text in TABLE.read_text().splitlines() if TABLE.exists() else ():
        data = json.loads(text)
        data["budgets"], data["prints"] = tuple(data["budgets"]), tuple(data["prints"])
        data["regrets"] = tuple(map(tuple, data["regrets"]))
        yield Line(**data)


def append(line: Line) -> None:
    """Add a line to the file."""
    with TABLE.open("a") as file:
        file.write(json.dumps(asdict(line), separators=(",", ":")) + "\n")


def load_into(results: Results, lines: list[Line]) -> None:
    """Add recorded regrets to the results of runs."""
    for line in lines:
        for seed, regrets in enumerate(line.regrets):
            for n, regret in zip(line.budgets, regrets):
                results.put(line.case(seed), n, regret)


def agrees(line: Line, seed: int) -> bool:
    """Whether a run of that seed comes out as recorded."""
    regrets = play(line.case(seed))
    again = tuple(float(f"{regrets[n - 1]:.3g}") for n in line.budgets)
    return all(abs(a - b) <= 0.01 * abs(b) + 1e-9 for a, b in zip(again, line.regrets[seed]))
