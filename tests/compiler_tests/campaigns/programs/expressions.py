"""Random expressions."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, replace

ATOMS = (
    "1", "1e-3", "(-2)", "'a'", '"#b"', "f(1)", "f(2, k=3)", "None", "b'x'", "...", "2j", "größe", "d.a",
    "True",     "'''a\\nb'''",
    "0x1F", "1_000", "()", "[]", "{{}}",
)  # fmt: skip
COMPOSED = (
    "[1, {e}]",
    "{{1: {e}, 'k': 2}}",
    "({e}, 2)",
    "(lambda q, r=2: q)",
    "(lambda *a, k={e}, **kw: {e})",
    "(lambda: {e})",
    "[i for i in d if i]",
    "{{i: 1 for i in d}}",
    "{{i for i in d for j in i if j if i}}",
    "d.a[1:2, ::3]",
    "d[{e}:]",
    "(not {e})",
    "({e} < 3 <= {e})",
    "({e} is not {e} or {e} not in {e} and {e})",
    "({e} if d else {e})",
    "({e} + {e} * -{e} ** 2 // {e} @ {e})",
    "(~{e} & {e} | {e} ^ {e} << 2 >> 1)",
    "f(*d, **d)",
    "f(*d, {e}, k={e}, **d)",
    "f({e})(k={e}).g[0](k={e})",
    "(i for i in d)",
    "f(i for i in d)",
    "[*d, {e}]",
    "{{*d, {e}}}",
    "{{**d, 'a': {e}}}",
    "(*d, {e})",
    "({e})",
    "f'a{{d}}#{{d!r:>{{d}}}}{{{{'",
    "('x' f'{{d}}' \"# y\")",
    "rf'\\\\d{{d}}'",
)
NESTED_F_STRINGS = (
    "f'{{f(k='a')}}'",
    "f'''{{\nf(1)  # a comment: @nni.choice(1)\n}}'''",
    'f"{{d["#"]}} {{f"{{f\'{{1}}\'}}"}}"',
    "f'{{d!r:{{'>'}}{{f'{{10}}'}}}}'",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a statement or expression stands."""

    function: bool = False
    coroutine: bool = False
    loop: bool = False
    depth: int = 0

    def deeper(self, **changes: object) -> Scope:
        """The scope of a block within."""
        return replace(self, depth=self.depth + 1, **changes)  # type: ignore[arg-type]


class Expressions:
    """Draws expressions; ``plain`` ones stand on one line, so that a comment can hold them."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.names = 0
        self.scope = Scope()

    def name(self) -> str:
        """A name that the program has not used."""
        self.names += 1
        return f"v{self.names}"

    def plain(self, depth: int = 0) -> str:
        """An expression on one line, without effects on the function around it."""
        text = self.rng.choice(ATOMS if depth > 1 else ATOMS + COMPOSED)
        while "{e}" in text:
            text = text.replace("{e}", self.plain(depth + 1), 1)
        return text if depth else text.replace("{{", "{").replace("}}", "}")

    def rich(self, depth: int = 0) -> str:
        """Any expression: over several lines, with annotated items, binding or suspending."""
        rng = self.rng
        kind = rng.random()
        if depth > 1 or kind < 0.6:
            return self.plain()
        if kind < 0.67:
            return self.call(depth + 1)
        if kind < 0.75:
            return self.display(depth + 1)
        if kind < 0.8:
            return f"[{self.rich(depth + 1)}, {self.rich(depth + 1)}]"
        if kind < 0.84:
            return f"({self.name()} := {self.rich(depth + 1)})"
        if kind < 0.88:
            return f"f(lambda q{self.names}={self.rich(depth + 1)}: {self.plain(2)})"
        if kind < 0.92 and self.scope.function:
            return rng.choice(("(yield)", f"(yield {self.plain(2)})"))
        if kind < 0.95 and self.scope.coroutine:
            return rng.choice(("(await f(k=1))", "[i async for i in d]", "[await i for i in d]"))
        if kind < 0.98 and sys.version_info >= (3, 12):
            return rng.choice(NESTED_F_STRINGS).replace("{{", "{").replace("}}", "}")
        return f"({self.plain(2)}\n  )"

    def call(self, depth: int) -> str:
        """A call over one or more lines, with annotations beside its arguments."""
        items = [self.rich(depth) for _ in range(self.rng.randint(0, 2))]
        items += [f"{self.name()}={self.rich(depth)}" for _ in range(self.rng.randint(0, 3))]
        callee = self.rng.choice(("f", "d.f", "f(1)", self.name()))
        return f"{callee}({self.items(items)})"

    def display(self, depth: int) -> str:
        """A dictionary with constant and other keys."""
        entries = []
        for _ in range(self.rng.randint(1, 4)):
            key = self.rng.choice((f"'{self.name()}'", f"'{self.name()}'", "1", "d", "(1, 2)", "'a b'"))
            entries.append(
                self.rng.choice(("**d", f"{key}: {self.rich(depth)}", f"{key}: {self.rich(depth)}"))
            )
        return f"{{{self.items(entries)}}}"

    def items(self, items: list[str]) -> str:
        """Items between brackets, with annotations on lines of their own and behind them."""
        rng = self.rng
        if not items or rng.random() < 0.3:
            return ", ".join(items)
        pad = " " * rng.randint(0, 9)
        rows = [rng.choice(("", "", "  # a comment", f"  # {self.annotation()}"))]
        for index, item in enumerate(items):
            if rng.random() < 0.25:
                rows.append(f"{pad}# {self.annotation()}")
            last = index == len(items) - 1 and rng.random() < 0.5
            comment = rng.choice(("", "", f"  # {self.annotation()}", "  # noqa"))
            rows.append(f"{pad}{item}{'' if last else ','}{comment}")
        if rng.random() < 0.1:
            rows.append(f"{pad}# {self.annotation()}")
        return "\n".join([*rows, pad])

    def annotation(self) -> str:
        """A short form on one line."""
        raise NotImplementedError
