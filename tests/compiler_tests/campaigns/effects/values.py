"""Expressions that log, and annotated values among them."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from effects.script import Slot


@dataclass(frozen=True, slots=True)
class Where:
    """What an expression may do at its place."""

    awaits: bool = False
    yields: bool = False
    binds: bool = True
    parent: bool = False
    depth: int = 0

    def within(self) -> Where:
        """In a lambda, comprehension or default."""
        return Where(binds=False, depth=self.depth + 1)

    def deeper(self) -> Where:
        """Within another expression of the same scope."""
        return replace(self, depth=self.depth + 1)


class Values:
    """Draws expressions whose values are numbers; every one logs its own number."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.count = 0
        self.slots: list[Slot] = []

    def number(self) -> int:
        """A number that no other effect has."""
        self.count += 1
        return self.count

    def effect(self) -> str:
        """One effect."""
        return f"use({self.number()})"

    def value(self, where: Where) -> str:
        """An expression, perhaps with annotated values within."""
        rng = self.rng
        if where.depth > 2 or rng.random() < 0.4:
            return self.effect()
        inner = where.deeper()
        kinds = [
            lambda: f"({self.value(inner)} + {self.value(inner)})",
            lambda: f"use({self.value(inner)}, *[{self.value(inner)}])",
            lambda: f"({self.value(inner)} if use({rng.choice((0, 1))}) else {self.value(inner)})",
            lambda: f"(use({rng.choice((0, 1))}) and {self.value(inner)})",
            lambda: f"len([{self.value(inner)}, {self.value(inner)}])",
            lambda: f"len([{self.value(where.within())} for i in range(2) if {self.effect()}])",
            lambda: f"sum(({self.value(where.within())} for i in (1, 2)))",
            lambda: f"len({{i: {self.effect()} for i in (1, 2)}})",
            lambda: f"len(f'{{{self.effect()}!r:>4}}')",
            lambda: f"(0 < {self.value(inner)} < 2)",
            lambda: self.call(inner),
            lambda: self.call(inner),
            lambda: self.entry(inner),
            lambda: self.closure(where),
        ]
        if where.binds:
            kinds.append(lambda: f"(w{self.number()} := {self.value(inner)})")
        if where.awaits:
            kinds.append(lambda: f"(await wait({self.value(inner)}))")
        if where.yields:
            kinds.append(lambda: f"((yield {self.value(inner)}) or {self.effect()})")
        if where.parent:
            kinds.append(lambda: f"super().base({self.effect()})")
        return rng.choice(kinds)()

    def call(self, where: Where) -> str:
        """A call with an annotated keyword argument."""
        return f"use({self.effect()},\n{self.item(where, 'k=', 'k')}  )"

    def entry(self, where: Where) -> str:
        """A dictionary with an annotated entry, and what it holds."""
        return f"{{\n{self.item(where, repr('a') + ': ', 'a')}  'b': {self.effect()}\n  }}['a']"

    def closure(self, where: Where) -> str:
        """A lambda with an annotated default."""
        return f"use((lambda\n{self.item(where, 'q=', 'q')}  **k: use(q))())"

    def item(self, where: Where, head: str, name: str) -> str:
        """The rows of an annotated item within brackets."""
        value = self.value(where) if where.depth < 2 and self.rng.random() < 0.3 else self.effect()
        within = self.expanded(value)
        if f"{name}=" in within or f"'{name}':" in within:
            return f"  {head}{value},\n"  # name= would not tell which one is meant
        annotation, number = self.annotated(value, where.within(), f"name={name}")
        if self.rng.random() < 0.5:
            return f"  # {annotation}\n  {head}«{number}»,\n"
        return f"  {head}«{number}»,  # {annotation}\n"

    def annotated(self, value: str, where: Where, name: str, key: str = "") -> tuple[str, int]:
        """The annotation of a new slot, and its number; with a label where there is no key."""
        options, sampler = self.options(where)
        label = f"s{len(self.slots)}"
        extra = [] if re.fullmatch(r"use\(\d+\)|__hidden", value) else [name]
        if not key:
            extra.append(f"label='{label}'")
        word = sampler.partition("(")[0]
        # A number that stands for a call is named, so that it is meant.
        if word != "choice" and name not in extra:
            extra.insert(0, name)
        filled = key or f"*/{label}"
        self.slots.append(
            Slot(
                value,
                tuple(
                    (text, {k.replace("*parent*", f"{filled}/{word}"): v for k, v in parameters.items()})
                    for text, parameters in options
                ),
            )
        )
        return f"@nni.{sampler[:-1]}{''.join(f', {part}' for part in extra)})", len(self.slots) - 1

    def expanded(self, text: str) -> str:
        """``text`` with the original values in its slots."""
        while "«" in text:
            head, _, rest = text.partition("«")
            number, _, rest = rest.partition("»")
            text = head + self.slots[int(number)].original + rest
        return text

    def options(self, where: Where) -> tuple[list[tuple[str, dict[str, object]]], str]:
        """Options as programs read them, with the parameters that choose them; and the sampler."""
        if self.rng.random() < 0.25:
            return [(repr(n), {"*parent*": n}) for n in (0.25, 3.5)], "uniform(0, 9)"
        found: list[tuple[str, dict[str, object]]] = []
        texts = [self.option(where, index, found) for index in range(self.rng.randint(1, 3))]
        return found, f"choice({', '.join(texts)})"

    def option(self, where: Where, index: int, found: list[tuple[str, dict[str, object]]]) -> str:
        """One option's text in the annotation; what it can mean goes to ``found``."""
        rng = self.rng
        chosen: dict[str, object] = {"*parent*": index}
        kind = rng.random()
        if kind < 0.2:
            effect = self.number()
            child = f"*parent*/{index}/k/choice"
            found.append((f"use({effect}, k=7)", chosen | {child: 0}))
            found.append((f"use({effect}, k=use(8))", chosen | {child: 1}))
            return f"use({effect}, k=nni.choice(7, use(8)))"
        if kind < 0.3:
            effect = self.number()
            found.append((f"use({effect}, k=0.5)", chosen | {f"*parent*/{index}/k/uniform": 0.5}))
            return f"use({effect}, k=nni.uniform(0, 1))"
        text = rng.choice(
            (
                self.effect(),
                f"{self.effect()} + known",
                f"[{self.effect()}, {self.effect()}][0]",
                f"use(1 if {self.effect()} else {self.effect()})",
                f"(lambda q: q)({self.effect()})",
                f"len([{self.effect()} for i in (1, 2)])",
            )
        )
        if where.awaits and rng.random() < 0.3:
            text = f"await wait({self.effect()})"
        elif where.yields and rng.random() < 0.3:
            text = f"(yield {self.effect()}) or {self.effect()}"
        elif where.parent and rng.random() < 0.3:
            text = f"super().base({self.effect()})"
        found.append((f"({text})", chosen))
        return f"({text})"
