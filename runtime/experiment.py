"""The experiment loop: ask, commit, launch, collect, assess, tell.

A turn takes in what happened, asks the tuner for the free slots, commits all of it in one
transaction and only then acts: processes start and end, screens are told. So whatever was done was
committed before, and a kill at any moment leaves a state from which a resume goes on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnic.runtime import faults
from nnic.runtime.advisor import Advisor, AdvisorError
from nnic.runtime.clock import Clock
from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.base import (
    Exit,
    Exited,
    Happening,
    Launcher,
    LauncherError,
    Lost,
    Recorded,
    Started,
)
from nnic.runtime.ledger import Ledger, end_entry, report_entry, suggestion_to_json
from nnic.runtime.limits import Limits
from nnic.runtime.metrics import Crash, Invalid, Metric, Reads, Result
from nnic.runtime.observer import Observer, RunResult
from nnic.runtime.records import ExperimentState, TrialRecord, better
from nnic.runtime.roster import Live, Roster, known_defaults
from nnic.runtime.schema import StoreError
from nnic.runtime.store import Store
from nnic.runtime.transitions import ENDING, Cause, Phase
from nnic.runtime.verdict import judge
from nnic.tuners.protocol import (
    BatchStatus,
    Decision,
    EventKind,
    Failure,
    Problem,
    Suggestion,
    Trial,
    TrialState,
)

TICK_S = 0.25


@dataclass(slots=True)
class Parts:
    """What the loop works with, all of it replaceable."""

    config: RunConfig
    problem: Problem
    advisor: Advisor
    launcher: Launcher
    store: Store
    clock: Clock
    observer: Observer
    ledger: Ledger
    roster: Roster
    elapsed_s: float = 0.0  # of earlier sessions
    resumed: bool = False
    warnings: tuple[str, ...] = ()
    waits: bool = False
    exhausted: str | None = None
    unread: Mapping[int, Sequence[Metric]] = field(default_factory=dict)  # of attempts that are gone


class Experiment:
    """One session of an experiment. Used from one thread, but for :meth:`request_stop`."""

    def __init__(self, parts: Parts) -> None:
        self._config = parts.config
        self._problem = parts.problem
        self._advisor = parts.advisor
        self._launcher = parts.launcher
        self._store = parts.store
        self._clock = parts.clock
        self._observer = parts.observer
        self._ledger = parts.ledger
        self._roster = parts.roster
        self._parts = parts
        self._limits = Limits(parts.config, parts.clock, parts.elapsed_s)
        self._effects: list[Callable[[], None]] = []
        self._wanted_stop = 0  # 1 to drain, 2 to end trials, 3 to kill them; set in signal handlers
        self._heeded_stop = 0
        self._ending: tuple[ExperimentState, str] | None = None
        self._broken = False  # the tuner raised: it is not spoken to any more
        self._waits = parts.waits
        self._exhausted = parts.exhausted
        self._last_tick = 0.0
        self._best: TrialRecord | None = None

    def request_stop(self, drain: bool = True) -> None:
        """End the run; a second call, or one without ``drain``, ends running trials too, and a third
        does not wait for them."""
        self._wanted_stop = min(3, max(self._wanted_stop + 1, 1 if drain else 2))
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
        for live in self._roster:
            self._note_best(live.record)
        self._effects.clear()
        self._store.set_state(ExperimentState.RUNNING, "", None)
        self._observer.run_started(self._config, self._problem.space, self, self._parts.resumed)
        for warning in self._parts.warnings:
            self._observer.warning(warning)
        for live in self._roster.running():
            self._bury(live)
        if 0 in self._roster and self._roster[0].phase is Phase.FAILED and not self._config.keep_going:
            self._roster.move(self._roster[0], Cause.REVIVE)

    def _bury(self, live: Live) -> None:
        """End an attempt whose manager was killed; what it had told is kept, and told to nobody."""
        known = len(live.record.reports)
        reports = 0
        for metric in self._parts.unread.get(live.record.id, ()):
            if not isinstance(metric, Result):
                continue
            reports += not metric.final
            if metric.final or reports > known:
                report = self._roster.add_result(live, metric)
                if report is not None:
                    self._log("note", report_entry(*live.key, report))
        try:
            self._take_loss(live, "its manager was killed")
        except AdvisorError as error:
            self._break(error)

    def _turn(self) -> bool:
        """Decide, commit, act; whether the run is over."""
        self._heed_requests()
        try:
            self._watch_time()
            self._fill_slots()
        except AdvisorError as error:
            self._break(error)
        self._commit()
        self._act()
        return not self._roster.running() and (self._ending is not None or self._finished())

    def _wait(self) -> None:
        try:
            happenings = self._launcher.wait(self._timeout())
        except LauncherError as error:
            self._end(ExperimentState.FAILED, str(error))
            happenings = [Lost(live.key, str(error)) for live in self._roster.running()]
        for happening in happenings:
            self._collect(happening)
        now = self._clock.monotonic()
        if now - self._last_tick >= TICK_S:
            self._last_tick = now
            self._observer.tick()

    def _commit(self) -> None:
        if self._store.dirty:
            self._store.set_elapsed(self._limits.elapsed())
            faults.pass_point("before-commit")
            self._store.commit()
            faults.pass_point("after-commit")

    def _act(self) -> None:
        effects, self._effects = self._effects, []
        for effect in effects:
            effect()

    # Stopping

    def _heed_requests(self) -> None:
        wanted = self._wanted_stop
        if wanted == self._heeded_stop:
            return
        self._heeded_stop = wanted
        self._end(ExperimentState.INTERRUPTED, "stopped by its user")
        self._effects.append(lambda: self._observer.stopping(wanted < 2))
        if wanted >= 2:
            self._end_running(Cause.INTERRUPT)
        if wanted == 3:
            for live in self._roster.running():
                live.deadline = self._clock.monotonic()

    def _watch_time(self) -> None:
        if self._ending is None and self._limits.time_is_up():
            self._end(ExperimentState.DONE, f"the time limit of {self._config.time_s:g} s is reached")
            self._end_running(Cause.CANCEL)
            for live in self._roster.waiting():
                self._roster.move(live, Cause.CANCEL)
                self._tell_end(live)
        now = self._clock.monotonic()
        for live in self._roster.running():
            if live.deadline is not None and now >= live.deadline:
                live.deadline = None
                self._launcher.kill(live.key)

    def _end(self, state: ExperimentState, reason: str) -> None:
        if self._ending is None:
            self._ending = state, reason

    def _break(self, error: AdvisorError) -> None:
        self._broken = True
        self._end(ExperimentState.FAILED, str(error))
        self._end_running(Cause.INTERRUPT)

    def _end_running(self, cause: Cause) -> None:
        for live in self._roster.running():
            self._end_trial(live, cause)

    def _end_trial(self, live: Live, cause: Cause) -> None:
        fresh = live.phase not in ENDING
        if not fresh and cause in (Cause.STOP, Cause.PAUSE):
            return
        self._roster.move(live, cause)
        if fresh:
            live.deadline = self._clock.monotonic() + self._config.grace_s
            self._effects.append(lambda: self._launcher.terminate(live.key))

    def _timeout(self) -> float:
        now = self._clock.monotonic()
        timers = [live.deadline - now for live in self._roster.running() if live.deadline is not None]
        return max(0.0, min([TICK_S, *timers, *self._limits.seconds_left()]))

    # Asking

    def _fill_slots(self) -> None:
        if self._ending is not None:
            return
        if not self._baseline_settled():
            return
        free = self._config.jobs - len(self._roster.running())
        for live in self._roster.waiting()[: max(0, free)]:
            self._launch(live)
            free -= 1
        if free > 0 and not self._waits and self._exhausted is None:
            self._ask(free)

    def _baseline_settled(self) -> bool:
        """Whether trial 0 has ended and the others may start; starts it when it has not."""
        if 0 not in self._roster:
            config = known_defaults(self._problem.space)
            self._log("baseline", {"trial": 0, "config": config})
            self._roster.add(0, Suggestion(config))
        live = self._roster[0]
        if live.phase is Phase.WAITING:
            self._launch(live)
        if live.phase is Phase.FAILED and not self._config.keep_going:
            seconds = live.record.seconds or 0.0
            failure = live.record.error
            text = f": {failure.kind}: {failure.message}" if failure is not None else ""
            self._end(
                ExperimentState.FAILED, f"trial #0 (your own values) failed after {seconds:.1f} s{text}"
            )
            return False
        return live.record.status.ended

    def _ask(self, free: int) -> None:
        n = self._limits.may_ask(free, self._ledger.configurations)
        promotions_only = n == 0
        if promotions_only and self._problem.fidelity is None:
            return
        n = n or free
        batch = self._advisor.suggest(n)
        entries = [
            {"trial": self._ledger.next_id + index, **suggestion_to_json(suggestion)}
            for index, suggestion in enumerate(batch.suggestions)
        ]
        data = {"n": n, "status": batch.status.value, "reason": batch.reason, "suggestions": entries}
        self._log("ask", data)
        lives = [self._roster.add(entry["trial"], s) for entry, s in zip(entries, batch.suggestions)]
        for live in lives:
            if promotions_only and live.suggestion.parent is None:
                self._exhausted = ""  # it proposes beyond the limit, so it has no promotions left
                self._roster.move(live, Cause.CANCEL, Failure("limit", "beyond the limit of trials"))
                self._tell_end(live)
            else:
                self._launch(live)
        self._heed_status(batch.status, batch.reason, bool(batch.suggestions), promotions_only)

    def _heed_status(self, status: BatchStatus, reason: str, any_: bool, promotions_only: bool) -> None:
        if status is BatchStatus.EXHAUSTED:
            self._exhausted = reason
        elif status is BatchStatus.WAIT or not any_:
            if self._roster.running():
                self._waits = True
                self._effects.append(lambda: self._observer.waiting(reason))
            elif promotions_only:
                self._exhausted = reason
            elif not any_:
                raise AdvisorError(
                    f"tuner {self._advisor.tuner_name!r} waits although no trial is running"
                    + (f" ({reason})" if reason else "")
                )

    def _launch(self, live: Live) -> None:
        self._roster.begin_attempt(live, self._clock.now())
        launch, record = self._roster.launch_of(live), live.record

        def start() -> None:
            faults.pass_point("before-launch")
            self._launcher.start(launch)
            faults.pass_point("after-launch")
            self._observer.trial_started(record)

        self._effects.append(start)
        if record.attempt > 0:
            self._log("attempt", {"trial": record.id, "attempt": record.attempt})
        elif not record.baseline:
            self._tell({"event": EventKind.STARTED.value, "trial": record.id})

    # Collecting

    def _collect(self, happening: Happening) -> None:
        live = self._roster.current(happening.key)
        if live is None:
            return  # of an attempt that is over
        try:
            if isinstance(happening, Recorded):
                self._take_metric(live, happening.metric)
            elif isinstance(happening, Started):
                self._roster.set_process(live, happening.process)
                if happening.process is not None:
                    faults.register("trial", happening.process.pid)
            elif isinstance(happening, Exited):
                self._take_exit(live, happening.exit)
            else:
                self._take_loss(live, happening.reason)
        except AdvisorError as error:
            self._break(error)

    def _take_metric(self, live: Live, metric: Metric) -> None:
        if isinstance(metric, Result):
            point = "final" if metric.final else "report"
            faults.pass_point(f"before-{point}")
            report = self._roster.add_result(live, metric)
            if report is not None:
                self._take_report(live, report_entry(*live.key, report))
            faults.pass_point(f"after-{point}")
        elif isinstance(metric, Invalid):
            live.invalid = metric
        elif isinstance(metric, Crash):
            live.crash = metric
        elif isinstance(metric, Reads) and live.record.baseline:
            read = set(metric.keys)
            self._store.set_never_read(tuple(p.key for p in self._problem.space if p.key not in read))

    def _take_report(self, live: Live, data: dict[str, Any]) -> None:
        record = live.record
        self._effects.append(lambda: self._observer.trial_reported(record))
        # A repeated attempt comes by steps that the tuner knows already: each is told once.
        if record.baseline or live.phase is not Phase.RUNNING or data["step"] < live.told:
            self._log("note", data)
            return
        live.told = data["step"] + 1
        tuner, assessor = self._tell(data)
        decision = max(tuner, assessor)
        if decision is not Decision.CONTINUE:
            order = self._ledger.order - 1
            self._log("decision", {"order": order, "trial": record.id, "tuner": tuner, "assessor": assessor})
            self._end_trial(live, Cause.STOP if decision is Decision.STOP else Cause.PAUSE)

    def _take_exit(self, live: Live, exit: Exit) -> None:
        failure = judge(exit, live.final, live.invalid, live.crash)
        cause = Cause.SUCCEED if failure is None else Cause.FAIL
        self._roster.end_attempt(live, cause, self._clock.now(), failure, exit)
        self._after_attempt(live, "interrupted")

    def _take_loss(self, live: Live, reason: str) -> None:
        self._roster.end_attempt(live, Cause.LOSE, self._clock.now(), Failure("lost", reason))
        if live.phase is Phase.WAITING and live.losses > self._config.retries:
            text = f"lost {live.losses} times, the last time because {reason}"
            self._roster.move(live, Cause.GIVE_UP, Failure("lost", text))
        self._after_attempt(live, reason)

    def _after_attempt(self, live: Live, reason: str) -> None:
        faults.pass_point("exit")
        record = live.record
        if live.phase is Phase.WAITING:
            self._effects.append(lambda: self._observer.trial_lost(record, reason))
        else:
            self._tell_end(live)

    # Telling

    def _log(self, kind: str, data: dict[str, Any]) -> None:
        self._store.append(kind, data)
        self._ledger.apply(kind, data)

    def _tell(self, data: dict[str, Any]) -> tuple[Decision, Decision]:
        """Log an event and tell it; what the tuner and the assessor decide."""
        data = {"order": self._ledger.order, **data}
        # The log has the event before the tuner does: if that raises, a resume tells it again.
        self._store.append("event", data)
        event = self._ledger.apply("event", data)
        assert event is not None
        if event.kind is not EventKind.STARTED:
            self._waits = False
        if self._broken:
            return Decision.CONTINUE, Decision.CONTINUE
        return self._advisor.observe(event), self._advisor.assess(event)

    def _tell_end(self, live: Live) -> None:
        record = live.record
        self._effects.append(lambda: self._observer.trial_ended(record))
        self._note_best(record)
        values = None if record.metric is None else (record.metric,)
        trial = Trial(record.id, live.suggestion, record.status, values=values, failure=record.error)
        if not record.baseline:
            self._tell(end_entry(trial))
        elif record.status is TrialState.SUCCEEDED and self._problem.space.defaults() is not None:
            self._tell(end_entry(trial, EventKind.IMPORTED))
        else:
            self._log("note", end_entry(trial))

    def _note_best(self, record: TrialRecord) -> None:
        if record.status is not TrialState.SUCCEEDED or record.metric is None:
            return
        previous = self._best
        if better(record.metric, None if previous is None else previous.metric, self._config.maximize):
            self._best = record
            self._effects.append(lambda: self._observer.best_changed(record, previous))

    # Ending

    def _finished(self) -> bool:
        return not self._roster.waiting() and (
            self._exhausted is not None or self._limits.reached(self._ledger.configurations)
        )

    def _close(self) -> RunResult:
        state, reason = self._ending or (ExperimentState.DONE, self._reason())
        if state is ExperimentState.DONE:
            state, reason = self._all_failed() or (state, reason)
        self._store.set_state(state, reason, self._clock.now())
        self._store.set_elapsed(self._limits.elapsed())
        self._store.commit()
        if not self._broken:
            with contextlib.suppress(AdvisorError):  # a cache: the log is the truth
                self._store.put_tuner_state(self._advisor.save())
        baseline = self._roster[0].record if 0 in self._roster else None
        return RunResult(
            self._config.name, state, reason, self._best, baseline, malformed=self._launcher.malformed
        )

    def _reason(self) -> str:
        if self._exhausted is not None:
            return self._exhausted or "the tuner has nothing more to propose"
        return f"{self._config.trials} trials are done"

    def _all_failed(self) -> tuple[ExperimentState, str] | None:
        ended = [live.record for live in self._roster if live.record.status is not TrialState.CANCELLED]
        if not ended or any(record.status is not TrialState.FAILED for record in ended):
            return None
        error = ended[-1].error
        text = f"; the last: {error.kind}: {error.message}" if error is not None else ""
        return ExperimentState.FAILED, f"every trial failed{text}"

    def _abandon(self) -> None:
        """Leave a state that can be resumed, after something that the loop does not understand."""
        self._launcher.close()
        self._store.discard()
        self._store.set_state(ExperimentState.INTERRUPTED, "ended by an error", self._clock.now())
        with contextlib.suppress(StoreError):
            self._store.commit()
