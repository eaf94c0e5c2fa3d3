"""What the pieces of the experiment loop share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from nnic.runtime.clock import Clock
from nnic.runtime.config import RunConfig
from nnic.runtime.devices.admission import Admission
from nnic.runtime.launchers.base import Key, Launcher
from nnic.runtime.launchers.metrics import Metric
from nnic.runtime.loop.observer import Observer
from nnic.runtime.loop.transitions import ENDING, Cause
from nnic.runtime.loop.trial_table import ActiveTrial, TrialTable
from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.writer import Store
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
    gateway: TunerGateway
    launcher: Launcher
    store: Store
    clock: Clock
    observer: Observer
    event_log: EventLog
    trial_table: TrialTable
    admission: Admission = field(default_factory=Admission)
    elapsed_s: float = 0.0
    resumed: bool = False
    warnings: tuple[str, ...] = ()
    waits: bool = False
    exhausted: str | None = None
    unread: Mapping[int, Sequence[Metric]] = field(default_factory=dict)
    effects: list[Callable[[], None]] = field(default_factory=list)

    def end_trial(self, active: ActiveTrial, cause: Cause) -> None:
        """Ask the processes of a running trial to end, if they were not asked before."""
        fresh = active.phase not in ENDING
        if not fresh and cause in (Cause.STOP, Cause.PAUSE):
            return
        self.trial_table.move(active, cause)
        if cause in (Cause.STOP, Cause.PAUSE):
            active.asked = True
            self.effects.append(lambda: self._ask_to_stop(active, active.key))
        elif fresh or active.asked:
            self.terminate(active)

    def terminate(self, active: ActiveTrial) -> None:
        """Send a signal to end the processes of a trial, which has a grace period from now on."""
        self.await_end(active)
        self.effects.append(lambda: self.launcher.terminate(active.key))

    def await_end(self, active: ActiveTrial) -> None:
        """Give a trial that ends the grace period to do so."""
        active.asked = False
        active.deadline = self.clock.monotonic() + self.config.grace_s

    def _ask_to_stop(self, active: ActiveTrial, key: Key) -> None:
        if not active.asked or active.key != key:  # it has ended since, or has got a signal
            return
        active.deadline = self.clock.monotonic() + min(self.config.grace_s, PATIENCE_S)
        if not self.launcher.ask_to_stop(key):
            self.await_end(active)
            self.launcher.terminate(key)

    def end_running(self, cause: Cause) -> None:
        """:meth:`end_trial` for all."""
        for active in self.trial_table.running():
            self.end_trial(active, cause)
