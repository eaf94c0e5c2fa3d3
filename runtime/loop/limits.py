"""The limits of a run: configurations, and time of the whole and of a trial."""

from __future__ import annotations

from nnic.runtime.loop.parts import Parts
from nnic.runtime.loop.transitions import Phase
from nnic.runtime.loop.trial_table import ActiveTrial


class Limits:
    """Counts down what the run's configuration says at the moment."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._begin = parts.clock.monotonic() - parts.elapsed_s

    def elapsed(self) -> float:
        """Seconds of all sessions together."""
        return self._parts.clock.monotonic() - self._begin

    def time_is_up(self) -> bool:
        """Whether ``time_s`` is over."""
        limit = self._parts.config.time_s
        return limit is not None and self.elapsed() >= limit

    def seconds_left(self) -> tuple[float, ...]:
        """One entry if there is a limit that is not reached, else none."""
        left = (self._parts.config.time_s or 0.0) - self.elapsed()
        return (left,) if left > 0 else ()

    def trial_seconds_left(self, active: ActiveTrial) -> tuple[float, ...]:
        """One entry if the trial may not run for ever, negative when it has run too long."""
        limit = self._parts.config.trial_time_s
        if limit is None or active.phase is not Phase.RUNNING:
            return ()
        return (active.launched + limit - self._parts.clock.monotonic(),)

    def reached(self, configurations: int) -> bool:
        """Whether no further configuration may be tried."""
        trials = self._parts.config.trials
        return trials is not None and configurations >= trials

    def may_ask(self, free: int, configurations: int) -> int:
        """How many of ``free`` slots new configurations may take."""
        trials = self._parts.config.trials
        return free if trials is None else max(0, min(free, trials - configurations))
