"""What a script's arguments give to one of its options."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """An option as it was given.

    Parameters
    ----------
    text
        As a person writes it: ``--lr 0.5``.
    words
        What stands behind the option; nothing for a flag.
    option
        The option itself, in full; ``""`` for an argument without one.
    source
        What gives it, for a sentence.
    """

    text: str
    words: tuple[str, ...] = ()
    option: str = ""
    source: str = "your arguments"
