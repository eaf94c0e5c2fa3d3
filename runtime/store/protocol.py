"""What the experiment loop needs of a store."""

from __future__ import annotations

from typing import Protocol

from nnic.runtime.config import RunConfig
from nnic.runtime.store.log_entries import LogEntry
from nnic.runtime.store.records import ExperimentState, ReportRecord, TrialRecord, Wait
from nnic.runtime.store.request_kinds import StoredRequest


class ExperimentStore(Protocol):
    """The store of one experiment, as its loop writes it. Used from one thread.

    Changes are queued in memory; :meth:`commit` makes them last, all of them or none. An implementation
    raises ``StoreError``, with what to do, when it cannot write; what was committed is then safe.
    """

    @property
    def dirty(self) -> bool:
        """Whether anything is queued."""
        ...

    def set_state(self, state: ExperimentState, reason: str, ended: float | None) -> None:
        """Queue the experiment's state; the last one counts."""
        ...

    def set_elapsed(self, elapsed_s: float) -> None:
        """Queue the time that the experiment has taken, all sessions together."""
        ...

    def set_config(self, config: RunConfig) -> None:
        """Queue a changed configuration."""
        ...

    def set_never_read(self, keys: tuple[str, ...]) -> None:
        """Queue the parameters that trial 0 did not ask for."""
        ...

    def set_waits(self, waits: tuple[Wait, ...]) -> None:
        """Queue what trials wait for that are not started."""
        ...

    def put_trial(self, trial: TrialRecord) -> None:
        """Queue a trial and its current attempt, in the place of what is known of them.

        Its reports are queued one by one, by :meth:`add_report`.
        """
        ...

    def add_report(self, report: ReportRecord) -> None:
        """Queue a metric of an attempt. One of the same trial, attempt and sequence changes nothing: a
        metric counts once, however often it is sent."""
        ...

    def append(self, entry: LogEntry) -> None:
        """Queue an entry at the end of the log."""
        ...

    def new_requests(self) -> tuple[StoredRequest, ...]:
        """What was asked of the experiment since the last call and is not answered, oldest first.

        Requests of before the last call come again while they are not answered, as long as others ask.
        """
        ...

    def answer(self, request: int, text: str = "", refused: bool = False) -> None:
        """Queue the answer to a request; committed together with what it changes, it is heeded once."""
        ...

    def put_tuner_state(self, data: bytes) -> None:
        """Write the tuner's state as of the end of the committed log, at once."""
        ...

    def commit(self) -> None:
        """Write what is queued, all of it or nothing, and wait until it lasts."""
        ...

    def discard(self) -> None:
        """Forget what is queued: it belongs to a turn that was not finished."""
        ...
