"""What mends a finding: text for people, and the exact edits that make it so."""

from __future__ import annotations

from dataclasses import dataclass

from nnic.edits import Edit


@dataclass(frozen=True, slots=True)
class Fix:
    """How to mend a finding.

    Parameters
    ----------
    text
        What people are shown, and may type.
    edits
        The same as edits of the source, in its order; empty where only a person can make them, as in
        a string whose escapes hide which character is which.
    safe
        Whether ``nnic lint --fix`` makes them. A safe fix either mends what doesn't compile in the one
        way that it can be meant, or changes nothing that a program means; any other fix is a suggestion.
    """

    text: str
    edits: tuple[Edit, ...] = ()
    safe: bool = False

    def __post_init__(self) -> None:
        assert self.text
        assert all(a.span.end <= b.span.start for a, b in zip(self.edits, self.edits[1:])), self.edits
