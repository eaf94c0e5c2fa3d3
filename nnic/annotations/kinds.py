"""The words that may follow ``@nni.``, and what is near them."""

from __future__ import annotations

import re

from nnic.tuners.space import Sampler

SAMPLERS = frozenset(sampler.value for sampler in Sampler)
STATEMENTS = frozenset({"get_next_parameter", "report_intermediate_result", "report_final_result"})
SLOTS = frozenset({"variable", "function_choice"}) | SAMPLERS
# Part of the language; a later release compiles them.
LATER = frozenset(
    {
        "mutable_layers",
        "layer_choice",
        "input_choice",
        "repeat",
        "training_update",
        "budget",
        "constraint",
        "checkpoint",
    }
)
KNOWN = SLOTS | STATEMENTS | LATER

HEAD = re.compile(r"@nni\.([^\W\d]\w*)([ \t]*\()?")


def nearest(word: str, known: frozenset[str] = KNOWN) -> str:
    """The known word that ``word`` is a misspelling of, or ``""``."""
    import difflib

    if word.lower() in known:
        return word.lower()
    matches = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.75)
    return matches[0] if matches else ""
