"""What the store tells its readers: frozen records of experiments, trials and attempts.

Screens, exports and the observers of a running experiment see these; times are Unix seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from nnic.runtime.config import RunConfig
from nnic.runtime.processes import ProcessId
from nnic.runtime.text import format_number, join_fitting
from nnic.tuners.names import NamedValues
from nnic.tuners.protocol import Failure, Report, TrialState
from nnic.tuners.space import SearchSpace, Value

_LINE = 79  # columns of a trial's repr
_WIDEST = 24  # and of a value in it
STOPPED_BY_USER = "stopped by its user"
DIRECTION_UNCLEAR = "it is not clear which direction is better"


class ExperimentState(Enum):
    """The state of an experiment, as its last manager process left it."""

    RUNNING = "running"  # it runs, or its manager was killed (see ``lock.find_manager``)
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Origin(Enum):
    """Where a trial comes from."""

    TUNER = ""  # proposed by the tuner; trial 0 by the script itself
    ENQUEUED = "enqueued"  # asked for by its user
    IMPORTED = "imported"  # told by its user, with the result that it had elsewhere


class AttemptState(Enum):
    """What became of one execution of a trial."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"
    PAUSED = "paused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # its manager, supervisor or machine went away; counts against the retries
    INTERRUPTED = "interrupted"  # the run was stopped while it ran; repeated by a resume


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of a traceback, in which the innermost comes last."""

    path: str
    line: int
    function: str


class DeviceRef(NamedTuple):
    """A GPU that an attempt was given: its UUID, and the number that people know it by."""

    uuid: str
    number: str


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One execution of a trial.

    Parameters
    ----------
    frames
        The traceback of a failed one.
    devices
        The GPUs that it was given; empty when the run leaves GPUs alone.
    memory_bytes
        The most memory that it was seen to hold on one of them; ``None`` when it was not seen.
    steps
        How many reports of the attempts before it still count, because it went on from the checkpoint that
        they left behind.
    """

    number: int
    state: AttemptState
    started: float
    ended: float | None = None
    process: ProcessId | None = None
    exit_code: int | None = None
    signal: int | None = None
    failure: Failure | None = None
    frames: tuple[Frame, ...] = ()
    devices: tuple[DeviceRef, ...] = ()
    memory_bytes: int | None = None
    steps: int = 0


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """A metric that an attempt reported.

    Parameters
    ----------
    sequence
        Its place in what the attempt reported; with ``trial`` and ``attempt`` it names the metric.
    final
        Whether it is the final result. That of the attempt which succeeds becomes the trial's.
    step
        The number of intermediate results before it in this attempt.
    metrics, extra
        The other numbers of the report, and what else it held.
    time
        When it was reported, in Unix seconds.
    """

    trial: int
    attempt: int
    sequence: int
    final: bool
    step: int
    value: float
    metrics: Mapping[str, float] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)
    time: float = 0.0


class Wait(NamedTuple):
    """Why a trial is not started; ``trial`` is ``None`` for the next that the tuner would propose."""

    trial: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """What a trial had before its user discarded it; it counts as failed since."""

    status: TrialState
    metric: float | None
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class TrialRecord:
    """A trial with its attempts.

    Parameters
    ----------
    attempt
        Number of the current attempt; only its reports count.
    metric
        The final result, ``None`` without one. Non-finite values are possible. An imported trial has one
        and no attempt; of attempts that report one and fail, none is the trial's.
    metrics
        The other numbers of the final result.
    reports
        Intermediate results of the current attempt, in order.
    parameters
        Active parameters by their full keys; for trial 0 the script's own values as far as they
        are known before it runs.
    directory
        The current attempt's directory: ``output.log``, ``metrics.jsonl``, ``output/``.
    discarded
        What the trial had before its user discarded it; ``None`` when it was not discarded.
    """

    id: int
    status: TrialState
    attempt: int
    parameters: Mapping[str, Value]
    directory: Path
    metric: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    reports: Sequence[Report] = ()
    budget: float | None = None
    parent: int | None = None
    started: float | None = None
    ended: float | None = None
    error: Failure | None = None
    frames: tuple[Frame, ...] = ()
    attempts: tuple[AttemptRecord, ...] = ()
    origin: Origin = Origin.TUNER
    discarded: Discarded | None = None

    @property
    def intermediate(self) -> tuple[float, ...]:
        """The values of the reports."""
        return tuple(report.values[0] for report in self.reports)

    @property
    def seconds(self) -> float | None:
        """The seconds that the current attempt ran, ``None`` while it runs."""
        return None if self.started is None or self.ended is None else max(0.0, self.ended - self.started)

    @property
    def latest(self) -> float | None:
        """The final result, or the last intermediate one."""
        if self.metric is not None:
            return self.metric
        return self.reports[-1].values[0] if self.reports else None

    @property
    def devices(self) -> tuple[DeviceRef, ...]:
        """The GPUs of the current attempt."""
        return self.attempts[-1].devices if self.attempts else ()

    @property
    def baseline(self) -> bool:
        """Whether this is the trial of the script's own values."""
        return self.id == 0

    def __repr__(self) -> str:
        """Return what fits a line: ``<Trial 8 succeeded 0.999: lr=0.0967 hidden=128, +3 more>``."""
        values = self.parameters
        names = values.by_name() if isinstance(values, NamedValues) else values
        parts = [f"{name}={_short(value)}" for name, value in names.items()]
        latest = "" if self.latest is None else f" {format_number(self.latest)}"
        head = f"<Trial {self.id} {self.status.value}{latest}"
        shown = join_fitting(parts, _LINE - len(head) - len(": >"))
        return f"{head}: {shown}>" if shown else f"{head}>"


def _short(value: Value) -> str:
    """Return a value for a line that has several."""
    if isinstance(value, float):
        return format_number(value, 3)
    text = repr(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


@dataclass(frozen=True, slots=True)
class ExperimentRecord:
    """An experiment; ``counts`` has the number of its trials in each state that occurs, without
    imported ones.

    ``never_read`` are keys of parameters that trial 0 did not ask for; ``elapsed_s`` is the time
    that its managers ran, all sessions together; ``versions`` names what they ran under; ``waits``
    says what a running one waits for before it starts more trials.
    """

    name: str
    state: ExperimentState
    reason: str
    created: float
    ended: float | None
    elapsed_s: float
    config: RunConfig
    space: SearchSpace
    sources: Mapping[str, str]  # the SHA-256 of each file, by its relative path
    versions: Mapping[str, str]
    counts: Mapping[TrialState, int]
    never_read: tuple[str, ...] = ()
    waits: tuple[Wait, ...] = ()

    @property
    def maximize(self) -> bool:
        """Whether a larger metric is better."""
        return self.config.maximize


def better(value: float, other: float | None, maximize: bool) -> bool:
    """Whether ``value`` beats ``other``; non-finite values never do."""
    if not math.isfinite(value):
        return False
    if other is None or not math.isfinite(other):
        return True
    return value > other if maximize else value < other


def best_of(trials: Iterable[TrialRecord], maximize: bool) -> TrialRecord | None:
    """The succeeded trial with the best finite metric; the earliest among equals."""
    best: TrialRecord | None = None
    for trial in trials:
        if trial.status is not TrialState.SUCCEEDED or trial.metric is None:
            continue
        if better(trial.metric, None if best is None else best.metric, maximize):
            best = trial
    return best
