"""A program with open slots: what a trial makes of it can be written by hand, and run without a compiler."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

_SLOT = re.compile("«(\\d+)»")
_REPORT = re.compile(r"⟦(.*?)⟧")


@dataclass(frozen=True, slots=True)
class Slot:
    """An annotated value.

    ``options`` are pairs of what an option reads like in a program and the parameters that choose it;
    ``original`` may hold other slots.
    """

    original: str
    options: tuple[tuple[str, dict[str, object]], ...]


@dataclass(frozen=True, slots=True)
class Script:
    """``template`` holds ``«3»`` for the slot 3, and ``⟦n⟧`` for a report of ``use(n)``."""

    template: str
    slots: tuple[Slot, ...]

    @property
    def reported(self) -> set[str]:
        """What the log says of a report: its number, and the word."""
        return {"'report'", *_REPORT.findall(self.template)}

    def annotated(self) -> str:
        """What a user writes."""
        return self._reported(
            self._filled(dict.fromkeys(range(len(self.slots)))), "# @nni.report_final_result(use({}))"
        )

    def by_hand(self, choice: dict[int, int | None]) -> str:
        """What runs in a trial: ``choice`` is the option of every slot, ``None`` for its own value."""
        return self._reported(self._filled(choice), "report(use({}))")

    def parameters(self, choice: dict[int, int | None]) -> dict[str, object]:
        """The parameters of such a trial: numbers, or the index of an option."""
        found: dict[str, object] = {}
        for number, option in choice.items():
            if option is not None:
                found |= self.slots[number].options[option][1]
        return found

    def choose(self, rng: random.Random) -> dict[int, int | None]:
        """Some option for most slots."""
        return {
            number: rng.randrange(len(slot.options)) if rng.random() < 0.7 else None
            for number, slot in enumerate(self.slots)
        }

    def _filled(self, choice: dict[int, int | None]) -> str:
        def text(match: re.Match[str]) -> str:
            slot = self.slots[int(match[1])]
            option = choice[int(match[1])]
            return slot.original if option is None else slot.options[option][0]

        filled = self.template
        while _SLOT.search(filled):
            filled = _SLOT.sub(text, filled)
        return filled

    @staticmethod
    def _reported(text: str, form: str) -> str:
        return _REPORT.sub(lambda match: form.format(match[1]), text)
