"""The record of a trial as one of its attempts begins, and as it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from nnic.runtime.launchers.base import Exit
from nnic.runtime.launchers.metrics import Crash, Invalid, Result
from nnic.runtime.store.records import AttemptRecord, AttemptState, DeviceRef, Frame, TrialRecord
from nnic.tuners.protocol import Failure, TrialState


@dataclass(frozen=True, slots=True)
class AttemptProgress:
    """What an attempt has told while it runs, and what is done about its end.

    Parameters
    ----------
    launched, deadline
        When it started, and when more is done about its end; both of the monotonic clock.
    judged
        Whether its reports may end it.
    told_to_stop
        Whether it got no signal yet, but was only told to stop.
    ends_by_itself
        Whether it has heard that, and finishes what it does: what it reports from then on is no result.
    limit_s
        The limit of time that it ran over.
    final
        Its final result, which becomes the trial's when it ends well.
    finals
        How many final results it has reported: the last one counts.
    settled
        Whether that came before anybody asked the attempt to end.
    invalid, crash
        Why it may have none.
    holders
        The threads and processes that its process waits for after the script has ended.
    lingers_until
        How long they may go on, by the monotonic clock.
    lingered
        Whether they were ended for that.
    """

    launched: float = 0.0
    judged: bool = False
    deadline: float | None = None
    told_to_stop: bool = False
    ends_by_itself: bool = False
    limit_s: float = 0.0
    final: Result | None = None
    finals: int = 0
    invalid: Invalid | None = None
    settled: bool = False
    crash: Crash | None = None
    holders: tuple[str, ...] = ()
    lingers_until: float | None = None
    lingered: bool = False

    @property
    def has_result(self) -> bool:
        """Whether there is a result that counts however the attempt ends.

        One of several may be that of a fold, which counts only where the script came to its end.
        """
        return self.settled and (self.finals == 1 or bool(self.holders))


def begin_record(
    record: TrialRecord, directory: Path, now: float, devices: tuple[DeviceRef, ...], steps: int = 0
) -> TrialRecord:
    """The record when its next attempt runs: of what earlier ones reported the first ``steps`` still count,
    which are before the checkpoint that it goes on from."""
    number = len(record.attempts)
    steps = min(steps, len(record.reports))
    attempt = AttemptRecord(number, AttemptState.RUNNING, now, devices=devices, steps=steps)
    return replace(
        record,
        status=TrialState.RUNNING,
        attempt=number,
        attempts=(*record.attempts, attempt),
        directory=directory,
        reports=record.reports[:steps],
        metric=None,
        metrics={},
        error=None,
        frames=(),
        started=now,
        ended=None,
    )


def end_record(
    record: TrialRecord,
    progress: AttemptProgress,
    status: TrialState,
    state: AttemptState,
    now: float,
    failure: Failure | None,
    exit: Exit | None,
    memory_bytes: int | None,
) -> TrialRecord:
    """The record when its current attempt is over.

    Parameters
    ----------
    status, state
        What became of the trial, and of the attempt.
    """
    failed = state is AttemptState.FAILED
    # What went wrong after the result of a success is told, too.
    noted = status is TrialState.SUCCEEDED and progress.has_result and failure is not None
    crash = progress.crash if failed or noted else None
    frames = () if crash is None else tuple(Frame(*frame) for frame in crash.frames)
    attempt = replace(
        record.attempts[-1],
        state=state,
        ended=now,
        exit_code=None if exit is None else exit.code,
        signal=None if exit is None else exit.signal,
        failure=failure if failed or noted or state is AttemptState.LOST else None,
        frames=frames,
        memory_bytes=memory_bytes,
    )
    record = replace(
        record,
        status=status,
        attempts=(*record.attempts[:-1], attempt),
        ended=now,
        frames=frames,
        error=failure if noted or status is TrialState.FAILED else None,
    )
    if status is TrialState.SUCCEEDED and progress.final is not None:
        return replace(record, metric=progress.final.value, metrics=progress.final.metrics)
    if status is TrialState.SUCCEEDED and record.reports:  # It was ended with what it had.
        last = record.reports[-1]
        return replace(record, metric=last.values[0], metrics=last.metrics)
    return record
