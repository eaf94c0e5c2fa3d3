"""What a further session of an experiment begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nnic.runtime.launchers.metrics import Metric


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a further session knows of those before it.

    Parameters
    ----------
    elapsed_s
        Seconds that they took.
    warnings
        What a person should read about going on.
    tuner_waits, exhausted
        What the tuner answered last (see ``Replay``).
    unread
        What the metrics files of attempts hold whose manager was killed, by trial.
    """

    elapsed_s: float = 0.0
    warnings: tuple[str, ...] = ()
    tuner_waits: bool = False
    exhausted: str | None = None
    unread: Mapping[int, Sequence[Metric]] = field(default_factory=dict)
