"""Compares the tuners with random search and with the optimizers of others.

    python benchmarks/tuners.py --quick     # under a minute
    python benchmarks/tuners.py             # every tuner and task: up to two hours on two cores
    python benchmarks/tuners.py --tuners tpe,gp --seeds 5 --tasks "mixed 7,ackley 5" --jobs 8

Regret is the distance from the known optimum of the configuration with the best result so far. A
figure is the geometric mean over tasks of the ratio of mean regrets to those of random search after
as many trials, no ratio counting as less than 0.01; smaller is better. "beats 2x random" is the part
of all pairs of a task and a seed in which the regret is smaller than that of random search after
twice as many trials. Intervals (95 %) are from resampling seeds.

What the others reached was recorded (tuning/peers.jsonl, by record_peers.py); where one of them is
installed in the recorded version, one in fifty of its runs is repeated and must come out the same,
which on another kind of processor it may not: floating point rounds otherwise there.
"""

from __future__ import annotations

import argparse
import random
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import tuning.one_thread  # noqa: F401 -- before numpy
from tuning.figures import ratio, win_rate
from tuning.kept import play_and_keep
from tuning.page import best_peer, print_page, print_slow_page
from tuning.peer_table import Line, agrees, load_into, read_table
from tuning.players import PEERS, comparable_tuners
from tuning.results import Results
from tuning.runs import BUDGETS, budgets_of, cases_of
from tuning.speed import milliseconds, run_milliseconds
from tuning.tasks import TASKS

_CHECKED = 0.02  # This part of the recorded runs is repeated.
_CHECKS = 40  # No more recorded runs than this are repeated.


def ours() -> list[str]:
    """The names of our tuners that this comparison is for."""
    return [entry.name for entry in comparable_tuners()]


def run_ours(
    results: Results,
    names: Sequence[str],
    tasks: Sequence[str],
    seeds: int,
    budgets: Sequence[int],
    jobs: int,
    kept: Path | None,
) -> None:
    """Play every task with every tuner of ours, and with random search twice as long."""
    doubled = sorted({*budgets, *(2 * n for n in budgets)})
    cases = []
    for seed in range(seeds):
        for task in tasks:
            cases += cases_of("random", task, seed, doubled, jobs)
            for name in names:
                cases += cases_of(name, task, seed, budgets, jobs) if name != "random" else []
    for number, (case, regrets) in enumerate(zip(cases, play_and_keep(cases, kept)), 1):
        results.add(case, regrets, doubled)
        if sys.stderr.isatty():
            print(f"\r{number} of {len(cases)} runs", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r" + " " * 30 + "\r", end="", file=sys.stderr)


def print_ratios(
    results: Results, players: Sequence[str], tasks: Sequence[str], budgets: Sequence[int], jobs: int
) -> None:
    """Print the table of a group of tasks; players that did not play them all are left out."""
    for player in players:
        cells = []
        for n in budgets:
            a, b = results.pair((player, n), ("random", n), tasks, jobs)
            c, d = results.pair((player, n), ("random", 2 * n), tasks, jobs)
            cell = f"{ratio(a, b)!s:20}" if a.shape[1] else "-"
            wins = f"{100 * win_rate(c, d).value:3.0f} %" if c.shape[1] else ""
            cells.append(f"{cell:20} {wins:>5} {f'({a.shape[1]})' if a.shape[1] else '':5}")
        if any(cell.strip(" -") for cell in cells):
            print(f"  {player:16} {' '.join(cells)}")


def print_quality(
    results: Results, players: Sequence[str], tasks: Sequence[str], budgets: Sequence[int], jobs: int
) -> None:
    """Print the tables of all tasks, of those that nothing was tuned on, of the core and of families."""
    groups = {
        "all tasks": list(tasks),
        "not tuned on": [t for t in tasks if not TASKS[t].tuned_on],
        "core": [t for t in tasks if TASKS[t].core],
    }
    for family in dict.fromkeys(TASKS[t].family for t in tasks):
        groups[f"family: {family}"] = [t for t in tasks if TASKS[t].family == family]
    columns = " ".join(f"{f'n = {n}':20} {'2x':>5} {'':5}" for n in budgets)
    print(f"\nregret over random search's, {jobs} running; '2x': beats random with twice the trials; (seeds)")
    for title, group in groups.items():
        if group:
            print(f"\n{title} ({len(group)}): {', '.join(group)}\n  {'':16} {columns}")
            print_ratios(results, players, group, budgets, jobs)


def print_losses(
    results: Results, player: str, tasks: Sequence[str], budgets: Sequence[int], jobs: int
) -> None:
    """Print by family where ``player`` is significantly better or worse than the best peer."""
    print(f"\n{player} against the best peer of each family (below 1 it is better), {jobs} running")
    for family in dict.fromkeys(TASKS[t].family for t in tasks):
        group = [t for t in tasks if TASKS[t].family == family]
        for n in budgets:
            found = best_peer(results, player, group, n, jobs)
            if found is not None:
                _, figure, peer = found
                compared = "worse" if figure.low > 1 else "better" if figure.high < 1 else "level"
                print(f"  {family:12} n = {n:<4} {figure!s:22} {compared:7} {peer}")


def check(lines: Sequence[Line]) -> bool:
    """Repeat some of the recorded runs, and return whether they came out the same."""
    playable = [
        (line, seed)
        for line in lines
        if PEERS[line.peer].version() == line.version and PEERS[line.peer].repeatable
        for seed in range(len(line.regrets))
    ]
    absent = sorted({line.peer for line in lines} - {line.peer for line, _ in playable})
    if absent:
        print(f"recorded, not installed in that version or not repeatable: {', '.join(absent)}")
    if not playable:
        return True
    number = min(max(1, round(_CHECKED * len(playable))), _CHECKS)
    wrong, broken = [], {}
    for line, seed in random.sample(playable, number):
        try:
            if not agrees(line, seed):
                wrong.append((line, seed))
        except Exception as error:  # A peer may raise anything on this machine.
            broken[line.peer] = f"{type(error).__name__}: {error}"
            number -= 1
    print(f"repeated {number} of {len(playable)} recorded runs: {number - len(wrong)} came out the same")
    for peer, reason in broken.items():
        print(f"  cannot play here: {peer}: {reason}")
    for line, seed in wrong:
        print(f"  differs: {line.peer} {line.version}, {line.task}, seed {seed}, {line.trials} trials")
    if wrong:
        print("  which may be the processor's rounding: runs repeat on like machines only (--no-check)")
    return not wrong


def print_speed(players: Sequence[str], counts: Sequence[int], repeats: int) -> None:
    """Print the time of a suggestion of each player that is installed."""
    shown = ", ".join(f"{count:,}" for count in counts)
    print(f"\nCPU ms per suggestion after {shown} results, one thread, ten mixed parameters")
    for name in players:
        if name in PEERS and (PEERS[name].version() is None or PEERS[name].slow):
            continue
        cells = " ".join(f"{milliseconds(name, count, repeats):9.2f}" for count in counts)
        print(f"  {name:16} {cells}", flush=True)


def print_slow_speed(tasks: Sequence[str]) -> None:
    """Print the time of ``gp`` and of slow peers that are installed, over short runs of the core tasks."""
    slow = [name for name, peer in PEERS.items() if peer.slow and peer.version() is not None]
    tasks = [task for task in tasks if TASKS[task].core]
    if not slow or not tasks:
        return
    print(f"\nCPU ms per suggestion, the mean over {BUDGETS[0]} trials: {', '.join(tasks)}")
    for name in ("gp", *slow):
        cells = " ".join(f"{run_milliseconds(name, task, BUDGETS[0]):9.1f}" for task in tasks)
        print(f"  {name:16} {cells}", flush=True)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="few seeds and tasks, short histories")
    parser.add_argument("--tuners", help="names of ours, separated by commas (default all)")
    parser.add_argument("--tasks", help="names, separated by commas (default all)")
    parser.add_argument("--seeds", type=int, help="runs a task (default 10, quick 3)")
    parser.add_argument(
        "--budgets",
        default=None,
        help="numbers of trials (default 50,100,200, several at once 50,100; quick 50)",
    )
    parser.add_argument("--jobs", default="1", help="trials that run at once; several separated by commas")
    parser.add_argument(
        "--keep", type=Path, help="a file to keep runs in, and to take those from that it has"
    )
    parser.add_argument("--page", action="store_true", help="the tables of docs/tuners.md, nothing else")
    parser.add_argument("--no-speed", action="store_true", help="leave out the times")
    parser.add_argument("--no-check", action="store_true", help="repeat no recorded run")
    args = parser.parse_args()
    unknown = [task for task in args.tasks.split(",") if task not in TASKS] if args.tasks else []
    if unknown:
        parser.error(f"no task is named {', '.join(unknown)}; there are {', '.join(TASKS)}")
    return args


def main() -> int:
    """Print the tables; return 1 when a recorded run came out differently."""
    warnings.simplefilter("ignore")
    args = arguments()
    names = args.tuners.split(",") if args.tuners else ours()
    tasks = args.tasks.split(",") if args.tasks else list(TASKS)
    if args.quick and not args.tasks:
        tasks = [task.name for task in TASKS.values() if task.core]
    asked = [int(n) for n in args.budgets.split(",")] if args.budgets else [BUDGETS[0]] * args.quick
    lines = [line for line in read_table() if line.task in tasks]
    stale = [line for line in lines if not line.current()]
    for line in stale:
        print(f"left out, because the task has changed since: {line.peer}, {line.task}")
    lines = [line for line in lines if line not in stale]
    results = Results()
    load_into(results, lines)
    players = [*names, *dict.fromkeys(line.peer for line in lines)]
    for jobs in map(int, args.jobs.split(",")):
        budgets = asked or budgets_of(jobs)
        run_ours(results, names, tasks, args.seeds or (3 if args.quick else 10), budgets, jobs, args.keep)
        if args.page:
            for name in names:
                print_page(results, name, tasks, budgets, jobs)
            if jobs == 1:
                print_slow_page(results, names, tasks)
            continue
        print_quality(results, players, tasks, budgets, jobs)
        if "auto" in names:
            print_losses(results, "auto", tasks, budgets, jobs)
    if args.page:
        return 0
    right = args.no_check or check(lines)
    if not args.no_speed:
        counts = (100, 1000) if args.quick else (100, 1000, 5000, 10_000)
        print_speed(players, counts, 5 if args.quick else 20)
        if not args.quick:
            print_slow_speed(tasks)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
