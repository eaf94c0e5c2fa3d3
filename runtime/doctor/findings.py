"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How bad a finding is."""

    OK = "ok"
    NOTE = "note"  # worth knowing; nothing needs to be done
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found.

    Parameters
    ----------
    subject
        What was looked at, in a word.
    message
        What was found.
    next
        What to do about it, a command where there is one; never empty for a problem.
    """

    level: Level
    subject: str
    message: str
    next: str = ""

    def __post_init__(self) -> None:
        if self.level is Level.PROBLEM and not self.next:
            raise ValueError(f"a problem without a next step: {self.message}")
