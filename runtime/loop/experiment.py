"""The experiment loop: ask, commit, launch, collect, assess, tell.

A turn takes in what happened, asks the tuner for the free slots, commits all of it in one
transaction and only then acts: processes start and end, screens are told. So whatever was done was
committed before, and a kill at any moment leaves a state from which a resume goes on.
"""

from __future__ import annotations

import contextlib
from functools import partial

from nnic.runtime import faults
from nnic.runtime.clock import Clock
from nnic.runtime.devices.admission import Admission
from nnic.runtime.devices.inventory import DevicesError
from nnic.runtime.disk_space import DiskFullError
from nnic.runtime.launchers.base import Happening, Launcher, LauncherError, Lost
from nnic.runtime.loop.collector import Collector
from nnic.runtime.loop.dispatcher import BaselineError, DirectionError, Dispatcher
from nnic.runtime.loop.earlier import Earlier
from nnic.runtime.loop.effects import Effects
from nnic.runtime.loop.ending import TrialEnder
from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.limits import Limits
from nnic.runtime.loop.observer import Observer, RunResult
from nnic.runtime.loop.outcome import describe_all_failed
from nnic.runtime.loop.request_handler import RequestHandler
from nnic.runtime.loop.transitions import Cause, Phase
from nnic.runtime.loop.trial_table import TrialTable
from nnic.runtime.loop.tuner_gateway import TunerError, TunerGateway
from nnic.runtime.store.connection import StoreError
from nnic.runtime.store.protocol import ExperimentStore
from nnic.runtime.store.records import STOPPED_BY_USER, ExperimentState
from nnic.tuners.space import SearchSpace

TICK_S = 0.25


class Experiment:
    """One session of an experiment, put together by ``assembly.py``.

    Used from one thread, but for :meth:`request_stop` and :meth:`request_drain`.

    Parameters
    ----------
    earlier
        ``None`` for the first session.
    """

    def __init__(
        self,
        space: SearchSpace,
        trial_table: TrialTable,
        limits: Limits,
        dispatcher: Dispatcher,
        collector: Collector,
        request_handler: RequestHandler,
        recorder: EventRecorder,
        ender: TrialEnder,
        effects: Effects,
        gateway: TunerGateway,
        admission: Admission,
        launcher: Launcher,
        store: ExperimentStore,
        clock: Clock,
        observer: Observer,
        earlier: Earlier | None = None,
    ) -> None:
        self._space = space
        self._trial_table = trial_table
        self._limits = limits
        self._dispatcher = dispatcher
        self._collector = collector
        self._request_handler = request_handler
        self._recorder = recorder
        self._ender = ender
        self._effects = effects
        self._gateway = gateway
        self._admission = admission
        self._launcher = launcher
        self._store = store
        self._clock = clock
        self._observer = observer
        self._earlier = earlier
        self._wanted_stop = 0  # 1 to drain, 2 to end trials, 3 to kill them; set in signal handlers
        self._heeded_stop = 0
        self._ending: tuple[ExperimentState, str] | None = None
        self._last_tick = 0.0

    def request_stop(self, drain: bool = True) -> None:
        """End the run; a second call, or one without ``drain``, ends running trials too, and a third
        does not wait for them.

        Raises
        ------
        KeyboardInterrupt
            When the loop has not come to heed the second one: then it is stuck in the tuner's code.
        """
        if self._wanted_stop >= 2 > self._heeded_stop:
            raise KeyboardInterrupt
        self._wanted_stop = min(3, max(self._wanted_stop + 1, 1 if drain else 2))
        self._launcher.wake()

    def request_drain(self) -> None:
        """Let the running trials end, then end the run; a second call changes nothing."""
        self._wanted_stop = max(self._wanted_stop, 1)
        self._launcher.wake()

    def run(self) -> RunResult:
        """Run to the end.

        Raises
        ------
        StoreError
            When the store cannot be written; what was committed is safe.
        """
        try:
            self._open()
            while not self._turn():
                self._wait()
            result = self._close()
        except BaseException:
            self._abandon()
            raise
        self._observer.run_ended(result)
        return result

    def _open(self) -> None:
        self._store.set_state(ExperimentState.RUNNING, "", None)
        resumed, earlier = self._earlier is not None, self._earlier or Earlier()
        self._observer.run_started(self._limits.config, self._space, self, resumed)
        for warning in (*earlier.warnings, *self._admission.warnings):
            self._observer.warning(warning)
        for active in self._trial_table.running():
            try:
                self._collector.end_abandoned(active, earlier.unread.get(active.record.id, ()))
            except TunerError as error:
                self._break(error)
        if 0 not in self._trial_table or self._limits.config.keep_going:
            return
        if self._trial_table[0].phase is Phase.FAILED and self._trial_table[0].record.discarded is None:
            self._trial_table.revive(self._trial_table[0])

    def _turn(self) -> bool:
        """Decide, commit and act; return whether the run is over."""
        self._heed_stop()
        try:
            self._watch_time()
            self._admission.look(
                [active.record for active in self._trial_table.running()], self._clock.monotonic()
            )
            if self._ending is None:
                self._request_handler.serve()
                self._dispatcher.fill_slots()
        except (BaselineError, DevicesError) as error:
            self._end(ExperimentState.FAILED, str(error))
        except DirectionError as error:
            self._end(ExperimentState.INTERRUPTED, str(error))
        except TunerError as error:
            self._break(error)
        self._commit()
        self._effects.run()
        return not self._trial_table.running() and (self._ending is not None or self._dispatcher.finished())

    def _wait(self) -> None:
        happenings: list[Happening] = []
        try:
            happenings.extend(self._launcher.wait(self._timeout()))
        except LauncherError as error:
            self._end(ExperimentState.FAILED, str(error))
            happenings.extend(Lost(active.key, str(error)) for active in self._trial_table.running())
        for happening in happenings:
            try:
                self._collector.collect(happening)
            except TunerError as error:
                self._break(error)
            except DiskFullError as error:
                self._end(ExperimentState.INTERRUPTED, str(error))
                self._ender.end_all(Cause.INTERRUPT)
        now = self._clock.monotonic()
        if now - self._last_tick >= TICK_S:
            self._last_tick = now
            self._observer.tick()

    def _timeout(self) -> float:
        now = self._clock.monotonic()
        running = self._trial_table.running()
        deadlines = (active.progress.deadline for active in running)
        timers = [deadline - now for deadline in deadlines if deadline is not None]
        limits = (seconds for active in running for seconds in self._limits.trial_seconds_left(active))
        return max(0.0, min([TICK_S, *timers, *limits, *self._limits.seconds_left()]))

    def _commit(self) -> None:
        if self._store.dirty:
            self._store.set_elapsed(self._limits.elapsed())
            faults.pass_point("before-commit")
            self._store.commit()
            faults.pass_point("after-commit")

    def _heed_stop(self) -> None:
        wanted = self._wanted_stop
        if wanted == self._heeded_stop:
            return
        self._heeded_stop = wanted
        self._end(ExperimentState.INTERRUPTED, STOPPED_BY_USER)
        self._effects.add(partial(self._observer.stopping, wanted < 2))
        if wanted >= 2:
            self._ender.end_all(Cause.INTERRUPT)
        if wanted == 3:
            self._ender.kill_all()

    def _watch_time(self) -> None:
        self._ender.watch()
        for active in self._trial_table.running():
            if any(seconds <= 0 for seconds in self._limits.trial_seconds_left(active)):
                self._trial_table.set_limit(active, self._limits.config.trial_time_s or 0.0)
                self._ender.end(active, Cause.EXPIRE)
        if self._ending is None and self._limits.time_is_up():
            self._end(ExperimentState.DONE, f"the time limit of {self._limits.config.time_s:g} s is reached")
            self._ender.end_all(Cause.CANCEL)
            for active in self._trial_table.waiting():
                self._trial_table.move(active, Cause.CANCEL)
                self._recorder.tell_end(active)

    def _end(self, state: ExperimentState, reason: str) -> None:
        if self._ending is None:
            self._ending = state, reason

    def _break(self, error: TunerError) -> None:
        self._recorder.broken = True
        self._end(ExperimentState.FAILED, str(error))
        self._ender.end_all(Cause.INTERRUPT)

    def _close(self) -> RunResult:
        self._dispatcher.tell_waits(())
        state, reason = self._ending or (ExperimentState.DONE, self._dispatcher.reason())
        if state is ExperimentState.DONE:
            failed = describe_all_failed(active.record for active in self._trial_table)
            state, reason = (ExperimentState.FAILED, failed) if failed else (state, reason)
        self._store.set_state(state, reason, self._clock.now())
        self._store.set_elapsed(self._limits.elapsed())
        self._store.commit()
        if not self._recorder.broken:
            with contextlib.suppress(TunerError):  # The state is a cache: the log is the truth.
                self._store.put_tuner_state(self._gateway.save())
        baseline = self._trial_table[0].record if 0 in self._trial_table else None
        name, malformed = self._limits.config.name, self._launcher.malformed
        return RunResult(name, state, reason, self._recorder.best, baseline, malformed)

    def _abandon(self) -> None:
        """Leave a state that can be resumed, after something that the loop does not understand."""
        self._launcher.close()
        self._store.discard()
        why = STOPPED_BY_USER if self._wanted_stop else "ended by an error"
        self._store.set_state(ExperimentState.INTERRUPTED, why, self._clock.now())
        with contextlib.suppress(StoreError):
            self._store.commit()
