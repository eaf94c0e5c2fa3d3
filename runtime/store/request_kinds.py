"""What can be asked of an experiment: a type for each kind, and their form in the store.

A request without a version is of the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import ClassVar

from nnic.runtime.fields import Fields
from nnic.tuners.space import Value

VERSION = 1


class Unchanged(Enum):
    """In the place of a limit that stays as it is."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class ChangeLimits:
    """The limits that are given replace the run's; ``None`` takes one away."""

    kind: ClassVar = "limits"

    trials: int | Unchanged | None = UNCHANGED
    time_s: float | Unchanged | None = UNCHANGED
    trial_time_s: float | Unchanged | None = UNCHANGED
    jobs: int | Unchanged = UNCHANGED

    def changes(self) -> dict[str, float | None]:
        """The limits that are given, by their names in ``RunConfig``."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in values if value is not UNCHANGED}


@dataclass(frozen=True, slots=True)
class EnqueueTrial:
    """A trial of these values, by full keys, before what the tuner proposes."""

    kind: ClassVar = "enqueue"

    config: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class RetryTrials:
    """Failed and cancelled trials are started again, as further attempts."""

    kind: ClassVar = "retry"

    trials: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CancelTrials:
    """Trials that run or wait are ended."""

    kind: ClassVar = "cancel"

    trials: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeepTrials:
    """Running trials are ended, and the last value that each has reported is its result."""

    kind: ClassVar = "keep"

    trials: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DiscardTrials:
    """The results of trials that have ended count no more; with ``undo`` they count again."""

    kind: ClassVar = "discard"

    trials: tuple[int, ...]
    undo: bool = False


@dataclass(frozen=True, slots=True)
class EarlierResult:
    """A configuration, and the result that it had in an earlier search."""

    config: Mapping[str, Value]
    value: float


@dataclass(frozen=True, slots=True)
class ImportResults:
    """The tuner is told results of earlier searches."""

    kind: ClassVar = "import"

    results: tuple[EarlierResult, ...]


Request = (
    ChangeLimits | EnqueueTrial | RetryTrials | CancelTrials | KeepTrials | DiscardTrials | ImportResults
)


@dataclass(frozen=True, slots=True)
class UnknownRequest:
    """A request that this nnic does not understand, and why; it is answered with a refusal."""

    kind: str
    problem: str


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request to an experiment, and its answer.

    Parameters
    ----------
    request
        What is asked.
    time
        When it was asked, in Unix seconds.
    answered
        When it was answered; ``None`` until then.
    refused, answer
        Whether it was refused, and what a person should read about it.
    """

    id: int
    request: Request | UnknownRequest
    time: float
    answered: float | None = None
    refused: bool = False
    answer: str = ""


def encode_request(request: Request) -> dict[str, object]:
    """The JSON of a request beside its kind."""
    if isinstance(request, ChangeLimits):
        return dict(request.changes())
    if isinstance(request, EnqueueTrial):
        return {"config": dict(request.config)}
    if isinstance(request, ImportResults):
        return {"results": [{"config": dict(r.config), "value": r.value} for r in request.results]}
    if isinstance(request, DiscardTrials):
        return {"trials": list(request.trials), "undo": request.undo}
    return {"trials": list(request.trials)}


def decode_request(kind: str, data: object) -> Request | UnknownRequest:
    """Inverse of :func:`encode_request`."""
    decode = _DECODERS.get(kind)
    if decode is None:
        return UnknownRequest(kind, f"this nnic does not know the request {kind!r}")
    try:
        entries = Fields(data)
        if entries.version() != VERSION:
            return UnknownRequest(kind, f"a newer nnic asked for it ({kind!r}, version {entries.version()})")
        return decode(entries)
    except ValueError as error:
        return UnknownRequest(kind, f"the request {kind!r} is not understood: {error}")


def _decode_limits(entries: Fields) -> ChangeLimits:
    return ChangeLimits(
        entries.optional_integer("trials") if "trials" in entries else UNCHANGED,
        entries.optional_number("time_s") if "time_s" in entries else UNCHANGED,
        entries.optional_number("trial_time_s") if "trial_time_s" in entries else UNCHANGED,
        entries.integer("jobs") if "jobs" in entries else UNCHANGED,
    )


def _decode_results(entries: Fields) -> ImportResults:
    results = entries.objects("results")
    return ImportResults(tuple(EarlierResult(r.config("config"), r.number("value")) for r in results))


_DECODERS: Mapping[str, Callable[[Fields], Request]] = {
    ChangeLimits.kind: _decode_limits,
    EnqueueTrial.kind: lambda entries: EnqueueTrial(entries.config("config")),
    RetryTrials.kind: lambda entries: RetryTrials(entries.integers("trials")),
    CancelTrials.kind: lambda entries: CancelTrials(entries.integers("trials")),
    KeepTrials.kind: lambda entries: KeepTrials(entries.integers("trials")),
    DiscardTrials.kind: lambda entries: DiscardTrials(entries.integers("trials"), entries.flag("undo")),
    ImportResults.kind: _decode_results,
}
