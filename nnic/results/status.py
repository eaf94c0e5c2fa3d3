"""How an experiment stands: what the store says, and whether a process runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nnic.results.stored import open_store
from nnic.runtime.store.lock import find_manager
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentRecord, ExperimentState, TrialRecord
from nnic.runtime.store.request_kinds import StoredRequest
from nnic.runtime.store.requests import pending_requests


@dataclass(frozen=True, slots=True)
class ExperimentStatus:
    """How an experiment stands.

    Parameters
    ----------
    record
        What the store has of it.
    process
        The id of the process that runs it, ``None`` when there is none.
    best
        The best trial, ``None`` without a result.
    requests
        What was asked of it and is not answered yet, oldest first.
    """

    record: ExperimentRecord
    process: int | None
    best: TrialRecord | None
    requests: tuple[StoredRequest, ...]

    @property
    def state(self) -> str:
        """Its state; ``killed`` when the store says that it runs and no process does."""
        killed = self.record.state is ExperimentState.RUNNING and self.process is None
        return "killed" if killed else self.record.state.value

    @property
    def trials(self) -> dict[str, int]:
        """How many trials have each status; those of a killed experiment that ran are ``lost``."""
        counts = {state.value: count for state, count in self.record.counts.items()}
        if self.process is None and "running" in counts:
            counts["lost"] = counts.pop("running")
        return counts


def read_status(reader: StoreReader, record: ExperimentRecord) -> ExperimentStatus:
    """Return how the experiment stands at this moment."""
    manager = find_manager(reader.home, record.name)
    pid = None if manager is None else manager.pid
    return ExperimentStatus(record, pid, reader.best(record), pending_requests(reader.home, record.name))


def list_experiments(home: Path, problems: dict[str, str] | None = None) -> tuple[ExperimentStatus, ...]:
    """Return how every experiment of a project stands, oldest first.

    Parameters
    ----------
    home
        The project's ``NNIC_HOME``.
    problems
        Gets the names of those that can't be read, each with why; they are left out.

    Raises
    ------
    UnknownExperimentError, StoreError, DamagedStoreError
        As :func:`open_store` does.
    """
    with open_store(home) as reader:
        return tuple(read_status(reader, record) for record in reader.experiments(problems))
