"""The trials of a running experiment: their phases, and the records that the store keeps of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.base import Exit, Key, Launch
from nnic.runtime.launchers.metrics import Crash, Invalid, Result
from nnic.runtime.loop.attempt_records import AttemptProgress, begin_record, end_record
from nnic.runtime.loop.continuing import steps_kept
from nnic.runtime.loop.launching import make_launch
from nnic.runtime.loop.transitions import Cause, Phase, is_running, state_of, step
from nnic.runtime.processes import ProcessId
from nnic.runtime.program import Program
from nnic.runtime.store.discarding import discard_record, restore_record
from nnic.runtime.store.protocol import ExperimentStore
from nnic.runtime.store.records import (
    AttemptState,
    DeviceRef,
    Origin,
    ReportRecord,
    TrialRecord,
)
from nnic.tuners.protocol import Failure, Report, Suggestion
from nnic.tuners.reports import Reports
from nnic.tuners.space import Value


class ActiveTrial:
    """A trial in the loop. Everybody reads it; only its table changes it.

    Parameters
    ----------
    told
        Number of steps that the tuner knows, whatever attempt they came from.
    losses
        How often the trial was lost since it was last asked for.
    """

    __slots__ = ("_losses", "_phase", "_progress", "_read", "_record", "_suggestion", "_told")

    def __init__(
        self,
        suggestion: Suggestion,
        record: TrialRecord,
        phase: Phase = Phase.WAITING,
        told: int = 0,
        losses: int = 0,
    ) -> None:
        self._suggestion = suggestion
        self._record = record
        self._phase = phase
        self._told = told
        self._losses = losses
        self._read: frozenset[str] | None = None
        self._progress = AttemptProgress()

    @property
    def suggestion(self) -> Suggestion:
        """The configuration that was proposed, and its budget and parent."""
        return self._suggestion

    @property
    def record(self) -> TrialRecord:
        """The trial as it stands in the store."""
        return self._record

    @property
    def phase(self) -> Phase:
        """The phase that the trial is in."""
        return self._phase

    @property
    def told(self) -> int:
        """Number of steps that the tuner knows, whatever attempt they came from."""
        return self._told

    @property
    def losses(self) -> int:
        """How often the trial was lost since it was last asked for."""
        return self._losses

    @property
    def read(self) -> frozenset[str] | None:
        """The parameters that the script asked for; only trial 0 tells, and one that did not has None."""
        return self._read

    @property
    def progress(self) -> AttemptProgress:
        """What the running attempt has told; that of an attempt without news when none runs."""
        return self._progress

    @property
    def key(self) -> Key:
        """The current attempt, as launchers name it."""
        return Key(self._record.id, self._record.attempt)


class TrialTable:
    """The trials by id. Every change is queued in the store."""

    def __init__(
        self, config: RunConfig, program: Program, store: ExperimentStore, trials: Iterable[ActiveTrial] = ()
    ) -> None:
        self._config = config
        self._program = program
        self._store = store
        self._trials = {active.record.id: active for active in trials}
        self._open = {key: active for key, active in self._trials.items() if not state_of(active.phase).ended}

    def __contains__(self, trial: object) -> bool:
        return trial in self._trials

    def __getitem__(self, trial: int) -> ActiveTrial:
        return self._trials[trial]

    def __iter__(self) -> Iterator[ActiveTrial]:
        return iter(self._trials.values())

    def running(self) -> list[ActiveTrial]:
        """Return the trials that may have processes."""
        return [active for active in self._open.values() if is_running(active.phase)]

    def waiting(self) -> list[ActiveTrial]:
        """Return the trials that are to be started, by id."""
        waiting = (active for active in self._open.values() if active.phase is Phase.WAITING)
        return sorted(waiting, key=lambda active: active.record.id)

    def current(self, key: Key) -> ActiveTrial | None:
        """Return the trial whose running attempt ``key`` names, ``None`` when that attempt is over."""
        active = self._trials.get(key.trial)
        return active if active is not None and active.key == key and is_running(active.phase) else None

    def add(self, trial: int, suggestion: Suggestion, origin: Origin = Origin.TUNER) -> ActiveTrial:
        """Add a new trial, which waits to be started."""
        record = TrialRecord(
            id=trial,
            status=state_of(Phase.WAITING),
            attempt=0,
            parameters=suggestion.config,
            directory=self._config.attempt_directory(trial, 0),
            budget=suggestion.budget,
            parent=suggestion.parent,
            origin=origin,
        )
        active = self._trials[trial] = self._open[trial] = ActiveTrial(suggestion, record)
        self._store.put_trial(record)
        return active

    def set_config(self, active: ActiveTrial, config: Mapping[str, Value]) -> None:
        """Take note of more of the configuration of trial 0, as running it has told."""
        active._suggestion = Suggestion(config)
        self._set(active, parameters=config)

    def settle(self, active: ActiveTrial, value: float) -> None:
        """Give a new trial the result that it had in an earlier search."""
        active._phase = step(active.phase, Cause.IMPORT)
        self._set(active, metric=value)

    def begin_attempt(
        self,
        active: ActiveTrial,
        now: float,
        launched: float = 0.0,
        judged: bool = False,
        devices: tuple[DeviceRef, ...] = (),
    ) -> None:
        """Begin the next attempt of a waiting trial, on ``devices``; ``now`` is in Unix seconds, ``launched``
        of the monotonic clock."""
        number = len(active.record.attempts)
        active._progress = AttemptProgress(launched, judged)
        active._phase = step(active.phase, Cause.LAUNCH)
        directory = self._config.attempt_directory(active.record.id, number)
        steps = steps_kept(self._config, active.record) if self._program.checkpoint else 0
        self._put(active, begin_record(active.record, directory, now, devices, steps))

    def set_process(self, active: ActiveTrial, process: ProcessId | None) -> None:
        """Take note of the process of the current attempt."""
        attempts = active.record.attempts
        self._set(active, attempts=(*attempts[:-1], replace(attempts[-1], process=process)))

    def add_result(self, active: ActiveTrial, result: Result) -> Report | None:
        """Take note of a metric of the current attempt.

        Returns
        -------
        Report or None
            The intermediate result that it is, ``None`` for a final one.
        """
        number = len(active.record.reports)
        self._store.add_report(
            ReportRecord(
                *active.key,
                result.sequence,
                result.final,
                number,
                result.value,
                result.metrics,
                result.extra,
                result.time,
            )
        )
        if result.final:
            finals = active.progress.finals + 1
            self._progress(active, final=result, finals=finals, settled=active.phase is Phase.RUNNING)
            return None
        report = Report(number, (result.value,), result.metrics)
        active._record = replace(active.record, reports=Reports.of(active.record.reports).extended(report))
        return report

    def add_problem(self, active: ActiveTrial, problem: Invalid | Crash) -> None:
        """Take note of why the current attempt may have no result."""
        if isinstance(problem, Invalid):
            self._progress(active, invalid=problem)
        else:
            # Where several processes fail, the first one's error is the cause of the others'.
            self._progress(active, crash=active.progress.crash or problem)

    def add_holders(self, active: ActiveTrial, holders: tuple[str, ...], until: float) -> None:
        """Take note of what goes on after the script has ended, and until when it may."""
        known = active.progress.holders
        holders = (*known, *(holder for holder in holders if holder not in known))
        self._progress(active, holders=holders, lingers_until=until)

    def set_lingered(self, active: ActiveTrial) -> None:
        """Take note that what goes on after the script has ended is to be ended."""
        self._progress(active, lingers_until=None, lingered=True)

    def add_read(self, active: ActiveTrial, keys: Iterable[str]) -> None:
        """Take note that a trial has asked for these parameters."""
        active._read = (active.read or frozenset()).union(keys)

    def set_told(self, active: ActiveTrial, steps: int) -> None:
        """Take note of how many steps of a trial the tuner knows."""
        active._told = steps

    def set_told_to_stop(self, active: ActiveTrial) -> None:
        """Take note that the current attempt is told to stop, and has got no signal."""
        self._progress(active, told_to_stop=True)

    def await_end(self, active: ActiveTrial, deadline: float) -> None:
        """Give the current attempt until ``deadline`` to end by itself."""
        self._progress(active, told_to_stop=False, deadline=deadline)

    def set_ends_by_itself(self, active: ActiveTrial, deadline: float) -> None:
        """Take note that the current attempt finishes what it does, for which it has until ``deadline``."""
        self._progress(active, ends_by_itself=True, deadline=deadline)

    def set_deadline(self, active: ActiveTrial, deadline: float | None) -> None:
        """Set when more is done about the end of the current attempt."""
        self._progress(active, deadline=deadline)

    def set_limit(self, active: ActiveTrial, limit_s: float) -> None:
        """Take note that the current attempt has run longer than ``limit_s``."""
        self._progress(active, limit_s=limit_s)

    def end_attempt(
        self,
        active: ActiveTrial,
        cause: Cause,
        now: float,
        failure: Failure | None = None,
        exit: Exit | None = None,
        memory_bytes: int | None = None,
    ) -> None:
        """End the current attempt; the trial ends with it, unless its phase is then WAITING."""
        interrupted = active.phase is Phase.INTERRUPTING
        # What it told is in the record from here on, or of no use any more.
        progress, active._progress = active.progress, AttemptProgress()
        active._phase = step(active.phase, cause)
        if cause is Cause.REPEAT:
            state = AttemptState.FAILED
        elif active.phase is Phase.WAITING:
            state = AttemptState.INTERRUPTED if interrupted else AttemptState.LOST
            active._losses += not interrupted
        else:
            state = AttemptState(active.phase.value)
        status = state_of(active.phase)
        self._put(
            active,
            end_record(active.record, progress, status, state, now, failure, exit, memory_bytes),
        )

    def move(self, active: ActiveTrial, cause: Cause, failure: Failure | None = None) -> None:
        """Move a trial on that is in no attempt, or whose attempt goes on."""
        active._phase = step(active.phase, cause)
        self._set(active, error=failure)

    def revive(self, active: ActiveTrial) -> None:
        """Have a trial that failed or was cancelled wait to be started again."""
        active._losses = 0
        active._record = replace(active.record, discarded=None)
        self.move(active, Cause.REVIVE)

    def discard(self, active: ActiveTrial) -> None:
        """Have the result of a trial count no more."""
        active._phase = step(active.phase, Cause.DISCARD)
        self._put(active, discard_record(active.record))

    def restore(self, active: ActiveTrial) -> None:
        """Have the result of a discarded trial count again."""
        record = restore_record(active.record)
        active._phase = Phase(record.status.value)  # the one that it was discarded from
        self._put(active, record)

    def launch_of(self, active: ActiveTrial, environment: Mapping[str, str]) -> Launch:
        """Return what the launcher needs for the current attempt, with variables of this attempt alone."""
        judged = active.progress.judged
        return make_launch(self._config, self._program, active.record, active.suggestion, judged, environment)

    def _progress(self, active: ActiveTrial, **changes: Any) -> None:
        active._progress = replace(active.progress, **changes)

    def _set(self, active: ActiveTrial, **changes: Any) -> None:
        self._put(active, replace(active.record, status=state_of(active.phase), **changes))

    def _put(self, active: ActiveTrial, record: TrialRecord) -> None:
        active._record = record
        if record.status.ended:
            self._open.pop(record.id, None)
        else:
            self._open[record.id] = active
        self._store.put_trial(record)
