"""The experiment loop: ask, commit, launch, collect, assess, tell.

A turn takes in what happened, asks the tuner for the free slots, commits all of it in one
transaction and only then acts: processes start and end, screens are told. So whatever was done was
committed before, and a kill at any moment leaves a state from which a resume goes on.
"""

from __future__ import annotations

import contextlib

from nnic.runtime import faults
from nnic.runtime.devices.inventory import DevicesError
from nnic.runtime.disk_space import DiskFullError
from nnic.runtime.launchers.base import Happening, LauncherError, Lost
from nnic.runtime.loop.collector import Collector
from nnic.runtime.loop.dispatcher import BaselineError, Dispatcher
from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.limits import Limits
from nnic.runtime.loop.observer import RunResult
from nnic.runtime.loop.parts import Parts
from nnic.runtime.loop.request_handler import RequestHandler
from nnic.runtime.loop.transitions import Cause, Phase
from nnic.runtime.loop.tuner_gateway import TunerError
from nnic.runtime.store.connection import StoreError
from nnic.runtime.store.records import STOPPED_BY_USER, ExperimentState
from nnic.runtime.text import counted
from nnic.tuners.protocol import TrialState

TICK_S = 0.25


class Experiment:
    """One session of an experiment. Used from one thread, but for :meth:`request_stop`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._limits = Limits(parts)
        self._recorder = EventRecorder(parts)
        self._dispatcher = Dispatcher(parts, self._recorder, self._limits)
        self._collector = Collector(parts, self._recorder)
        self._request_handler = RequestHandler(parts, self._recorder)
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
        self._parts.launcher.wake()

    def request_drain(self) -> None:
        """Let the running trials end, then end the run; again, it changes nothing."""
        self._wanted_stop = max(self._wanted_stop, 1)
        self._parts.launcher.wake()

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
        self._parts.observer.run_ended(result)
        return result

    def _open(self) -> None:
        parts = self._parts
        parts.store.set_state(ExperimentState.RUNNING, "", None)
        parts.observer.run_started(parts.config, parts.problem.space, self, parts.resumed)
        for warning in (*parts.warnings, *parts.admission.warnings):
            parts.observer.warning(warning)
        for active in parts.trial_table.running():
            try:
                self._collector.bury(active)
            except TunerError as error:
                self._break(error)
        if (
            0 in parts.trial_table
            and parts.trial_table[0].phase is Phase.FAILED
            and not parts.config.keep_going
        ):
            parts.trial_table.move(parts.trial_table[0], Cause.REVIVE)

    def _turn(self) -> bool:
        """Decide, commit, act; whether the run is over."""
        self._heed_stop()
        try:
            self._watch_time()
            self._parts.admission.look(self._parts.trial_table.running(), self._parts.clock.monotonic())
            if self._ending is None:
                self._request_handler.serve()
                self._dispatcher.fill_slots()
        except (BaselineError, DevicesError) as error:
            self._end(ExperimentState.FAILED, str(error))
        except TunerError as error:
            self._break(error)
        self._commit()
        self._act()
        return not self._parts.trial_table.running() and (self._ending is not None or self._finished())

    def _wait(self) -> None:
        parts = self._parts
        happenings: list[Happening] = []
        try:
            happenings.extend(parts.launcher.wait(self._timeout()))
        except LauncherError as error:
            self._end(ExperimentState.FAILED, str(error))
            happenings.extend(Lost(active.key, str(error)) for active in parts.trial_table.running())
        for happening in happenings:
            try:
                self._collector.collect(happening)
            except TunerError as error:
                self._break(error)
            except DiskFullError as error:
                self._end(ExperimentState.INTERRUPTED, str(error))
                parts.end_running(Cause.INTERRUPT)
        now = parts.clock.monotonic()
        if now - self._last_tick >= TICK_S:
            self._last_tick = now
            parts.observer.tick()

    def _timeout(self) -> float:
        now = self._parts.clock.monotonic()
        running = self._parts.trial_table.running()
        timers = [active.deadline - now for active in running if active.deadline is not None]
        limits = (seconds for active in running for seconds in self._limits.trial_seconds_left(active))
        return max(0.0, min([TICK_S, *timers, *limits, *self._limits.seconds_left()]))

    def _commit(self) -> None:
        if self._parts.store.dirty:
            self._parts.store.set_elapsed(self._limits.elapsed())
            faults.pass_point("before-commit")
            self._parts.store.commit()
            faults.pass_point("after-commit")

    def _act(self) -> None:
        effects = self._parts.effects[:]
        self._parts.effects.clear()
        for effect in effects:
            effect()

    def _heed_stop(self) -> None:
        parts, wanted = self._parts, self._wanted_stop
        if wanted == self._heeded_stop:
            return
        self._heeded_stop = wanted
        self._end(ExperimentState.INTERRUPTED, STOPPED_BY_USER)
        parts.effects.append(lambda: parts.observer.stopping(wanted < 2))
        if wanted >= 2:
            parts.end_running(Cause.INTERRUPT)
        if wanted == 3:
            for active in parts.trial_table.running():
                active.asked, active.deadline = False, parts.clock.monotonic()

    def _watch_time(self) -> None:
        parts = self._parts
        now = parts.clock.monotonic()
        for active in parts.trial_table.running():
            if active.deadline is not None and now >= active.deadline:
                active.deadline = None
                if active.asked:
                    parts.terminate(active)
                else:
                    parts.launcher.kill(active.key)
            elif any(seconds <= 0 for seconds in self._limits.trial_seconds_left(active)):
                active.limit_s = parts.config.trial_time_s or 0.0
                parts.end_trial(active, Cause.EXPIRE)
        if self._ending is None and self._limits.time_is_up():
            self._end(ExperimentState.DONE, f"the time limit of {parts.config.time_s:g} s is reached")
            parts.end_running(Cause.CANCEL)
            for active in parts.trial_table.waiting():
                parts.trial_table.move(active, Cause.CANCEL)
                self._recorder.tell_end(active)

    def _end(self, state: ExperimentState, reason: str) -> None:
        if self._ending is None:
            self._ending = state, reason

    def _break(self, error: TunerError) -> None:
        self._recorder.broken = True
        self._end(ExperimentState.FAILED, str(error))
        self._parts.end_running(Cause.INTERRUPT)

    def _finished(self) -> bool:
        parts = self._parts
        reached = self._limits.reached(parts.event_log.configurations)
        return not parts.trial_table.waiting() and (reached or self._dispatcher.exhausted is not None)

    def _close(self) -> RunResult:
        parts = self._parts
        self._dispatcher.tell_waits(())
        state, reason = self._ending or (ExperimentState.DONE, self._reason())
        if state is ExperimentState.DONE:
            state, reason = self._all_failed() or (state, reason)
        parts.store.set_state(state, reason, parts.clock.now())
        parts.store.set_elapsed(self._limits.elapsed())
        parts.store.commit()
        if not self._recorder.broken:
            with contextlib.suppress(TunerError):  # a cache: the log is the truth
                parts.store.put_tuner_state(parts.gateway.save())
        baseline = parts.trial_table[0].record if 0 in parts.trial_table else None
        malformed = parts.launcher.malformed
        return RunResult(parts.config.name, state, reason, self._recorder.best, baseline, malformed)

    def _reason(self) -> str:
        if self._dispatcher.exhausted is not None:
            return self._dispatcher.exhausted or "the tuner has nothing more to propose"
        return f"{counted(self._parts.config.trials or 0, 'trial is', 'trials are')} done"

    def _all_failed(self) -> tuple[ExperimentState, str] | None:
        records = (active.record for active in self._parts.trial_table)
        ended = [record for record in records if record.status is not TrialState.CANCELLED]
        if not ended or any(record.status is not TrialState.FAILED for record in ended):
            return None
        error = ended[-1].error
        text = f"; the last: {error.kind}: {error.message}" if error is not None else ""
        return ExperimentState.FAILED, f"every trial failed{text}"

    def _abandon(self) -> None:
        """Leave a state that can be resumed, after something that the loop does not understand."""
        parts = self._parts
        parts.launcher.close()
        parts.store.discard()
        why = STOPPED_BY_USER if self._wanted_stop else "ended by an error"
        parts.store.set_state(ExperimentState.INTERRUPTED, why, parts.clock.now())
        with contextlib.suppress(StoreError):
            parts.store.commit()
