"""Ends running trials: by the answer to a report where the script can hear it, else by signals."""

from __future__ import annotations

from nnic.runtime.clock import Clock
from nnic.runtime.launchers.base import Key, Launcher
from nnic.runtime.loop.effects import Effects
from nnic.runtime.loop.transitions import ENDING, Cause
from nnic.runtime.loop.trial_table import ActiveTrial, TrialTable

PATIENCE_S = 2.0
"""How long a trial may take to its next report when it is told there to stop. The report that was judged
waits for the answer itself unless reports come faster than answers."""


class TrialEnder:
    """Asks the processes of trials to end.

    Parameters
    ----------
    grace_s
        Seconds between the signal that asks and the one that ends.
    stop_grace_s
        Seconds that a script has which was told to stop and ends by itself, before the first signal.
    """

    def __init__(
        self,
        trial_table: TrialTable,
        launcher: Launcher,
        clock: Clock,
        effects: Effects,
        grace_s: float,
        stop_grace_s: float,
    ) -> None:
        self._trial_table = trial_table
        self._launcher = launcher
        self._clock = clock
        self._effects = effects
        self._grace_s = grace_s
        self._stop_grace_s = stop_grace_s

    def end(self, active: ActiveTrial, cause: Cause) -> None:
        """Ask the processes of a running trial to end, if they were not asked before."""
        fresh = active.phase not in ENDING
        if not fresh and cause in (Cause.STOP, Cause.PAUSE):
            return
        self._trial_table.move(active, cause)
        if cause in (Cause.STOP, Cause.PAUSE):
            self._trial_table.set_told_to_stop(active)
            self._effects.add(lambda: self._tell_to_stop(active, active.key))
        elif fresh or active.progress.told_to_stop:
            self.terminate(active)

    def end_all(self, cause: Cause) -> None:
        """Ask the processes of all running trials to end."""
        for active in self._trial_table.running():
            self.end(active, cause)

    def terminate(self, active: ActiveTrial) -> None:
        """Send a signal to end the processes of a trial, which has a grace period from now on."""
        self.await_end(active)
        self._effects.add(lambda: self._launcher.terminate(active.key))

    def await_end(self, active: ActiveTrial, by_itself: bool = False) -> None:
        """Give a trial that is about to end the grace period to do so, or the longer one ``by_itself``."""
        if by_itself:
            self._trial_table.set_ends_by_itself(active, self._clock.monotonic() + self._stop_grace_s)
            return
        self._trial_table.await_end(active, self._clock.monotonic() + self._grace_s)

    def kill_all(self) -> None:
        """End the grace period of all running trials now, so that the next turn kills them."""
        for active in self._trial_table.running():
            self._trial_table.await_end(active, self._clock.monotonic())

    def watch(self) -> None:
        """Send the next, stronger signal to the trials that took too long to end."""
        now = self._clock.monotonic()
        for active in self._trial_table.running():
            until = active.progress.lingers_until
            if until is not None and now >= until and active.progress.final is not None:
                self._trial_table.set_lingered(active)
                if active.phase not in ENDING:
                    self.terminate(active)
            deadline = active.progress.deadline
            if deadline is None or now < deadline:
                continue
            self._trial_table.set_deadline(active, None)
            if active.progress.told_to_stop:
                self.terminate(active)
            else:
                self._launcher.kill(active.key)

    def _tell_to_stop(self, active: ActiveTrial, key: Key) -> None:
        if (
            not active.progress.told_to_stop or active.key != key
        ):  # The attempt has ended since, or has got a signal.
            return
        patience = min(self._grace_s, PATIENCE_S)
        self._trial_table.set_deadline(active, self._clock.monotonic() + patience)
        if not self._launcher.ask_to_stop(key):
            self.await_end(active)
            self._launcher.terminate(key)
