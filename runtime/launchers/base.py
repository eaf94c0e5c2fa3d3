"""The launchers' protocol: what the experiment loop asks of a launcher and hears from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from nnic.runtime.launchers.metrics import Metric
from nnic.runtime.launchers.trial_document import TrialDocument
from nnic.runtime.processes import ProcessId


class Key(NamedTuple):
    """An execution: trial and attempt."""

    trial: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Launch:
    """What a launcher needs to start an attempt.

    Parameters
    ----------
    directory
        The attempt's directory; created by the launcher with everything in it.
    document
        Content of ``trial.json``.
    environment
        Added to the launcher's own.
    """

    key: Key
    argv: tuple[str, ...]
    cwd: Path
    directory: Path
    document: TrialDocument
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exit:
    """How the main process of an attempt ended.

    Exactly one of ``code`` and ``signal`` is set, unless it could not be started: then ``problem``
    says why. ``problem`` also says why the launcher itself ended it (too much output).
    """

    code: int | None = None
    signal: int | None = None
    problem: str = ""
    kind: str = ""  # The kind of failure where there is a problem: "launch" or "output".


@dataclass(frozen=True, slots=True)
class Started:
    """The process of an attempt runs."""

    key: Key
    process: ProcessId | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A line of the attempt's ``metrics.jsonl``; each comes once, in the order of the file."""

    key: Key
    metric: Metric


@dataclass(frozen=True, slots=True)
class Exited:
    """The attempt is over: its process ended, what it left was swept, its file was read."""

    key: Key
    exit: Exit


@dataclass(frozen=True, slots=True)
class Lost:
    """The attempt is over for a reason that is not its own; swept and read like an ended one."""

    key: Key
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about how attempts are started that a person should read."""

    text: str


Happening = Started | Recorded | Exited | Lost | Notice


class LauncherError(Exception):
    """No trial can be started any more."""


class Launcher(Protocol):
    """Runs attempts. Used from one thread, but for :meth:`wake`."""

    @property
    def malformed(self) -> int:
        """Messages and lines that were no part of the protocol."""
        ...

    def start(self, launch: Launch) -> None:
        """Start an attempt; what becomes of it is heard from :meth:`wait`."""
        ...

    def answer(self, key: Key, sequence: int) -> None:
        """Tell an attempt that its report of this sequence does not end it."""
        ...

    def ask_to_stop(self, key: Key) -> bool:
        """Tell an attempt to end at its report, in the answer to it; whether it can hear that.

        One that does says so with ``Stopping``; others have to be ended by signals.
        """
        ...

    def terminate(self, key: Key) -> None:
        """Ask the processes of an attempt to end (SIGTERM to its group)."""
        ...

    def kill(self, key: Key) -> None:
        """End the processes of an attempt."""
        ...

    def wait(self, timeout_s: float) -> Sequence[Happening]:
        """Wait until something happens, at most ``timeout_s`` seconds.

        Raises
        ------
        LauncherError
            When no trial can be started any more.
        """
        ...

    def wake(self) -> None:
        """Make :meth:`wait` return. May be called from a signal handler."""
        ...

    def close(self) -> None:
        """End every process of every attempt, and give back what is held."""
        ...
