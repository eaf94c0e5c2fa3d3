"""One bracket of successive halving, of which a rung is promoted when all of it has ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nnic.tuners.space import Value


@dataclass(slots=True)
class Slot:
    """A place in a rung, with a configuration and what became of it."""

    config: dict[str, Value]
    parent: int | None = None
    parent_step: int | None = None
    trial: int | None = None
    last_step: int | None = None
    ended: bool = False
    loss: float | None = None  # None means that it cannot be promoted.


class Bracket:
    """Rungs of rising budgets, one after the other (Jamieson and Talwalkar 2016).

    Parameters
    ----------
    number
        The number of the bracket, counted over the whole run.
    budgets
        The budgets of the rungs.
    wanted
        How many configurations the bracket begins with.
    """

    def __init__(self, number: int, budgets: Sequence[float], wanted: int) -> None:
        self.number = number
        self.budgets = tuple(budgets)
        self.rung = 0
        self.wanted = wanted
        self.issued = 0
        self.slots: list[Slot] = []

    @property
    def budget(self) -> float:
        """The budget of the current rung, with what parents have used."""
        return self.budgets[self.rung]

    @property
    def used(self) -> float:
        """The budget that the trials of the current rung have used before, in their parents."""
        return self.budgets[self.rung - 1] if self.rung else 0.0

    @property
    def running(self) -> bool:
        """Whether a slot was issued and has not ended."""
        return any(not slot.ended for slot in self.slots[: self.issued])

    def close(self) -> None:
        """Count the first rung as complete with what it has."""
        self.wanted = min(self.wanted, self.issued)

    def issue(self, draw: Callable[[], dict[str, Value] | None]) -> Slot | None:
        """Return the next slot to suggest; the first rung draws its configurations."""
        if self.issued == len(self.slots) and len(self.slots) < self.wanted:
            config = draw()
            if config is None:
                self.wanted = len(self.slots)  # A small space has no more configurations.
            else:
                self.slots.append(Slot(config))
        if self.issued == len(self.slots):
            return None
        self.issued += 1
        return self.slots[self.issued - 1]

    def open_rung(self, eta: float, least: int = 0) -> bool:
        """Open the next rung for the best ``1 / eta`` of one that has ended, or ``least``.

        Failures and what is no number count, and are never promoted; ties go to the earlier slot.
        """
        if self.rung == len(self.budgets) - 1:
            return False
        count = max(least, math.floor(len(self.slots) / eta + 1e-9))
        usable = [slot for slot in self.slots if slot.loss is not None]
        best = sorted(usable, key=lambda slot: slot.loss or 0.0)[:count]
        if not best:
            return False
        self.rung += 1
        self.slots = [Slot(slot.config, slot.trial, slot.last_step) for slot in best]
        self.wanted, self.issued = len(best), 0
        return True

    def to_json(self) -> dict[str, Any]:
        """The state as plain JSON values."""
        return {
            "number": self.number,
            "budgets": self.budgets,
            "rung": self.rung,
            "wanted": self.wanted,
            "issued": self.issued,
            "slots": [asdict(slot) for slot in self.slots],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Bracket:
        """The bracket of which :meth:`to_json` made ``data``."""
        bracket = cls(data["number"], data["budgets"], data["wanted"])
        bracket.rung, bracket.issued = data["rung"], data["issued"]
        bracket.slots = [Slot(**slot) for slot in data["slots"]]
        return bracket
