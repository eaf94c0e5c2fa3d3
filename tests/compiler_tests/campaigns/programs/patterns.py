"""Random patterns of ``match``."""

from __future__ import annotations

import random
from collections.abc import Callable

LITERALS = ("1", "-1.5", "1 + 2j", "'a'", "b'x' b'y'", "None", "True", "d.x", "d.x.y")


def pattern(rng: random.Random, name: Callable[[], str], depth: int = 0) -> str:
    """A pattern that always may fail, of every kind."""
    if depth > 2:
        return rng.choice(LITERALS)

    def inner() -> str:
        return pattern(rng, name, depth + 1)

    kinds = (
        lambda: rng.choice(LITERALS),
        lambda: f"[{inner()}, *{name()}]",
        lambda: f"({inner()}, *_, {name()})",
        lambda: f"{{'a': {inner()}, d.x: {inner()}, **{name()}}}",
        lambda: f"d.A({inner()}, x={inner()}, y={name()})",
        lambda: f"({rng.choice(LITERALS)} | {rng.choice(LITERALS)} | [_, _])",
        lambda: f"({inner()} as {name()})",
        lambda: "[]",
        lambda: "{}",
        lambda: "f(k=1)",
    )
    return rng.choice(kinds)()
