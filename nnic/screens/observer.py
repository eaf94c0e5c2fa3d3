"""What the two forms of progress, live and line by line, have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from nnic.runtime.config import RunConfig
from nnic.runtime.loop.observer import Observer, StoppableRun
from nnic.runtime.store.records import TrialRecord, Wait
from nnic.screens.run_state import RunState
from nnic.tuners.space import SearchSpace


class ScreenObserver(Observer):
    """Keeps a :class:`RunState` up to date and lets subclasses draw.

    Parameters
    ----------
    earlier, elapsed_s
        The trials of the earlier sessions of a resumed run, and how long those took.
    """

    state: RunState

    def __init__(self, earlier: Iterable[TrialRecord] = (), elapsed_s: float = 0.0) -> None:
        self.warnings: Counter[str] = Counter()
        self._earlier = tuple(earlier)
        self._elapsed_s = elapsed_s

    def run_started(self, config: RunConfig, space: SearchSpace, run: StoppableRun, resumed: bool) -> None:
        """Begin the state that is shown."""
        self.state = RunState.begin(config, space, self._earlier, self._elapsed_s)
        self._earlier = ()

    def trial_started(self, trial: TrialRecord) -> None:
        """Show the trial among those that run."""
        self.state.note = ""
        self.state.update(trial)

    def trial_reported(self, trial: TrialRecord) -> None:
        """Show the new last report."""
        self.state.update(trial)

    def trial_lost(self, trial: TrialRecord, reason: str) -> None:
        """Take the trial off those that run."""
        self.state.drop(trial)

    def trial_repeated(self, trial: TrialRecord, reason: str) -> None:
        """Take the trial off those that run."""
        self.state.drop(trial)

    def trial_revived(self, trial: TrialRecord) -> None:
        """Count the trial no longer among those that ended."""
        self.state.revive(trial)

    def trial_corrected(self, before: TrialRecord, trial: TrialRecord, best: TrialRecord | None) -> None:
        """Show the trial with what counts now."""
        self.state.correct(before, trial, best)

    def limits_changed(self, config: RunConfig) -> None:
        """Show progress towards the new limits."""
        self.state.config = config

    def warning(self, message: str) -> None:
        """Keep the message, which is repeated when the run has ended."""
        self.warnings[message] += 1

    def waits_changed(self, waits: tuple[Wait, ...]) -> None:
        """Remember why no more trials are started."""
        self.state.waits = waits

    def trial_ended(self, trial: TrialRecord) -> None:
        """Count the trial and keep its result."""
        self.state.end(trial)

    def waiting(self, reason: str) -> None:
        """Remember why a slot is free."""
        self.state.note = reason
