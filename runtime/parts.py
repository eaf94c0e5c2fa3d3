"""What the pieces of the experiment loop share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from nnic.runtime.advisor import Advisor
from nnic.runtime.clock import Clock
from nnic.runtime.config import RunConfig
from nnic.runtime.devices.admission import Admission
from nnic.runtime.launchers.base import Key, Launcher
from nnic.runtime.ledger import Ledger
from nnic.runtime.metrics import Metric
from nnic.runtime.observer import Observer
from nnic.runtime.roster import Live, Roster
from nnic.runtime.store import Store
from nnic.runtime.transitions import ENDING, Cause
from nnic.tuners.protocol import Problem

PATIENCE_S = 2.0
"""How long a trial may take to its next report when it is told there to stop. The report that was judged
waits for the answer itself unless reports come faster than answers."""


@dataclass(slots=True)
class Parts:
    """What the loop works with, all of it handed in, and what it does after the next commit.

    Parameters
    ----------
    admission
        Gives trials what they run on.
    elapsed_s
        Seconds that earlier sessions of the experiment took.
    resumed, warnings
        Whether there were any, and what a person should read about going on.
    waits, exhausted
        What the tuner answered last (see ``Replay``).
    unread
        The metrics files of attempts whose manager was killed, by trial.
    effects
        Done after the next commit, in order: processes start and end, screens are told.
    """

    config: RunConfig
    problem: Problem
    advisor: Advisor
    launcher: Launcher
    store: Store
    clock: Clock
    observer: Observer
    ledger: Ledger
    roster: Roster
    admission: Admission = field(default_factory=Admission)
    elapsed_s: float = 0.0
    resumed: bool = False
    warnings: tuple[str, ...] = ()
    waits: bool = False
    exhausted: str | None = None
    unread: Mapping[int, Sequence[Metric]] = field(default_factory=dict)
    effects: list[Callable[[], None]] = field(default_factory=list)

    def end_trial(self, live: Live, cause: Cause) -> None:
        """Ask the processes of a running trial to end, if they were not asked before."""
        fresh = live.phase not in ENDING
        if not fresh and cause in (Cause.STOP, Cause.PAUSE):
            return
        self.roster.move(live, cause)
        if cause in (Cause.STOP, Cause.PAUSE):
            live.asked = True
            self.effects.append(lambda: self._ask_to_stop(live, live.key))
        elif fresh or live.asked:
            self.terminate(live)

    def terminate(self, live: Live) -> None:
        """Send a signal to end the processes of a trial, which has a grace period from now on."""
        self.await_end(live)
        self.effects.append(lambda: self.launcher.terminate(live.key))

    def await_end(self, live: Live) -> None:
        """Give a trial that ends the grace period to do so."""
        live.asked = False
        live.deadline = self.clock.monotonic() + self.config.grace_s

    def _ask_to_stop(self, live: Live, key: Key) -> None:
        if not live.asked or live.key != key:  # it has ended since, or has got a signal
            return
        live.deadline = self.clock.monotonic() + min(self.config.grace_s, PATIENCE_S)
        if not self.launcher.ask_to_stop(key):
            self.await_end(live)
            self.launcher.terminate(key)

    def end_running(self, cause: Cause) -> None:
        """:meth:`end_trial` for all."""
        for live in self.roster.running():
            self.end_trial(live, cause)
