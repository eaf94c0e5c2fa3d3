"""The kinds of entries of an experiment's log; ``log_codec.py`` has their form in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from nnic.tuners.protocol import BatchStatus, Decision, EventKind, Failure, Report, Suggestion, TrialState
from nnic.tuners.space import Value


@dataclass(frozen=True, slots=True)
class Begin:
    """What the tuner was built from beside the space; ``trials`` does not count the script's own values."""

    seed: int
    jobs: int
    trials: int | None


@dataclass(frozen=True, slots=True)
class Baseline:
    """Trial 0 exists; ``config`` are the script's own values as far as they are known. Written again
    when running it has told more of them."""

    trial: int
    config: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggestion, and the trial that it became."""

    trial: int
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Ask:
    """A call of ``suggest(n)``, or of ``promote(n)`` for ``promotions``, and what it returned."""

    n: int
    status: BatchStatus
    reason: str
    proposals: tuple[Proposal, ...]
    promotions: bool = False


@dataclass(frozen=True, slots=True)
class Enqueued:
    """A trial that its user asked for."""

    trial: int
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Imported:
    """A trial that its user had elsewhere; its result follows as an event."""

    trial: int
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Attempt:
    """A further attempt of a trial starts; only the first ``steps`` reports of the earlier ones still count,
    because it goes on from a checkpoint that came after them."""

    trial: int
    attempt: int
    steps: int = 0


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """A trial runs."""

    kind: ClassVar = EventKind.STARTED

    trial: int


@dataclass(frozen=True, slots=True)
class TrialReported:
    """A trial has reported an intermediate result."""

    kind: ClassVar = EventKind.REPORT

    trial: int
    attempt: int
    report: Report


@dataclass(frozen=True, slots=True)
class TrialEnded:
    """A trial is over; ``imported`` says that the tuner is told its result as one from elsewhere."""

    trial: int
    state: TrialState
    value: float | None = None
    failure: Failure | None = None
    imported: bool = False

    @property
    def kind(self) -> EventKind:
        """What the tuner is told."""
        return EventKind.IMPORTED if self.imported else EventKind.ENDED


Change = TrialStarted | TrialReported | TrialEnded


@dataclass(frozen=True, slots=True)
class Note:
    """A change that the tuner is not told: it was told that step before, the trial is being ended, or it
    is trial 0."""

    change: Change


@dataclass(frozen=True, slots=True)
class Event:
    """A change that the tuner is told; ``order`` rises by one from event to event."""

    order: int
    change: Change


@dataclass(frozen=True, slots=True)
class Decided:
    """What the tuner and the assessor answered to the event ``order``, when one of them did not answer
    that the trial goes on."""

    order: int
    trial: int
    tuner: Decision
    assessor: Decision

    @property
    def decision(self) -> Decision:
        """What becomes of the trial."""
        return max(self.tuner, self.assessor)


@dataclass(frozen=True, slots=True)
class Turned:
    """The run searches in the other direction from here on, with a fresh tuner that is told the results
    so far as imported ones."""

    maximize: bool


LogEntry = Turned | Begin | Baseline | Ask | Enqueued | Imported | Attempt | Note | Event | Decided
