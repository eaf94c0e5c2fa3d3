"""What a tuner can do beyond the protocol, as far as others must know before it is built.

Standard library only, and no tuner is imported: the table of the built-in tuners holds theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from nnic.tuners.protocol import Promoter


@dataclass(frozen=True, slots=True)
class Abilities:
    """The abilities of a tuner; a class of the user's own declares them as ``abilities = Abilities(...)``.

    Parameters
    ----------
    budgets
        Gives trials less than the whole budget, where the problem has a fidelity.
    learns
        Results that it did not ask for (imported ones, a warm start) change what it proposes, beyond
        leaving out what was tried before.
    promotes
        Goes on from trials: where the problem has a fidelity, it implements
        :class:`~nnic.tuners.protocol.Promoter`. Need not be declared: the method says it.
    plans
        Proposes other configurations when the run is to have another number of trials.
    needs_checkpoint
        Refuses a program that keeps no checkpoint.
    """

    budgets: bool = False
    learns: bool = True
    promotes: bool = False
    plans: bool = False
    needs_checkpoint: bool = False

    def sentence(self) -> str:
        """What ``nnic tuners`` and the documentation tell people of it."""
        said = {
            "gives trials budgets": self.budgets,
            "continues earlier trials": self.promotes,
            "needs a checkpoint": self.needs_checkpoint,
        }
        first = [f"{phrase}, " for phrase, true in said.items() if true]
        last = "learns from imported results" if self.learns else "does not learn from imported results"
        return f"It {''.join(first)}{'and ' if first else ''}{last}."


def declared_abilities(cls: type[Any]) -> Abilities:
    """The abilities that a class declares, or else the defaults; it promotes when it has the method.

    Raises
    ------
    ValueError
        When the class attribute ``abilities`` is of another type.
    """
    holder = next((base for base in cls.__mro__ if "abilities" in vars(base)), None)
    declared = Abilities() if holder is None else vars(holder)["abilities"]
    if not isinstance(declared, Abilities):
        raise ValueError(f"{cls.__qualname__}.abilities must be Abilities(...), got {declared!r}")
    return replace(declared, promotes=issubclass(cls, Promoter))
