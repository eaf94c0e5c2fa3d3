"""What a screen remembers of a running experiment, fed by the run's events."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from nnic.runtime.config import RunConfig
from nnic.runtime.store.records import Origin, TrialRecord, Wait, better
from nnic.screens.values import ShownSpace
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import SearchSpace


@dataclass(slots=True)
class RunState:
    """The running trials, the latest of the others, and the counts; memory is bounded.

    ``recent`` holds the trials that ended last, newest first. ``started`` is a monotonic time, put
    back by what earlier sessions of a resumed run took. ``waits`` says why no more trials are started.
    """

    config: RunConfig
    space: SearchSpace
    shown: ShownSpace
    started: float
    running: dict[int, TrialRecord] = field(default_factory=dict)
    recent: list[TrialRecord] = field(default_factory=list)
    counts: dict[TrialState, int] = field(default_factory=dict)
    seconds: float = 0.0
    timed: int = 0
    best: TrialRecord | None = None
    baseline: TrialRecord | None = None
    last_failed: TrialRecord | None = None
    note: str = ""
    waits: tuple[Wait, ...] = ()

    KEPT = 50

    @classmethod
    def begin(
        cls,
        config: RunConfig,
        space: SearchSpace,
        earlier: Iterable[TrialRecord] = (),
        elapsed_s: float = 0.0,
    ) -> RunState:
        """Return the state at the start of a session; ``earlier`` are the trials of a resumed run."""
        state = cls(config, space, ShownSpace(space), time.monotonic() - elapsed_s)
        for trial in earlier:
            if trial.status.ended:
                state.end(trial)
        return state

    def update(self, trial: TrialRecord) -> None:
        """Take note of a trial that runs."""
        self.running[trial.id] = trial

    def drop(self, trial: TrialRecord) -> None:
        """Take note that an attempt of ``trial`` was lost."""
        self.running.pop(trial.id, None)

    def revive(self, trial: TrialRecord) -> None:
        """Take note that a trial that ended is to be tried again."""
        self.counts[trial.status] -= 1
        if self.last_failed is not None and self.last_failed.id == trial.id:
            self.last_failed = None
        self.recent = [other for other in self.recent if other.id != trial.id]

    def correct(self, before: TrialRecord, trial: TrialRecord, best: TrialRecord | None) -> None:
        """Take note that a trial that had ended as ``before`` counts as ``trial``, and that ``best`` is the
        best now."""
        if trial.origin is not Origin.IMPORTED:
            self.counts[before.status] -= 1
            self.counts[trial.status] = self.counts.get(trial.status, 0) + 1
        self.recent = [trial if other.id == trial.id else other for other in self.recent]
        if trial.baseline:
            self.baseline = trial
        self.best = best

    def end(self, trial: TrialRecord) -> None:
        """Take note of a trial that ended; imported ones are no part of what the run is to do."""
        self.running.pop(trial.id, None)
        if trial.origin is not Origin.IMPORTED:
            self.counts[trial.status] = self.counts.get(trial.status, 0) + 1
        self.recent.insert(0, trial)
        del self.recent[self.KEPT :]
        if trial.seconds is not None:
            self.seconds += trial.seconds
            self.timed += 1
        if trial.status is TrialState.FAILED:
            self.last_failed = trial
        if trial.baseline:
            self.baseline = trial
        if trial.status is TrialState.SUCCEEDED and trial.metric is not None:
            best = None if self.best is None else self.best.metric
            if better(trial.metric, best, self.config.maximize):
                self.best = trial

    @property
    def ended(self) -> int:
        """Number of trials that ended in this and earlier sessions."""
        return sum(self.counts.values())

    @property
    def elapsed_s(self) -> float:
        """Seconds that the run has taken, earlier sessions included."""
        return time.monotonic() - self.started

    @property
    def fraction(self) -> float | None:
        """How much of the run is done, ``None`` when nothing limits it."""
        shares = []
        if self.config.trials is not None:
            shares.append(self.ended / self.config.trials)
        if self.config.time_s is not None:
            shares.append(self.elapsed_s / self.config.time_s)
        return min(1.0, max(shares)) if shares else None

    @property
    def left_s(self) -> float | None:
        """Estimate of the seconds that are left, ``None`` before a trial has ended."""
        estimates = []
        if self.config.trials is not None and self.timed:
            mean = self.seconds / self.timed
            estimates.append(mean * max(0, self.config.trials - self.ended) / self.config.jobs)
        if self.config.time_s is not None:
            estimates.append(max(0.0, self.config.time_s - self.elapsed_s))
        return min(estimates) if estimates else None

    @property
    def gain(self) -> float | None:
        """How much better the best is than the script's own values; positive is better."""
        if self.best is None or self.baseline is None or self.baseline.metric is None:
            return None
        if self.best.metric is None or self.best.id == self.baseline.id:
            return None
        difference = self.best.metric - self.baseline.metric
        return difference if self.config.maximize else -difference
