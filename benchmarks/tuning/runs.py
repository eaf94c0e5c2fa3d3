"""Plays a task with an optimizer, and tells the regret after each trial."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.registry import list_tuners
from nnic.tuners.search.auto_rules import choose_plan
from tuning.players import PEERS, Setting, make_player
from tuning.tasks import TASKS

BUDGETS = (50, 100, 200)


@dataclass(frozen=True, order=True)
class Case:
    """A run in which an optimizer plays a task for ``trials`` trials, ``jobs`` of them at once."""

    player: str
    task: str
    seed: int
    trials: int
    jobs: int = 1


def budgets_of(jobs: int) -> tuple[int, ...]:
    """The numbers of trials after which regrets are compared; with several at once without the largest."""
    return BUDGETS if jobs == 1 else BUDGETS[:-1]


def play(case: Case) -> NDArray[np.float64]:
    """The regret after each trial: that of the configuration whose told loss is the smallest.

    With several at once a trial is told when it is the oldest of those that run.
    """
    task = TASKS[case.task]
    objective = task.make(task.generator(case.seed))
    noise = np.random.default_rng([task.generator(case.seed).integers(2**32), 1])
    player = make_player(case.player, Setting(task.space, case.seed, case.trials, case.jobs))
    running: list[tuple[Any, Any]] = []
    asked, told = 0, []
    truth = np.empty(case.trials)
    for number in range(case.trials):
        while len(running) < case.jobs and asked < case.trials:
            running.append(player.ask())
            asked += 1
        token, config = running.pop(0)
        truth[number] = objective(config)
        told.append(truth[number] + task.noise * noise.standard_normal())
        player.tell(token, told[-1])
    first = np.minimum.accumulate(told)
    best: NDArray[np.float64] = truth[[told.index(loss) for loss in first]]
    return best - task.optimum


@cache
def fingerprint(task: str, seed: int) -> float:
    """A number that changes when the task does: what three fixed configurations reach."""
    random = make_player("random", Setting(TASKS[task].space, 1234, 3))
    objective = TASKS[task].make(TASKS[task].generator(seed))
    return round(sum(objective(random.ask()[1]) for _ in range(3)), 6)


def is_budgeted(player: str, task: str, budgets: Sequence[int]) -> bool:
    """Whether a player plans for the number of trials, so that each of ``budgets`` is a run of its own."""
    if player in PEERS:
        return PEERS[player].budgeted
    if player == "auto":
        plans = {str(choose_plan(Setting(TASKS[task].space, 0, trials).problem())) for trials in budgets}
        return len(plans) > 1
    return any(entry.name == player and entry.abilities.plans for entry in list_tuners())


def cases_of(player: str, task: str, seed: int, budgets: Sequence[int], jobs: int) -> list[Case]:
    """The runs that give a player's regret after each of ``budgets`` trials."""
    wanted = budgets if is_budgeted(player, task, budgets) else [max(budgets)]
    return [Case(player, task, seed, trials, jobs) for trials in wanted]


def as_played(case: Case) -> Case:
    """The case that has the same outcome: where ``auto`` leaves all to one tuner, that one's."""
    if case.player != "auto":
        return case
    setting = Setting(TASKS[case.task].space, case.seed, case.trials, case.jobs)
    (first, *later) = choose_plan(setting.problem()).stages
    return case if later or len(first.tuners) > 1 else replace(case, player=first.tuners[0])


def play_all(cases: Sequence[Case], workers: int | None = None) -> Iterator[NDArray[np.float64]]:
    """Yield the results of the cases in order, from as many processes as there are CPUs."""
    workers = workers or len(os.sched_getaffinity(0))
    if workers == 1:
        yield from map(play, cases)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(play, cases, chunksize=1)
