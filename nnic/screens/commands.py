"""The commands that are proposed to a person: each can be typed as it is printed."""

from __future__ import annotations

import shlex


def command(verb: str, *words: object) -> str:
    """Return ``nnic VERB WORDS``, quoted for a shell where that is needed."""
    return shlex.join(["nnic", verb, *map(str, words)])
