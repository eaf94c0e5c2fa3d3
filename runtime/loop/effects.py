"""What the loop does after its next commit: it starts and ends processes, and tells screens."""

from __future__ import annotations

from collections.abc import Callable


class Effects:
    """A queue of what a turn of the loop decided to do.

    Nothing of it is done before the turn is committed, so that a kill at any moment leaves a store that
    knows of everything that was done.
    """

    def __init__(self) -> None:
        self._queue: list[Callable[[], None]] = []

    def add(self, effect: Callable[[], None]) -> None:
        """Queue ``effect``."""
        self._queue.append(effect)

    def run(self) -> None:
        """Do what is queued, in order; what is added meanwhile waits for the next commit."""
        queue, self._queue = self._queue, []
        for effect in queue:
            effect()
