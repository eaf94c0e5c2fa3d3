"""The tuners' protocol: what the experiment loop asks of a tuner and tells it.

The loop assigns trial ids in the order in which suggestions are returned and commits them before
launch; events arrive once, in ``order``. A tuner does no I/O, reads no clock and is deterministic:
the same problem, the same calls of ``suggest`` and the same events give the same suggestions, on
machines that round alike (one family of processors, one version of numpy and scipy, as many threads).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum, StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from nnic.tuners.space import Constraint, Fidelity, SearchSpace, Value

if TYPE_CHECKING:
    from nnic.tuners.history import History


@dataclass(frozen=True, slots=True)
class Objective:
    """A metric and the direction in which it is better."""

    name: str = "default"
    maximize: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """What a tuner or an assessor is built from.

    ``jobs`` is the number of trials that run at once; ``trials`` the number of configurations
    that the run will try, ``None`` when that is open. Both are hints. ``checkpoint`` says whether
    a trial with a parent finds what that one left behind; without, it starts from zero.
    """

    space: SearchSpace
    objectives: tuple[Objective, ...] = (Objective(),)
    constraints: tuple[Constraint, ...] = ()
    fidelity: Fidelity | None = None
    seed: int = 0
    jobs: int = 1
    trials: int | None = None
    checkpoint: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A configuration to try.

    Parameters
    ----------
    config
        The values of the active parameters, by key.
    budget
        What the trial may use in total, with its parents; ``None`` where the problem has no fidelity.
    parent
        The trial whose checkpoint this one starts from.
    parent_step
        The step of the parent at which the checkpoint was taken.
    tag
        A text of the tuner's own, which comes back untouched with every event of the trial.
    """

    config: Mapping[str, Value]
    budget: float | None = None
    parent: int | None = None
    parent_step: int | None = None
    tag: str = ""


class BatchStatus(Enum):
    """What a short batch means."""

    READY = "ready"
    WAIT = "wait"  # There is nothing now, but there may be after an event.
    EXHAUSTED = "exhausted"  # There will never be more.


@dataclass(frozen=True, slots=True)
class Batch:
    """The answer to ``suggest(n)``: at most ``n`` suggestions."""

    suggestions: tuple[Suggestion, ...]
    status: BatchStatus = BatchStatus.READY
    reason: str = ""


class TrialState(Enum):
    """The state of a trial (not of an attempt)."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"  # The assessor or the tuner ended it early; it counts with what it reached.
    PAUSED = "paused"  # The tuner ended it after a checkpoint, and may go on from there.
    FAILED = "failed"
    CANCELLED = "cancelled"  # The user or a limit of the run ended it.

    @property
    def ended(self) -> bool:
        """Whether nothing more will be heard of the trial."""
        return self not in (TrialState.WAITING, TrialState.RUNNING)


@dataclass(frozen=True, slots=True)
class Report:
    """An intermediate result.

    ``step`` counts from 0 within the trial; ``values`` has one entry an objective, in the user's
    sign, NaN and infinities included; ``metrics`` are the other numbers of the report.
    """

    step: int
    values: tuple[float, ...]
    metrics: Mapping[str, float] = field(default_factory=dict)


class FailureKind(StrEnum):
    """Why a trial has no result, where no exception says so. A closed set; each is text too."""

    EXIT = "exit"  # its process ended with another status than 0
    SIGNAL = "signal"  # a signal ended its process
    LAUNCH = "launch"  # its process could not be started
    OUTPUT = "output"  # it printed more than a trial may
    NO_RESULT = "no result"  # it ended without a final result
    BAD_METRIC = "bad metric"  # what it reported is not a number
    TIME_LIMIT = "time limit"  # it ran longer than a trial may
    LOST = "lost"  # its manager, supervisor or machine went away, more often than it is started again
    LINGERING = "lingering"  # it has one, but its threads or processes went on for too long
    DISCARDED = "discarded"  # it had a result, which its user does not trust

    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a trial has no result.

    ``kind`` is one of :class:`FailureKind`, or the name of the exception's type; ``path`` and ``line``
    are the last frame of the traceback in the user's own files.
    """

    kind: FailureKind | str
    message: str = ""
    path: str = ""
    line: int | None = None
    exit_code: int | None = None

    @property
    def is_exception(self) -> bool:
        """Whether an exception of the script's is why."""
        return not isinstance(self.kind, FailureKind)


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial as the tuners and assessors see it.

    ``values`` is the final result, one entry an objective, in the user's sign; ``None`` where there is
    none. ``violations`` has one entry a constraint, positive where it is violated.
    """

    id: int
    suggestion: Suggestion
    state: TrialState
    reports: Sequence[Report] = ()
    values: tuple[float, ...] | None = None
    violations: tuple[float, ...] = ()
    failure: Failure | None = None


class EventKind(Enum):
    """What happened to a trial.

    A trial may end more than once: it is tried again after a failure; or its user discards its result, and
    it ends as a failure of the kind ``discarded``; or takes that back, and it ends as it did at first.
    What counts is the latest. The same holds for imported results.
    """

    STARTED = "started"
    REPORT = "report"
    ENDED = "ended"
    IMPORTED = "imported"  # It is a result from elsewhere, or of the script's own values.


@dataclass(frozen=True, slots=True)
class TrialEvent:
    """Something that happened; ``order`` rises by one from event to event of an experiment."""

    order: int
    kind: EventKind
    trial: Trial


class Decision(IntEnum):
    """What becomes of a running trial; the larger one wins."""

    CONTINUE = 0
    PAUSE = 1
    STOP = 2


class Tuner(Protocol):
    """Proposes configurations. It is built as ``Tuner(problem, **options)`` and used from one thread.

    A tuner that goes on from trials is a :class:`Promoter` too. What else others must know of a tuner
    before it is built, its class declares in an attribute ``abilities``; see
    :class:`nnic.tuners.abilities.Abilities`.
    """

    owns_stopping: bool
    """True when the tuner itself stops trials. An assessor is then an error."""

    def suggest(self, n: int) -> Batch:
        """Return at most ``n`` suggestions; ``n`` is at least 1."""
        ...

    def observe(self, event: TrialEvent) -> Decision:
        """Take note of ``event``; the decision counts for a REPORT only."""
        ...

    def save(self) -> bytes:
        """Return the state as JSON or npz. It is a cache: the log of events is the truth."""
        ...

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned, in a tuner built from the same problem."""
        ...


@runtime_checkable
class Promoter(Protocol):
    """A tuner that goes on from trials that have ended, each time in a new trial with a parent."""

    def promote(self, n: int) -> Batch:
        """Return at most ``n`` suggestions as :meth:`Tuner.suggest`, each of them with a parent.

        Called in the place of ``suggest`` once the run has tried as many configurations as it may. The
        batch is WAIT while trials that run may still be promoted, and EXHAUSTED when none is left.
        """
        ...


class Assessor(Protocol):
    """Judges running trials by their intermediate results."""

    def assess(self, trial: Trial, history: History) -> Decision:
        """Decide on ``trial``, whose last report is new; ``history`` holds every trial."""
        ...
