"""The comparison as tables of the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from tuning.figures import Figure, advantage, ratio, win_rate
from tuning.players import PEERS
from tuning.results import Results
from tuning.runs import BUDGETS
from tuning.tasks import TASKS

_SEEDS = 5  # A peer must have played this many seeds to be compared with.


def print_page(
    results: Results, player: str, tasks: Sequence[str], budgets: Sequence[int], jobs: int
) -> None:
    """Print a player's figures by family and number of trials, beside the best of the peers in each line."""
    head = ["family", "trials", "runs", f"`{player}`", "random, twice the trials", "best of the others"]
    head += [f"`{player}` over it", "beats random × 2"]
    print(f"\n`{player}`, {jobs} at once\n\n| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for title, group in groups_of(tasks).items():
        for n in budgets:
            cells = _cells(results, player, group, n, jobs)
            if cells:
                print(f"| {title} | {n} | {' | '.join(cells)} |")


def print_slow_page(results: Results, players: Sequence[str], tasks: Sequence[str]) -> None:
    """Print the regrets of players and slow peers over random search's, by core task after 50 trials.

    Both have the same seeds, whose number is in parentheses; no figure is raised to the floor.
    """
    slow = [name for name, peer in PEERS.items() if peer.slow]
    core = [task for task in tasks if TASKS[task].core]
    head = ["task", *(f"`{name}`" for name in players), *slow]
    print(f"\nslow peers\n\n| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for task in core:
        cells = [_share_of(results, name, task) for name in [*players, *slow]]
        print(f"| {task} | {' | '.join(cells)} |")


def _share_of(results: Results, name: str, task: str) -> str:
    own, random = results.pair((name, BUDGETS[0]), ("random", BUDGETS[0]), [task], 1)
    return f"{own.mean() / random.mean():.2g} ({own.shape[1]})" if own.size else ""


def groups_of(tasks: Sequence[str]) -> dict[str, list[str]]:
    """The tasks by family, all of them, and those on which nothing was tuned."""
    groups: dict[str, list[str]] = {}
    for name in tasks:
        groups.setdefault(TASKS[name].family, []).append(name)
    groups["all"] = list(tasks)
    groups["held out"] = [name for name in tasks if not TASKS[name].tuned_on]
    return {title: group for title, group in groups.items() if group}


def best_peer(
    results: Results, player: str, tasks: Sequence[str], n: int, jobs: int
) -> tuple[Figure, Figure, str] | None:
    """The best peer of those that played all of the tasks with five seeds, or with all that there are.

    Returns
    -------
    tuple | None
        The figure of the peer, how many times as large as its regret the player's is, and its name.
    """
    least = min(_SEEDS, results.pair((player, n), (player, n), tasks, jobs)[0].shape[1])
    found = []
    for peer in PEERS:
        own, other = results.pair((player, n), (peer, n), tasks, jobs)
        reference = results.pair(("random", n), (peer, n), tasks, jobs)[0][:, : own.shape[1]]
        if own.shape[1] >= max(least, 1):
            found.append((ratio(other, reference), advantage(own, other, reference), peer))
    return min(found, key=lambda entry: entry[0].value, default=None)


def _cells(results: Results, player: str, tasks: Sequence[str], n: int, jobs: int) -> list[str]:
    own, random = results.pair((player, n), ("random", n), tasks, jobs)
    doubled, twice = results.pair((player, n), ("random", 2 * n), tasks, jobs)
    if not own.size:
        return []
    cells = [str(own.size), _interval(ratio(own, random)), f"{ratio(twice, random).value:.2f}"]
    peer = best_peer(results, player, tasks, n, jobs)
    if peer is None:
        cells += ["", ""]
    else:
        figure, over, name = peer
        compared = " **worse**" if over.low > 1 else " **better**" if over.high < 1 else ""
        cells += [f"{name} {figure.value:.2f}", _interval(over) + compared]
    return [*cells, f"{100 * win_rate(doubled, twice).value:.0f} %"]


def _interval(figure: Figure) -> str:
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"
