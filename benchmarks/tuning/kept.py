"""Keeps runs in a file, so that a comparison that was interrupted goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuning.runs import Case, as_played, play_all


def play_and_keep(cases: Sequence[Case], path: Path | None = None) -> Iterator[NDArray[np.float64]]:
    """Yield the results of the cases in order; those that come out the same are played once.

    Cases that the file holds are not played again. A line of it is a case and its regret after each
    trial, with four digits. It does not say which version of a tuner played, so remove the file after
    a change to one.
    """
    kept = dict(_read(path)) if path else {}
    missing = [case for case in dict.fromkeys(map(as_played, cases)) if case not in kept]
    results = zip(missing, play_all(missing))
    for case in map(as_played, cases):
        while case not in kept:
            played, regrets = next(results)
            kept[played] = regrets
            if path:
                _write(path, played, regrets)
        yield kept[case]


def _read(path: Path) -> Iterator[tuple[Case, NDArray[np.float64]]]:
    text = path.read_text() if path.exists() else ""
    whole, _, cut = text.rpartition("\n")
    if cut:  # The process that wrote it was killed.
        path.write_text(f"{whole}\n" if whole else "")
    for line in whole.splitlines():
        case, regrets = json.loads(line)
        yield Case(*case), np.array(regrets)


def _write(path: Path, case: Case, regrets: NDArray[np.float64]) -> None:
    line = json.dumps([astuple(case), [float(f"{r:.4g}") for r in regrets]], separators=(",", ":"))
    with path.open("a") as file:
        file.write(line + "\n")
