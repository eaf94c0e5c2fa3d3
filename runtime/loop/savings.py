"""Says once what prefix sharing would save, when three trials have shown that it is worth it."""

from __future__ import annotations

import statistics
import sys

from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.metrics import ForkPoint
from nnic.runtime.store.records import TrialRecord

LEAST_S = 1.0
LEAST_PART = 0.1  # the least part of a trial's time that is worth telling


class Savings:
    """Compares, in the first trials, the time before the first value with the whole.

    Trials that share nothing, by the user's wish or since they can't, are not told of it.
    """

    def __init__(self, config: RunConfig) -> None:
        script = config.argv[1] if len(config.argv) > 1 else "-"
        applies = sys.platform.startswith("linux") and not config.script and not script.startswith("-")
        self._open = applies and config.share == "imports"
        self._fork_points: dict[int, ForkPoint] = {}
        self._seconds: dict[int, float] = {}

    def hinder(self) -> None:
        """Take note that something could not be shared, so that sharing more is no advice."""
        self._open = False

    def take(self, trial: int, fork_point: ForkPoint) -> None:
        """Take note of what a trial measured; those that come to their value quickly tell nothing."""
        self._fork_points[trial] = fork_point

    def advise(self, trial: TrialRecord) -> str:
        """What a person should read after this trial succeeded; ``""`` for nothing."""
        if self._open and trial.id in self._fork_points and trial.seconds is not None:
            self._seconds[trial.id] = trial.seconds
        if not self._open or len(self._seconds) < 3:
            return ""
        self._open = False
        before = statistics.median(self._fork_points[number].seconds for number in self._seconds)
        whole = max(before, statistics.median(self._seconds.values()))
        places = {self._fork_points[number].at for number in self._seconds}
        if before < max(LEAST_S, LEAST_PART * whole) or len(places) > 1:
            return ""
        return (
            f"{before:.1f} s of each {whole:.1f} s come before the first value ({places.pop()}); "
            f"`--share prefix` would save {before:.1f} s a trial"
        )
