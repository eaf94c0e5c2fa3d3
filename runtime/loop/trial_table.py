"""The trials of a running experiment: their phases, and the records that the store keeps of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.base import Exit, Key, Launch
from nnic.runtime.launchers.metrics import Crash, Invalid, Result
from nnic.runtime.loop.launching import make_launch
from nnic.runtime.loop.transitions import Cause, Phase, is_running, state_of, step
from nnic.runtime.processes import ProcessId
from nnic.runtime.program import Program
from nnic.runtime.store.records import AttemptRecord, AttemptState, DeviceRef, Frame, Origin, TrialRecord
from nnic.runtime.store.writer import Store
from nnic.tuners.protocol import Failure, Report, Suggestion
from nnic.tuners.reports import Reports
from nnic.tuners.space import Absent, Parameter, SearchSpace, Value


@dataclass(slots=True)
class ActiveTrial:
    """A trial in memory.

    ``told`` is the number of steps that the tuner knows, whatever attempt they came from;
    ``losses`` how often the trial was lost; ``memory_bytes``, ``company`` and ``kernel_kills`` what
    the current attempt was seen to hold of a GPU, what else was on it, and how many processes the
    kernel had ended for want of memory when it started; ``judged`` whether its reports may end it;
    ``launched`` when it started, ``deadline`` when more is done about its end (both of the monotonic
    clock), ``asked`` whether it got no signal before, but was only told to stop; ``limit_s`` the limit of
    time that it ran over; the last ones what the current attempt has told.
    """

    suggestion: Suggestion
    record: TrialRecord
    phase: Phase = Phase.WAITING
    told: int = 0
    losses: int = 0
    memory_bytes: int | None = None
    company: set[str] = field(default_factory=set)
    kernel_kills: int = 0
    deadline: float | None = None
    asked: bool = False
    judged: bool = False
    launched: float = 0.0
    limit_s: float = 0.0
    final: Result | None = None
    invalid: Invalid | None = None
    crash: Crash | None = None
    read: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        """The current attempt."""
        return Key(self.record.id, self.record.attempt)


class TrialTable:
    """The trials by id. Every change is queued in the store."""

    def __init__(
        self, config: RunConfig, program: Program, store: Store, trials: Iterable[ActiveTrial] = ()
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
        """The trials that may have processes."""
        return [active for active in self._open.values() if is_running(active.phase)]

    def waiting(self) -> list[ActiveTrial]:
        """The trials that are to be started, by id."""
        waiting = (active for active in self._open.values() if active.phase is Phase.WAITING)
        return sorted(waiting, key=lambda active: active.record.id)

    def current(self, key: Key) -> ActiveTrial | None:
        """The trial whose running attempt ``key`` is."""
        active = self._trials.get(key.trial)
        return active if active is not None and active.key == key and is_running(active.phase) else None

    def add(self, trial: int, suggestion: Suggestion, origin: Origin = Origin.TUNER) -> ActiveTrial:
        """A new trial."""
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
        """The configuration of trial 0, as it became known."""
        active.suggestion = Suggestion(config)
        self._set(active, parameters=config)

    def settle(self, active: ActiveTrial, value: float) -> None:
        """A new trial has the result that it had elsewhere."""
        active.phase = step(active.phase, Cause.IMPORT)
        self._set(active, metric=value)

    def begin_attempt(self, active: ActiveTrial, now: float, devices: tuple[DeviceRef, ...] = ()) -> None:
        """The next attempt of a waiting trial starts, on ``devices``."""
        number = len(active.record.attempts)
        active.memory_bytes, active.company = None, set()
        active.final = active.invalid = active.crash = active.deadline = None
        active.asked = False
        active.phase = step(active.phase, Cause.LAUNCH)
        attempt = AttemptRecord(number, AttemptState.RUNNING, now, devices=devices)
        self._set(
            active,
            attempt=number,
            attempts=(*active.record.attempts, attempt),
            directory=self._config.attempt_directory(active.record.id, number),
            reports=(),
            metric=None,
            metrics={},
            error=None,
            frames=(),
            started=now,
            ended=None,
        )

    def set_process(self, active: ActiveTrial, process: ProcessId | None) -> None:
        """The current attempt has a process."""
        self._set(active, attempts=self._last(active, process=process))

    def add_result(self, active: ActiveTrial, result: Result) -> Report | None:
        """A metric of the current attempt; the report that it makes, ``None`` for a final one."""
        number = len(active.record.reports)
        kind = "final" if result.final else "intermediate"
        self._store.add_report(
            (*active.key, result.sequence),
            kind,
            number,
            result.value,
            result.metrics,
            result.extra,
            result.time,
        )
        if result.final:
            active.final = result
            return None
        report = Report(number, (result.value,), result.metrics)
        active.record = replace(active.record, reports=Reports.of(active.record.reports).extended(report))
        return report

    def end_attempt(
        self,
        active: ActiveTrial,
        cause: Cause,
        now: float,
        failure: Failure | None = None,
        exit: Exit | None = None,
    ) -> None:
        """The current attempt is over; the trial is too, unless its phase is then WAITING."""
        interrupted = active.phase is Phase.INTERRUPTING
        active.phase = step(active.phase, cause)
        active.deadline = None
        if cause is Cause.REPEAT:
            state = AttemptState.FAILED
        elif active.phase is Phase.WAITING:
            state = AttemptState.INTERRUPTED if interrupted else AttemptState.LOST
            active.losses += not interrupted
        else:
            state = AttemptState(active.phase.value)
        failed = active.phase is Phase.FAILED or cause is Cause.REPEAT
        frames = tuple(Frame(*frame) for frame in active.crash.frames) if active.crash and failed else ()
        changes: dict[str, Any] = {
            "ended": now,
            "frames": frames,
            "error": failure if active.phase is Phase.FAILED else None,
        }
        if active.phase is Phase.SUCCEEDED and active.final is not None:
            changes.update(metric=active.final.value, metrics=active.final.metrics)
        attempts = self._last(
            active,
            state=state,
            ended=now,
            exit_code=None if exit is None else exit.code,
            signal=None if exit is None else exit.signal,
            failure=failure if failed or state is AttemptState.LOST else None,
            frames=frames,
            memory_bytes=active.memory_bytes,
        )
        self._set(active, attempts=attempts, **changes)

    def move(self, active: ActiveTrial, cause: Cause, failure: Failure | None = None) -> None:
        """Move a trial on that is in no attempt, or whose attempt goes on."""
        active.phase = step(active.phase, cause)
        self._set(active, error=failure)

    def launch_of(self, active: ActiveTrial, environment: Mapping[str, str]) -> Launch:
        """What the launcher needs for the current attempt, with variables of this attempt alone."""
        return make_launch(
            self._config, self._program, active.record, active.suggestion, active.judged, environment
        )

    def _last(self, active: ActiveTrial, **changes: Any) -> tuple[AttemptRecord, ...]:
        attempts = active.record.attempts
        return (*attempts[:-1], replace(attempts[-1], **changes))

    def _set(self, active: ActiveTrial, **changes: Any) -> None:
        active.record = replace(active.record, status=state_of(active.phase), **changes)
        if active.record.status.ended:
            self._open.pop(active.record.id, None)
        else:
            self._open[active.record.id] = active
        self._store.put_trial(active.record)


def own_values(space: SearchSpace, observed: Mapping[str, Value] | None = None) -> dict[str, Value]:
    """The script's own values as far as they are known: before it runs those in its source, afterwards
    also those that trial 0 ``observed``."""
    observed = observed or {}
    config: dict[str, Value] = {}
    for parameter in space:
        value: Value | Absent = parameter.default
        if isinstance(value, Absent) and parameter.key in observed:
            value = _as_proposed(parameter, observed[parameter.key])
        if not isinstance(value, Absent) and space.is_active(parameter, config):
            config[parameter.key] = value
    return config


def _as_proposed(parameter: Parameter, value: Value) -> Value | Absent:
    """``value`` in the type that the parameter has; as it is where it lies outside."""
    try:
        return parameter.normalize(value)
    except ValueError:
        return value
