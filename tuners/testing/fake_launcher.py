"""A synchronous launcher for tests: runs the trials of a tuner on a function, one event at a time.

It also holds the loop's side of the protocol: whatever a tuner may not do raises an
``AssertionError`` that says so.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from nnic.tuners.history import History
from nnic.tuners.protocol import (
    Assessor,
    Batch,
    BatchStatus,
    Decision,
    EventKind,
    Failure,
    FailureKind,
    Problem,
    Report,
    Suggestion,
    Trial,
    TrialEvent,
    TrialState,
    Tuner,
)

Curve = Callable[[Suggestion, int], "Sequence[float] | None"]
"""Takes a suggestion and its trial's id, gives the values that the trial reports, of which the last is
its result; an empty sequence for a trial without a result, ``None`` for one that fails."""


@dataclass(slots=True)
class _Running:
    trial: Trial
    curve: Sequence[float] | None
    position: int = 0
    due: float = 0.0
    """The time at which it gets on next, where trials take time."""


@dataclass(slots=True)
class FakeLauncher:
    """Drives a tuner as the experiment loop does, and remembers every call as a log.

    Parameters
    ----------
    tuner, problem
        The tuner that is driven, and its problem, of which ``jobs`` trials run at once.
    curve
        What the trials report. A trial with a budget should report one value for each unit of it; one with
        a parent skips what the parent has used.
    assessor
        The assessor beside the tuner, if there is one.
    order
        Draws which running trial gets on next; they take turns without it.
    duration
        Takes a suggestion and its trial's id, and gives the time between events of the trial. The trial
        whose time comes first then gets on next.
    """

    tuner: Tuner
    problem: Problem
    curve: Curve
    assessor: Assessor | None = None
    order: random.Random | None = None
    duration: Callable[[Suggestion, int], float] | None = None
    history: History = field(default_factory=History)
    log: list[tuple[int, Batch] | TrialEvent] = field(default_factory=list)
    """The calls of suggest as ``(n, batch)``, and the events, in order."""
    status: BatchStatus = BatchStatus.READY
    reason: str = ""
    _running: list[_Running] = field(default_factory=list)
    _events: int = 0
    _trials: int = 0
    _now: float = 0.0

    @property
    def suggestions(self) -> list[Suggestion]:
        """Everything that was suggested, in order."""
        return [s for entry in self.log if isinstance(entry, tuple) for s in entry[1].suggestions]

    @property
    def running(self) -> list[Trial]:
        """The trials that have not ended."""
        return [running.trial for running in self._running]

    def run(self, trials: int) -> None:
        """Go on until ``trials`` suggestions were made (or no more come) and all have ended."""
        while self.step(trials):
            pass

    def step(self, trials: int) -> bool:
        """Fill the free jobs, let one trial get on, and return whether anything happened."""
        asked = min(self.problem.jobs - len(self._running), trials - self._trials)
        if asked > 0 and self.status is not BatchStatus.EXHAUSTED:
            self._ask(asked)
        if not self._running:
            waits = self.status is BatchStatus.WAIT and self._trials < trials
            assert not waits, f"the tuner waits while nothing runs: {self.reason}"
            return False
        self._advance(self._next())
        return True

    def start(self, suggestion: Suggestion) -> None:
        """Start a trial of ``suggestion``."""
        self._check(suggestion)
        trial = Trial(self._trials, suggestion, TrialState.RUNNING)
        self._trials += 1
        self._running.append(_Running(trial, self.curve(suggestion, trial.id), due=self._due(trial)))
        self.tell(EventKind.STARTED, trial)

    def tell(self, kind: EventKind, trial: Trial) -> Decision:
        """Record an event and tell the tuner of it."""
        event = TrialEvent(self._events, kind, trial)
        self._events += 1
        self.log.append(event)
        self.history.record(trial)
        decision = self.tuner.observe(event)
        assert isinstance(decision, Decision), f"observe returned {decision!r}, not a Decision"
        return decision

    def _next(self) -> _Running:
        """The running trial that gets on next."""
        if self.duration is None:
            return self._running[self.order.randrange(len(self._running)) if self.order else 0]
        found = min(self._running, key=lambda running: (running.due, running.trial.id))
        self._now = found.due
        found.due = self._due(found.trial)
        return found

    def _due(self, trial: Trial) -> float:
        return self._now + self.duration(trial.suggestion, trial.id) if self.duration else 0.0

    def _ask(self, n: int) -> None:
        batch = self.tuner.suggest(n)
        assert len(batch.suggestions) <= n, f"{len(batch.suggestions)} suggestions where {n} were asked for"
        short = len(batch.suggestions) < n
        assert not (short and batch.status is BatchStatus.READY), "a short batch says WAIT or EXHAUSTED"
        self.log.append((n, batch))
        self.status, self.reason = batch.status, batch.reason
        for suggestion in batch.suggestions:
            self.start(suggestion)

    def _check(self, suggestion: Suggestion) -> None:
        config, fidelity = suggestion.config, self.problem.fidelity
        assert self.problem.space.contains(config), f"{dict(config)} does not lie in the space"
        if fidelity is None:
            assert suggestion.budget is None, f"a budget of {suggestion.budget} where there is none"
        else:
            assert suggestion.budget is not None, "no budget"
            assert fidelity.low <= suggestion.budget <= fidelity.high, f"budget {suggestion.budget}"
            whole = float(suggestion.budget).is_integer()
            assert whole or not fidelity.integer, f"{suggestion.budget} is no whole budget"
        if suggestion.parent is not None:
            assert suggestion.parent in self.history, f"trial {suggestion.parent} is no parent yet"
            parent = self.history[suggestion.parent]
            assert parent.state in (TrialState.SUCCEEDED, TrialState.PAUSED, TrialState.STOPPED), (
                f"the parent is {parent.state.value}"
            )

    def _advance(self, running: _Running) -> None:
        if running.curve is None:
            failure = Failure("RuntimeError", "out of memory")
            self._end(running, replace(running.trial, state=TrialState.FAILED, failure=failure))
        elif running.position < len(running.curve):
            self._report(running, running.curve[running.position])
        elif running.curve:
            values = (running.curve[-1],) * len(self.problem.objectives)
            self._end(running, replace(running.trial, state=TrialState.SUCCEEDED, values=values))
        else:
            failure = Failure(FailureKind.NO_RESULT)
            self._end(running, replace(running.trial, state=TrialState.FAILED, failure=failure))

    def _report(self, running: _Running, value: float) -> None:
        report = Report(running.position, (value,) * len(self.problem.objectives))
        running.trial = replace(running.trial, reports=(*running.trial.reports, report))
        running.position += 1
        decision = self.tell(EventKind.REPORT, running.trial)
        if self.assessor is not None:
            decision = max(decision, self.assessor.assess(running.trial, self.history))
        if decision is not Decision.CONTINUE:
            state = TrialState.STOPPED if decision is Decision.STOP else TrialState.PAUSED
            self._end(running, replace(running.trial, state=state))

    def _end(self, running: _Running, trial: Trial) -> None:
        self._running.remove(running)
        self.tell(EventKind.ENDED, trial)


def replay(tuner: Tuner, log: Sequence[tuple[int, Batch] | TrialEvent]) -> None:
    """Bring a fresh tuner to where ``log`` ends; each call must give what it gave then."""
    for entry in log:
        if isinstance(entry, tuple):
            n, batch = entry
            again = tuner.suggest(n)
            assert again == batch, f"replayed, suggest({n}) gives {again}, not {batch}"
        else:
            tuner.observe(entry)
