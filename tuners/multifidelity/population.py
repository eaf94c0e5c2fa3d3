"""The population of PBT knows what its members reached, and who may copy whom."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from nnic.tuners.space import Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a member's trial reached at the end of a generation.

    ``loss`` is smaller where it is better, ``inf`` for a failure or what is no number; ``step`` is
    that of the last report.
    """

    generation: int
    trial: int
    config: Mapping[str, Value]
    loss: float
    step: int | None = None


@dataclass(slots=True)
class Member:
    """A member of the population.

    ``config`` is what it trains with, or did last; ``running`` the number of its suggestion while
    that has not ended; ``generation`` that of the suggestion; ``retired`` when nothing can follow;
    ``failures`` counts those since its last result.
    """

    config: dict[str, Value]
    generation: int = 0
    running: int | None = None
    retired: bool = False
    failures: int = 0
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    @property
    def latest(self) -> Outcome | None:
        """The outcome of its last trial, once that has ended."""
        return None if self.running is not None else self.outcomes.get(self.generation)

    def at(self, generation: int) -> Outcome | None:
        """What the member had reached by the end of ``generation``: its latest outcome until then."""
        known = [outcome for g, outcome in self.outcomes.items() if g <= generation]
        return max(known, key=lambda outcome: outcome.generation, default=None)

    def to_json(self) -> dict[str, Any]:
        """The state as plain JSON values."""
        return {
            "config": self.config,
            "generation": self.generation,
            "running": self.running,
            "retired": self.retired,
            "failures": self.failures,
            "outcomes": [asdict(outcome) for outcome in self.outcomes.values()],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Member:
        """The member of which :meth:`to_json` made ``data``."""
        outcomes = {entry["generation"]: Outcome(**entry) for entry in data["outcomes"]}
        plain = {name: value for name, value in data.items() if name != "outcomes"}
        return cls(**plain, outcomes=outcomes)


def donors(members: Sequence[Member], member: Member, fraction: float) -> list[Outcome] | None:
    """The outcomes that ``member`` may copy; ``None`` when it goes on for itself.

    Truncation selection (Jaderberg et al. 2017, section 4.1): a member of the bottom ``fraction``
    copies one of the top ``fraction``. It is compared with what the others had reached by the end of
    the generation that it has ended, so that nobody wins by having trained for longer; one that is not
    that far yet counts with its latest outcome. While not all ``members`` have results the parts are
    smaller in proportion; once they have, each part has one member at least. The population is as large
    as it has become: a run with few trials does not fill it.

    A failed member may copy any of the top as they were a generation earlier, and its own earlier
    state is among them; the list is empty when nobody has a result.
    """
    own = member.latest
    assert own is not None
    failed = not math.isfinite(own.loss)
    until = max(own.generation - 1, 0) if failed else own.generation
    known = [outcome for m in members if (outcome := m.at(until)) is not None]
    ranked = sorted(known, key=lambda outcome: (outcome.loss, outcome.trial))
    share = max(1, math.floor(fraction * len(members) + 1e-9)) * len(ranked) // len(members)
    top = [outcome for outcome in ranked[: max(share, 1)] if outcome.loss < own.loss]
    if failed:
        return top
    bottom = share > 0 and ranked.index(own) >= len(ranked) - share
    return top if bottom and top else None
