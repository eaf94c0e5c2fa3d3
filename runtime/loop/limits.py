"""The limits of a run: configurations, trials at once, and time of the whole and of a trial."""

from __future__ import annotations

from nnic.runtime.clock import Clock
from nnic.runtime.config import RunConfig
from nnic.runtime.loop.transitions import Phase
from nnic.runtime.loop.trial_table import ActiveTrial


class Limits:
    """The run's configuration as it is at the moment, and how much is left of what it allows.

    Parameters
    ----------
    elapsed_s
        Seconds that earlier sessions of the experiment took.
    """

    def __init__(self, config: RunConfig, clock: Clock, elapsed_s: float = 0.0) -> None:
        self._config = config
        self._clock = clock
        self._begin = clock.monotonic() - elapsed_s

    @property
    def config(self) -> RunConfig:
        """The configuration, with the limits that hold now."""
        return self._config

    def change(self, config: RunConfig) -> None:
        """Let other limits hold from now on."""
        self._config = config

    def elapsed(self) -> float:
        """Return the seconds that all sessions have taken together."""
        return self._clock.monotonic() - self._begin

    def time_is_up(self) -> bool:
        """Whether ``time_s`` is over."""
        limit = self._config.time_s
        return limit is not None and self.elapsed() >= limit

    def seconds_left(self) -> tuple[float, ...]:
        """Return the seconds until ``time_s`` is over; nothing without that limit, or when it is reached."""
        left = (self._config.time_s or 0.0) - self.elapsed()
        return (left,) if left > 0 else ()

    def trial_seconds_left(self, active: ActiveTrial) -> tuple[float, ...]:
        """Return the seconds that a trial may still run, negative when it has run too long; nothing without a
        limit."""
        limit = self._config.trial_time_s
        if limit is None or active.phase is not Phase.RUNNING:
            return ()
        return (active.progress.launched + limit - self._clock.monotonic(),)

    def reached(self, configurations: int) -> bool:
        """Whether no further configuration may be tried."""
        trials = self._config.trials
        return trials is not None and configurations >= trials

    def may_ask(self, free: int, configurations: int) -> int:
        """Return how many of ``free`` slots new configurations may take."""
        trials = self._config.trials
        return free if trials is None else max(0, min(free, trials - configurations))
