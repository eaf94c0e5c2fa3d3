"""Time, handed to the experiment loop so that tests can hand in another."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Two readings of time."""

    def now(self) -> float:
        """Unix seconds; may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds from some beginning; never goes back."""
        ...


class SystemClock:
    """The machine's."""

    def now(self) -> float:
        """See :class:`Clock`."""
        return time.time()

    def monotonic(self) -> float:
        """See :class:`Clock`."""
        return time.monotonic()
