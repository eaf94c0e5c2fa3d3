"""How a screen is told of what happens in a running experiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from nnic.runtime.store.records import ExperimentState, TrialRecord, Wait

if TYPE_CHECKING:
    from nnic.runtime.config import RunConfig
    from nnic.tuners.space import SearchSpace


@dataclass(frozen=True, slots=True, repr=False)
class RunResult:
    """How a run ended.

    Parameters
    ----------
    state
        ``DONE``, ``FAILED`` (trial 0 failed, every trial failed, the tuner raised) or
        ``INTERRUPTED``, which can be resumed.
    reason
        Why it ended, as a sentence for a person.
    best
        The best finished trial, ``None`` without one. May be trial 0.
    baseline
        Trial 0, ``None`` when it was not started.
    malformed
        Messages and lines that were no part of the protocol and were ignored.
    """

    name: str
    state: ExperimentState
    reason: str
    best: TrialRecord | None
    baseline: TrialRecord | None
    malformed: int = 0

    def __repr__(self) -> str:
        best = "no result" if self.best is None else f"best #{self.best.id} {self.best.metric:g}"
        return f"<RunResult {self.name} {self.state.value}: {self.reason}; {best}>"


class StoppableRun(Protocol):
    """What an observer may ask of the run that it watches."""

    def request_stop(self, drain: bool = True) -> None:
        """End the run; with ``drain`` running trials may end first. Safe in a signal handler."""
        ...


class Observer:
    """Is told of changes, in order, after they are committed, in the thread of the run.

    An exception that it raises ends the run as an interruption does. As it stands it takes note of
    nothing; subclasses override what they want to be told.
    """

    def run_started(self, config: RunConfig, space: SearchSpace, run: StoppableRun, resumed: bool) -> None:
        """The run begins; earlier trials of a resumed one are in the store."""

    def trial_started(self, trial: TrialRecord) -> None:
        """An attempt of ``trial`` was launched."""

    def trial_reported(self, trial: TrialRecord) -> None:
        """``trial`` has a new last report."""

    def trial_ended(self, trial: TrialRecord) -> None:
        """``trial`` has ended; its status says how."""

    def trial_lost(self, trial: TrialRecord, reason: str) -> None:
        """An attempt of ``trial`` was lost; it is started again when ``trial`` is waiting."""

    def best_changed(self, trial: TrialRecord, previous: TrialRecord | None) -> None:
        """``trial`` has the best result so far."""

    def trial_repeated(self, trial: TrialRecord, reason: str) -> None:
        """An attempt of ``trial`` failed, and it is started again."""

    def waits_changed(self, waits: tuple[Wait, ...]) -> None:
        """Trials wait for other things than before they start; ``waits`` is empty when none waits."""

    def trial_revived(self, trial: TrialRecord) -> None:
        """``trial``, as it had ended, is to be tried again."""

    def trial_corrected(self, before: TrialRecord, trial: TrialRecord, best: TrialRecord | None) -> None:
        """The result of a trial that had ended was discarded, or counts again; ``best`` is the best now."""

    def limits_changed(self, config: RunConfig) -> None:
        """The run has other limits now."""

    def waiting(self, reason: str) -> None:
        """A slot is free and the tuner has nothing to propose until an event comes."""

    def warning(self, message: str) -> None:
        """There is something that a person should read."""

    def stopping(self, drain: bool) -> None:
        """A stop was asked for."""

    def tick(self) -> None:
        """A quarter of a second has passed, about, while trials run."""

    def run_ended(self, result: RunResult) -> None:
        """Nothing runs any more."""
