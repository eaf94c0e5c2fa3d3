"""Expressions as authors write options, and numbers as they write arguments.

``expressions.txt`` holds the short ones, below ``== kind``.
"""

from __future__ import annotations

import ast
import random
import re
from pathlib import Path

_SAMPLERS = re.split(
    " ", "randint uniform quniform loguniform qloguniform normal qnormal lognormal qlognormal"
)
NUMBERS = re.split(" ", "-3 -2.5 -1e-5 +0 0 0.0 1e-4 0.001 .25 1 1.0 2 3.5 8 1e2 1_000")
_POSITIVE = re.split(" ", "1e-6 1e-4 0.001 .25 1 1.0 2. 3.5 8 1e2 1_000 1e5")
_WHOLE = re.split(" ", "0 1 2 5 0x10 100")
_WORDS = ["learning_rate", "momentum_of_it", "weight_decay", "hidden", "kernel_size", "x"]


def _short() -> dict[str, list[str]]:
    """The expressions by kind."""
    text = Path(__file__).with_name("expressions.txt").read_text(encoding="utf-8")
    _, *parts = re.split(r"^== ", text, flags=re.M)
    lines = [part.strip("\n").split("\n") for part in parts]
    return {kind: expressions for kind, *expressions in lines}


def _value(option: str) -> object:
    """What tells options apart: a constant's value, else its text."""
    try:
        value = ast.literal_eval(option)
    except (ValueError, SyntaxError):
        return option
    return value if isinstance(value, (int, float, str)) else option


class Expressions:
    """Draws expressions; ``used`` names the kinds that were drawn."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.used: set[str] = set()
        self._kinds = _short()

    def option(self) -> str:
        """One option of any kind."""
        if self._rng.random() < 0.12:
            self.used.add("long")
            return self.long()
        if self._rng.random() < 0.15:
            self.used.add("nested data")
            return self._nested(2)
        kind = self._rng.choice(list(self._kinds))
        self.used.add(kind)
        return self._rng.choice(self._kinds[kind])

    def options(self, least: int = 1) -> list[str]:
        """Several options, no two of them equal."""
        found = [self.option() for _ in range(self._rng.randint(least, 5))]
        # Equal ones, such as 1 and True, are one entry of a dict to NNI: its trials can't tell them apart.
        return list({_value(option): option for option in found}.values())

    def _nested(self, depth: int) -> str:
        rng = self._rng
        if depth == 0:
            return self._rng.choice(self._kinds[rng.choice(list(self._kinds))])
        parts = [self._nested(depth - 1) for _ in range(rng.randint(1, 3))]
        comma = rng.choice([", ", ",", " , "])
        form = rng.randrange(6)
        if form == 0:
            return f"[{comma.join(parts)}]"
        if form == 1:
            return f"({comma.join(parts)},)"
        if form == 2:
            return "{" + comma.join(f"{i!r}: {part}" for i, part in enumerate(parts)) + "}"
        if form == 3:
            return f"p({comma.join(parts)})"
        if form == 4:
            return "p(" + comma.join(f"key_{i}={part}" for i, part in enumerate(parts)) + ")"
        return f"({' or '.join(f'({part})' for part in parts)})"

    def long(self) -> str:
        """An expression that astor breaks over lines."""
        rng = self._rng
        count = rng.randint(4, 12)
        form = rng.randrange(5)
        if form == 0:
            return (
                "p("
                + ", ".join(
                    f"{rng.choice(_WORDS)}_{i}={rng.choice(self._kinds['float'])}" for i in range(count)
                )
                + ")"
            )
        if form == 1:
            return "[" + ", ".join(rng.choice(self._kinds["string"]) for _ in range(count)) + "]"
        if form == 2:
            return (
                "{"
                + ", ".join(
                    f"'{rng.choice(_WORDS)}_{i}': {rng.choice(self._kinds['call'])}" for i in range(count)
                )
                + "}"
            )
        if form == 3:
            return " + ".join(f"table.get('{rng.choice(_WORDS)}_{i}', {i})" for i in range(count))
        return f"p({self._nested(2)}, keyword={self._nested(2)}, another_keyword={self._nested(2)})"

    def sampler(self) -> str:
        """A sampler of numbers with its arguments."""
        rng = self._rng
        word = rng.choice(_SAMPLERS)
        self.used.add(word)
        pool = _WHOLE if word == "randint" else _POSITIVE if "log" in word or "normal" in word else NUMBERS
        low, high = sorted(rng.sample(pool, 2), key=lambda text: float(eval(text)))
        if "normal" in word:
            low = rng.choice(NUMBERS)
        arguments = [low, high]
        if word.startswith("q"):
            arguments.append(rng.choice(["1", "0.5", "2", ".1", "1e-3"]))
        if rng.random() < 0.04:  # what NNI takes without a word
            arguments[:2] = arguments[1::-1]
            self.used.add("nonsense")
        if rng.random() < 0.04:
            arguments.append("5")
            self.used.add("nonsense")
        return f"{word}({rng.choice([', ', ',']).join(arguments)})"
