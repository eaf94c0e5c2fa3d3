"""The limits of a run: configurations and time."""

from __future__ import annotations

from nnic.runtime.clock import Clock
from nnic.runtime.config import RunConfig


class Limits:
    """Counts down; ``elapsed_s`` is what earlier sessions of the experiment took."""

    def __init__(self, config: RunConfig, clock: Clock, elapsed_s: float) -> None:
        self._config = config
        self._clock = clock
        self._begin = clock.monotonic() - elapsed_s

    def elapsed(self) -> float:
        """Seconds of all sessions together."""
        return self._clock.monotonic() - self._begin

    def time_is_up(self) -> bool:
        """Whether ``time_s`` is over."""
        return self._config.time_s is not None and self.elapsed() >= self._config.time_s

    def seconds_left(self) -> tuple[float, ...]:
        """One entry if there is a limit that is not reached, else none."""
        left = (self._config.time_s or 0.0) - self.elapsed()
        return (left,) if left > 0 else ()

    def reached(self, configurations: int) -> bool:
        """Whether no further configuration may be tried."""
        return self._config.trials is not None and configurations >= self._config.trials

    def may_ask(self, free: int, configurations: int) -> int:
        """How many of ``free`` slots new configurations may take."""
        trials = self._config.trials
        return free if trials is None else max(0, min(free, trials - configurations))
