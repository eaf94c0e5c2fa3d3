"""How well tuners do on examples/digits_mlp, a real training script, in thirty trials.

    python benchmarks/digits_mlp.py --seeds 10     # half an hour: each trial trains three networks
    python benchmarks/digits_mlp.py --show         # the figures of what was recorded
    python benchmarks/digits_mlp.py --check 5      # the script itself, beside digits_twin.py

Each run is one line of digits_mlp.jsonl: the tuner, its version, the seed and the accuracies in order.
Runs that are recorded are not repeated. What trains is digits_twin.py, five times as fast as the script;
``--check`` compiles the script and runs it with random values, and both must give the same accuracies.
Players with " own" after their name are told the result of the script's own values as their first trial.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import tempfile
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import digits_twin
import numpy as np

from nnic import __version__
from nnic.api import compile_entry, write_program
from nnic.tuners.space import SearchSpace
from tuning.figures import interval
from tuning.players import PEERS, Setting, make_player

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "digits_mlp" / "train.py"
TABLE = Path(__file__).with_name("digits_mlp.jsonl")
PLAYERS = ("random", "Optuna TPE", "auto")
TRIALS = 30
OWN = {  # These are the values of the script itself.
    "hidden": 100,
    "dropout": 0.5,
    "batch_size": 32,
    "lr": 1e-3,
    "weight_decay": 1e-2,
    "optimizer": "torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay)",
}


def compiled(folder: Path) -> tuple[SearchSpace, types.CodeType]:
    """The search space of the example, and its compiled script."""
    compilation = compile_entry(EXAMPLE)
    assert compilation.program is not None
    write_program(compilation, folder)
    text = (folder / "code" / EXAMPLE.name).read_text(encoding="utf-8")
    return compilation.program.space, compile(text, str(EXAMPLE), "exec")


class Trial(types.ModuleType):
    """Takes the place of the module that a compiled script asks for its values and reports to."""

    def __init__(self, space: SearchSpace, config: Mapping[str, Any]) -> None:
        super().__init__("nnic.runtime.trial")
        self._space, self._config = space, config
        self.result = float("nan")
        self.has = config.__contains__
        self.get = config.__getitem__

    def is_(self, key: str, index: int) -> bool:
        """Whether a choice has this option."""
        return key in self._config and self._space[key].option_of(self._config[key]) == index

    def get_next_parameter(self) -> dict[str, Any]:
        """The configuration."""
        return dict(self._config)

    def report_intermediate_result(self, value: float) -> None:
        """Do nothing, since only the final result counts."""

    def report_final_result(self, value: float) -> None:
        """Keep the result."""
        self.result = value


def objective(space: SearchSpace, code: types.CodeType) -> Callable[[Mapping[str, Any]], float]:
    """Return a function that gives the accuracy of a configuration."""

    def accuracy(config: Mapping[str, Any]) -> float:
        trial = Trial(space, config)
        before, arguments = sys.modules.get(trial.__name__), sys.argv
        sys.modules[trial.__name__], sys.argv = trial, [str(EXAMPLE)]
        import nnic.runtime

        vars(nnic.runtime)["trial"] = trial
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(code, {"__name__": "__main__", "__file__": str(EXAMPLE)})
        finally:
            sys.argv = arguments
            if before is not None:
                sys.modules[trial.__name__] = before
        return trial.result

    return accuracy


def recorded() -> list[dict[str, Any]]:
    """The runs that were recorded."""
    return [json.loads(line) for line in TABLE.read_text().splitlines()] if TABLE.exists() else []


def record(seeds: int, players: list[str]) -> None:
    """Add the runs that are missing."""
    with tempfile.TemporaryDirectory() as folder:
        space, _ = compiled(Path(folder))
    known = {(run["player"], run["seed"]) for run in recorded()}
    for seed in range(seeds):
        for name in players:
            if (name, seed) in known:
                continue
            found = play(name, space, seed)
            base = name.removesuffix(" own")
            version = PEERS[base].version() if base in PEERS else __version__
            run = {"player": name, "version": version, "seed": seed, "accuracies": found}
            with TABLE.open("a") as file:
                file.write(json.dumps(run, separators=(",", ":")) + "\n")
            print(f"{name}, seed {seed}: {max(found):.4f}", flush=True)


def play(name: str, space: SearchSpace, seed: int) -> list[float]:
    """The accuracies of a player's trials, in order."""
    player, found = make_player(name.removesuffix(" own"), Setting(space, seed, TRIALS)), []
    if name.endswith(" own"):
        own = {key: OWN[key.split("/")[1]] for key in (parameter.key for parameter in space)}
        found.append(round(digits_twin.accuracy(own), 5))
        player.feed(own, -found[-1])
    while len(found) < TRIALS:
        token, config = player.ask()
        found.append(round(digits_twin.accuracy(config), 5))
        player.tell(token, -found[-1])
    return found


def check(count: int) -> bool:
    """Whether the script itself gives what its twin does, with ``count`` random configurations."""
    with tempfile.TemporaryDirectory() as folder:
        space, code = compiled(Path(folder))
    script, player = objective(space, code), make_player("random", Setting(space, 7, count))
    agreed = True
    for _ in range(count):
        _, config = player.ask()
        ours, theirs = script(config), digits_twin.accuracy(config)
        agreed &= abs(ours - theirs) < 0.002  # Rounding may change three digits of 1,347.
        print(f"the script {ours:.5f}, its twin {theirs:.5f}", flush=True)
    return agreed


def show() -> None:
    """Print the best accuracy after 10, 20 and 30 trials: the mean over seeds, and a 95 % interval.

    Below stands how far ahead of each other player ``auto`` is with the same seeds.
    """
    runs = recorded()
    names = list(dict.fromkeys(run["player"] for run in runs))
    accuracies = {name: {r["seed"]: r["accuracies"] for r in runs if r["player"] == name} for name in names}
    counts = (10, 20, TRIALS)
    for name, by_seed in accuracies.items():
        print(f"{name:16} {len(by_seed):2} seeds   {_cells(list(by_seed.values()), None, counts)}")
    for name, by_seed in accuracies.items():
        seeds = sorted(set(by_seed) & set(accuracies.get("auto", {})))
        if name != "auto" and seeds:
            own, other = ([accuracies[player][seed] for seed in seeds] for player in ("auto", name))
            print(f"auto over {name:16}   {_cells(own, other, counts)}")


def _cells(runs: list[list[float]], others: list[list[float]] | None, counts: Sequence[int]) -> str:
    """Show the mean of the best of each run after ``counts`` trials, or of its distance from the other's."""
    cells = []
    for n in counts:
        best = np.array([max(run[:n]) for run in runs])
        if others is not None:
            best = best - np.array([max(run[:n]) for run in others])
        low, high = interval(best)
        cells.append(f"n={n} {best.mean():.4f} [{low:.4f}, {high:.4f}]")
    return "   ".join(cells)


def main() -> None:
    """Record, then show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10, help="runs of each tuner")
    parser.add_argument("--players", default=",".join(PLAYERS), help="separated by commas")
    parser.add_argument("--show", action="store_true", help="only print what was recorded")
    parser.add_argument("--check", type=int, metavar="N", help="run the script itself N times instead")
    args = parser.parse_args()
    if args.check:
        sys.exit(not check(args.check))
    if not args.show:
        record(args.seeds, args.players.split(","))
    show()


if __name__ == "__main__":
    main()
