"""A store of one experiment that is a few lists in memory."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace

from nnic.runtime.config import RunConfig
from nnic.runtime.store.log_entries import LogEntry
from nnic.runtime.store.records import ExperimentState, ReportRecord, TrialRecord, Wait
from nnic.runtime.store.request_kinds import Request, StoredRequest
from nnic.runtime.store.rows import join_reports
from nnic.tuners.protocol import Report


@dataclass
class Contents:
    """What is committed."""

    state: ExperimentState = ExperimentState.RUNNING
    reason: str = ""
    ended: float | None = None
    elapsed_s: float = 0.0
    config: RunConfig | None = None
    never_read: tuple[str, ...] = ()
    waits: tuple[Wait, ...] = ()
    tuner_state: tuple[int, bytes] | None = None
    log: list[LogEntry] = field(default_factory=list)
    trials: dict[int, TrialRecord] = field(default_factory=dict)
    reports: dict[tuple[int, int, int], ReportRecord] = field(default_factory=dict)
    requests: dict[int, StoredRequest] = field(default_factory=dict)


class InMemoryStore:
    """Follows ``ExperimentStore``; what is queued is a copy that takes the place of what is committed."""

    def __init__(self) -> None:
        self.committed = Contents()
        self._queued: Contents | None = None

    @property
    def dirty(self) -> bool:
        return self._queued is not None

    @property
    def _next(self) -> Contents:
        if self._queued is None:
            self._queued = copy.copy(self.committed)
            for name in ("log", "trials", "reports", "requests"):
                setattr(self._queued, name, copy.copy(getattr(self.committed, name)))
        return self._queued

    def set_state(self, state: ExperimentState, reason: str, ended: float | None) -> None:
        self._next.state, self._next.reason, self._next.ended = state, reason, ended

    def set_elapsed(self, elapsed_s: float) -> None:
        self._next.elapsed_s = elapsed_s

    def set_config(self, config: RunConfig) -> None:
        self._next.config = config

    def set_never_read(self, keys: tuple[str, ...]) -> None:
        self._next.never_read = keys

    def set_waits(self, waits: tuple[Wait, ...]) -> None:
        self._next.waits = waits

    def put_trial(self, trial: TrialRecord) -> None:
        self._next.trials[trial.id] = trial

    def add_report(self, report: ReportRecord) -> None:
        self._next.reports.setdefault((report.trial, report.attempt, report.sequence), report)

    def append(self, entry: LogEntry) -> None:
        self._next.log.append(entry)

    def ask(self, request: Request) -> int:
        """As another process would."""
        number = len(self.committed.requests) + 1
        for contents in (self.committed, self._queued):
            if contents is not None:
                contents.requests[number] = StoredRequest(number, request, 0.0)
        return number

    def new_requests(self) -> tuple[StoredRequest, ...]:
        requests = (self._queued or self.committed).requests
        return tuple(stored for stored in requests.values() if stored.answered is None)

    def answer(self, request: int, text: str = "", refused: bool = False) -> None:
        requests = self._next.requests
        requests[request] = replace(requests[request], answered=1.0, answer=text, refused=refused)

    def put_tuner_state(self, data: bytes) -> None:
        self.committed.tuner_state = len(self.committed.log), data

    def commit(self) -> None:
        if self._queued is not None:
            self.committed, self._queued = self._queued, None

    def discard(self) -> None:
        self._queued = None

    def trials(self) -> list[TrialRecord]:
        """The trials, each with the reports that count."""
        found = []
        for trial in sorted(self.committed.trials.values(), key=lambda trial: trial.id):
            own: dict[int, list[Report]] = {}
            for (of, attempt, _), r in sorted(self.committed.reports.items()):
                if of == trial.id and not r.final:
                    own.setdefault(attempt, []).append(Report(r.step, (r.value,), r.metrics))
            found.append(replace(trial, reports=join_reports(trial.attempts, own)))
        return found
