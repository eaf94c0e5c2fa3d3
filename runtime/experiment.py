"""The experiment loop: ask, commit, launch, collect, assess, tell.

A turn takes in what happened, asks the tuner for the free slots, commits all of it in one
transaction and only then acts: processes start and end, screens are told. So whatever was done was
committed before, and a kill at any moment leaves a state from which a resume goes on.
"""

from __future__ import annotations

import contextlib

from nnic.runtime import faults
from nnic.runtime.advisor import AdvisorError
from nnic.runtime.asker import Asker, BaselineError
from nnic.runtime.collector import Collector
from nnic.runtime.desk import Desk
from nnic.runtime.devices.inventory import DevicesError
from nnic.runtime.launchers.base import Happening, LauncherError, Lost
from nnic.runtime.limits import Limits
from nnic.runtime.observer import RunResult
from nnic.runtime.parts import Parts
from nnic.runtime.records import STOPPED_BY_USER, ExperimentState
from nnic.runtime.room import DiskFullError
from nnic.runtime.schema import StoreError
from nnic.runtime.teller import Teller
from nnic.runtime.transitions import Cause, Phase
from nnic.tuners.protocol import TrialState

TICK_S = 0.25


class Experiment:
    """One session of an experiment. Used from one thread, but for :meth:`request_stop`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._limits = Limits(parts)
        self._teller = Teller(parts)
        self._asker = Asker(parts, self._teller, self._limits)
        self._collector = Collector(parts, self._teller)
        self._desk = Desk(parts, self._teller)
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
        for live in parts.roster.running():
            try:
                self._collector.bury(live)
            except AdvisorError as error:
                self._break(error)
        if 0 in parts.roster and parts.roster[0].phase is Phase.FAILED and not parts.config.keep_going:
            parts.roster.move(parts.roster[0], Cause.REVIVE)

    def _turn(self) -> bool:
        """Decide, commit, act; whether the run is over."""
        self._heed_stop()
        try:
            self._watch_time()
            self._parts.admission.look(self._parts.roster.running(), self._parts.clock.monotonic())
            if self._ending is None:
                self._desk.serve()
                self._asker.fill_slots()
        except (BaselineError, DevicesError) as error:
            self._end(ExperimentState.FAILED, str(error))
        except AdvisorError as error:
            self._break(error)
        self._commit()
        self._act()
        return not self._parts.roster.running() and (self._ending is not None or self._finished())

    def _wait(self) -> None:
        parts = self._parts
        happenings: list[Happening] = []
        try:
            happenings.extend(parts.launcher.wait(self._timeout()))
        except LauncherError as error:
            self._end(ExperimentState.FAILED, str(error))
            happenings.extend(Lost(live.key, str(error)) for live in parts.roster.running())
        for happening in happenings:
            try:
                self._collector.collect(happening)
            except AdvisorError as error:
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
        running = self._parts.roster.running()
        timers = [live.deadline - now for live in running if live.deadline is not None]
        limits = (seconds for live in running for seconds in self._limits.trial_seconds_left(live))
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
            for live in parts.roster.running():
                live.asked, live.deadline = False, parts.clock.monotonic()

    def _watch_time(self) -> None:
        parts = self._parts
        now = parts.clock.monotonic()
        for live in parts.roster.running():
            if live.deadline is not None and now >= live.deadline:
                live.deadline = None
                if live.asked:
                    parts.terminate(live)
                else:
                    parts.launcher.kill(live.key)
            elif any(seconds <= 0 for seconds in self._limits.trial_seconds_left(live)):
                live.limit_s = parts.config.trial_time_s or 0.0
                parts.end_trial(live, Cause.EXPIRE)
        if self._ending is None and self._limits.time_is_up():
            self._end(ExperimentState.DONE, f"the time limit of {parts.config.time_s:g} s is reached")
            parts.end_running(Cause.CANCEL)
            for live in parts.roster.waiting():
                parts.roster.move(live, Cause.CANCEL)
                self._teller.tell_end(live)

    def _end(self, state: ExperimentState, reason: str) -> None:
        if self._ending is None:
            self._ending = state, reason

    def _break(self, error: AdvisorError) -> None:
        self._teller.broken = True
        self._end(ExperimentState.FAILED, str(error))
        self._parts.end_running(Cause.INTERRUPT)

    def _finished(self) -> bool:
        parts = self._parts
        reached = self._limits.reached(parts.ledger.configurations)
        return not parts.roster.waiting() and (reached or self._asker.exhausted is not None)

    def _close(self) -> RunResult:
        parts = self._parts
        self._asker.tell_waits(())
        state, reason = self._ending or (ExperimentState.DONE, self._reason())
        if state is ExperimentState.DONE:
            state, reason = self._all_failed() or (state, reason)
        parts.store.set_state(state, reason, parts.clock.now())
        parts.store.set_elapsed(self._limits.elapsed())
        parts.store.commit()
        if not self._teller.broken:
            with contextlib.suppress(AdvisorError):  # a cache: the log is the truth
                parts.store.put_tuner_state(parts.advisor.save())
        baseline = parts.roster[0].record if 0 in parts.roster else None
        malformed = parts.launcher.malformed
        return RunResult(parts.config.name, state, reason, self._teller.best, baseline, malformed)

    def _reason(self) -> str:
        if self._asker.exhausted is not None:
            return self._asker.exhausted or "the tuner has nothing more to propose"
        return f"{self._parts.config.trials} trials are done"

    def _all_failed(self) -> tuple[ExperimentState, str] | None:
        records = (live.record for live in self._parts.roster)
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
