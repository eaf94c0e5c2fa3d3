"""Starts attempts: each is in the table and in the log first, and is launched after the commit."""

from __future__ import annotations

from nnic.runtime import faults
from nnic.runtime.clock import Clock
from nnic.runtime.devices.admission import Admission, Allocation
from nnic.runtime.launchers.base import Launch, Launcher
from nnic.runtime.loop.effects import Effects
from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.observer import Observer
from nnic.runtime.loop.trial_table import ActiveTrial, TrialTable
from nnic.runtime.store.log_entries import Attempt, TrialStarted
from nnic.runtime.store.records import TrialRecord


class AttemptStarter:
    """Starts attempts.

    Parameters
    ----------
    judges
        Whether a report may lead to the end of its trial.
    """

    def __init__(
        self,
        trial_table: TrialTable,
        recorder: EventRecorder,
        admission: Admission,
        launcher: Launcher,
        clock: Clock,
        observer: Observer,
        effects: Effects,
        judges: bool,
    ) -> None:
        self._trial_table = trial_table
        self._recorder = recorder
        self._admission = admission
        self._launcher = launcher
        self._clock = clock
        self._observer = observer
        self._effects = effects
        self._judges = judges

    def start(self, active: ActiveTrial, allocation: Allocation) -> None:
        """Start the next attempt of a trial, on what it was given.

        Raises
        ------
        TunerError
            When the tuner raises; the attempt starts all the same.
        """
        self._admission.begin(active.record)
        judged = self._judges and not active.record.baseline
        self._trial_table.begin_attempt(
            active, self._clock.now(), self._clock.monotonic(), judged, allocation.devices
        )
        launch = self._trial_table.launch_of(active, allocation.environment)
        record = active.record
        # Before the tuner is told: if that raises, there is a process to end.
        self._effects.add(lambda: self._launch(launch, record))
        if record.attempt > 0:
            self._recorder.log(Attempt(*active.key, record.attempts[-1].steps))
        elif not record.baseline:
            self._recorder.tell(TrialStarted(record.id))

    def _launch(self, launch: Launch, record: TrialRecord) -> None:
        faults.pass_point("before-launch")
        self._launcher.start(launch)
        faults.pass_point("after-launch")
        self._observer.trial_started(record)
