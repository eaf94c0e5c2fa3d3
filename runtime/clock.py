"""Time, handed to the experiment loop so that tests can hand in another."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells two kinds of time."""

    def now(self) -> float:
        """Return the time in Unix seconds, which may jump."""
        ...

    def monotonic(self) -> float:
        """Return seconds from some beginning, which never go back."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Return the time; see :class:`Clock`."""
        return time.time()

    def monotonic(self) -> float:
        """Return the time; see :class:`Clock`."""
        return time.monotonic()
