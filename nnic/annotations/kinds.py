"""The words that may follow ``@nni.``, and what is near them."""

from __future__ import annotations

import re

from nnic.tuners.space import Sampler

SAMPLERS = frozenset(sampler.value for sampler in Sampler)
STATEMENTS = frozenset({"get_next_parameter", "report_intermediate_result", "report_final_result"})
SLOTS = frozenset({"variable", "function_choice", "budget", "checkpoint"}) | SAMPLERS
# Part of the language; a later release compiles them.
LATER = {
    "layer_choice": "architecture annotations come in a later release",
    "input_choice": "architecture annotations come in a later release",
    "repeat": "architecture annotations come in a later release",
    "training_update": "architecture annotations come in a later release",
}
KNOWN = SLOTS | STATEMENTS | LATER.keys() | {"constraint", "mutable_layers"}

HEAD = re.compile(r"@nni\.([^\W\d]\w*)([ \t]*\()?")


def nearest(word: str, known: frozenset[str] = KNOWN) -> str | None:
    """Return the known word that ``word`` is a misspelling of, or ``None`` where it is none."""
    import difflib

    if word.lower() in known:
        return word.lower()
    matches = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.75)
    return matches[0] if matches else None


def is_certain(word: str, guess: str, known: frozenset[str] = KNOWN) -> bool:
    """Tell whether ``word`` can only be ``guess``: one slip of the hand away, and from no other known
    word."""
    if word.lower() == guess:
        return True
    return [other for other in known if is_one_slip(word.lower(), other)] == [guess]


def is_one_slip(first: str, second: str) -> bool:
    """Tell whether one character is missing, too many or wrong, or two neighbours changed places."""
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    a, b = first[start:], second[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
