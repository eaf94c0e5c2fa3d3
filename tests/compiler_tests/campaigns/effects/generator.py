"""Random scripts: statements of every kind around values that log."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

from effects.script import Script, Slot
from effects.values import Values, Where

Lines = list[str]


class ScriptGenerator(Values):
    """One script; the same random numbers give the same one."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.lines: Lines = []

    def script(self) -> Script:
        """A script of a few statements."""
        self.lines = []
        self.block("", Where(), 0)
        return Script("\n".join(self.lines) + "\n", tuple(self.slots))

    def add(self, indent: str, text: str) -> None:
        """A statement, over several rows perhaps."""
        self.lines += [indent + row if not index else row for index, row in enumerate(text.split("\n"))]

    def name(self, prefix: str = "v") -> str:
        """A new name."""
        return f"{prefix}{self.number()}"

    def block(self, indent: str, where: Where, depth: int) -> None:
        """Statements with one indentation."""
        for _ in range(self.rng.randint(1, 2 if depth else 4)):
            if depth < 3 and self.rng.random() < 0.45:
                self.rng.choice(self.compounds())(indent, where, depth)
            else:
                self.rng.choice(self.simples())(indent, where)
            if self.rng.random() < 0.1:
                self.add(indent, f"⟦{self.number()}⟧")

    def simples(self) -> list[Callable[[str, Where], None]]:
        """Kinds of simple statements."""
        plain = (
            "{n} = {e}; {n} += {e}",
            "{n} = {m} = {e}",
            "{n}, *{m} = {e}, {e}, {e}",
            "assert [{e}]",
            "{e}",
            "{n} = [0]; {n}[len([{e}]) - 1] = {e}; del {n}[0]",
            "import os.path as {n}",
            "{n}: int = {e}",
        )
        written = [lambda indent, where, text=text: self.filled(indent, where, text) for text in plain]
        return [*written, *[self.target] * 8, self.replaced, self.replaced]

    def filled(self, indent: str, where: Where, text: str) -> None:
        """A statement from a template."""
        text = text.replace("{n}", self.name()).replace("{m}", self.name())
        while "{e}" in text:
            text = text.replace("{e}", self.value(where), 1)
        self.add(indent, text)

    def target(self, indent: str, where: Where) -> None:
        """An annotated assignment, in some carrier."""
        name = self.name()
        value = self.value(where)
        annotation, number = self.annotated(value, where, f"name={name}", f"script/{name}")
        kind = self.rng.random()
        trailing = ""
        if kind < 0.35:
            self.add(indent, f"# {annotation}")
        elif kind < 0.6:
            # NNI's form wants a name.
            self.add(indent, f"'''{annotation}'''")
        else:
            trailing = f"  # {annotation}"
        form = self.rng.choice(("{} = {}", "{}: int = {}", "{} = z = {}", "{} = (\n  {}\n  )"))
        self.add(indent, form.format(name, f"«{number}»") + trailing)
        if self.rng.random() < 0.5:
            self.add(indent, f"use({name})")

    def replaced(self, indent: str, where: Where) -> None:
        """A function_choice, for a call that is identical to an option, or on the right of its name."""
        name = self.name()
        first, second = f"use({self.number()})", f"other({self.number()}, k={self.effect()})"
        original = self.rng.choice((first, second, f"other({self.number()})"))
        key = f"script/{name}/function_choice"
        self.slots.append(Slot(original, ((first, {key: 0}), (second, {key: 1}))))
        self.add(indent, f"# @nni.function_choice({first}, {second}, name={name})")
        number = len(self.slots) - 1
        form = (
            "{} = {}" if original not in (first, second) else self.rng.choice(("{} = {}", "{} = [{}, 1][0]"))
        )
        self.add(indent, form.format(name, f"«{number}»"))

    def compounds(self) -> list[Callable[[str, Where, int], None]]:
        """Kinds of compound statements."""
        return [
            self.branch,
            self.loop,
            self.attempt,
            self.manage,
            self.function,
            self.function,
            self.generator,
            self.coroutine,
            self.klass,
            self.match,
        ]

    def under(self, indent: str, where: Where, depth: int, head: str) -> None:
        """A header and its block."""
        self.add(indent, head)
        self.block(indent + "  ", where, depth + 1)

    def branch(self, indent: str, where: Where, depth: int) -> None:
        self.under(indent, where, depth, f"if use({self.rng.choice((0, 1))}) * {self.value(where)}:")
        if self.rng.random() < 0.4:
            self.under(indent, where, depth, f"elif {self.value(where)}:")
        if self.rng.random() < 0.5:
            self.under(indent, where, depth, "else:")

    def loop(self, indent: str, where: Where, depth: int) -> None:
        if self.rng.random() < 0.6:
            self.add(indent, f"for {self.name()} in ({self.value(where)}, {self.value(where)}):")
        else:
            counter = self.name()
            self.add(indent, f"{counter} = 3")
            self.add(indent, f"while {counter} and [{self.value(where)}]:")
            self.add(indent + "  ", f"{counter} -= 1")
        self.block(indent + "  ", where, depth + 1)
        if self.rng.random() < 0.4:
            word = self.rng.choice(("break", "continue"))
            self.add(indent + "  ", f"if use({self.rng.choice((0, 1))}): {word}")
            self.add(indent + "  ", self.effect())
        if self.rng.random() < 0.3:
            self.under(indent, where, depth, "else:")

    def attempt(self, indent: str, where: Where, depth: int) -> None:
        self.under(indent, where, depth, "try:")
        self.add(indent + "  ", f"if use({self.rng.choice((0, 1))}): raise ValueError({self.value(where)})")
        star = "*" if self.rng.random() < 0.3 else ""
        self.under(indent, where, depth, f"except{star} (ValueError, KeyError) as {self.name()}:")
        if self.rng.random() < 0.5:
            self.under(indent, where, depth, "else:")
        if self.rng.random() < 0.5:
            self.under(indent, where, depth, "finally:")

    def manage(self, indent: str, where: Where, depth: int) -> None:
        word = "async with" if where.awaits and self.rng.random() < 0.6 else "with"
        items = self.item(where, "k=", "k")
        self.under(
            indent,
            where,
            depth,
            f"{word} Manager({self.value(where)}) as {self.name()}, Manager(1,\n{items}  ):",
        )

    def header(self, name: str, word: str, first: str) -> str:
        """A function's header with annotated defaults."""
        rows = "".join(self.item(Where(depth=1), f"{n}=", n) for n in (self.name("p"), self.name("p")))
        keyword = self.name("p")
        typed = self.item(Where(depth=1), f"{keyword}: 'int' = ", keyword)
        generic = "[T]" if sys.version_info >= (3, 12) and self.rng.random() < 0.5 else ""
        return f"{word} {name}{generic}({first}\n{rows}  *rest,\n{typed}  **words):"

    def decorator(self, indent: str) -> None:
        if self.rng.random() < 0.4:
            self.add(indent, f"@mark({self.effect()},\n{self.item(Where(depth=1), 'k=', 'k')}  )")

    def function(self, indent: str, where: Where, depth: int) -> None:
        name = self.name("f")
        self.decorator(indent)
        self.add(indent, self.header(name, "def", ""))
        inner = self.name()
        self.add(indent + "  ", f"{inner} = 1")
        self.block(indent + "  ", Where(), depth + 1)
        if self.rng.random() < 0.4:
            self.add(indent + "  ", f"def inner():\n{indent}    nonlocal {inner}")
            annotation, number = self.annotated(self.effect(), Where(), f"name={inner}", "")
            self.add(indent + "    ", f"{inner} = «{number}»  # {annotation}")
            self.add(indent + "  ", f"inner(); use({inner})")
        self.add(indent + "  ", f"return {self.value(Where())}")
        self.add(indent, f"use({name}())")

    def generator(self, indent: str, where: Where, depth: int) -> None:
        name = self.name("g")
        self.add(indent, self.header(name, "def", ""))
        self.add(indent + "  ", f"yield {self.effect()}")
        self.block(indent + "  ", Where(yields=True), depth + 1)
        self.add(indent + "  ", f"yield from [{self.value(Where(yields=True))}]")
        self.add(indent, f"use(list({name}()))")

    def coroutine(self, indent: str, where: Where, depth: int) -> None:
        name = self.name("c")
        self.decorator(indent)
        self.add(indent, self.header(name, "async def", ""))
        inside = Where(awaits=True)
        self.block(indent + "  ", inside, depth + 1)
        self.under(
            indent + "  ",
            inside,
            depth + 1,
            f"async for {self.name()} in stream({self.value(inside)}, {self.effect()}):",
        )
        self.add(
            indent + "  ",
            f"use(len([{self.effect()} async for i in stream(1, {self.value(inside.within())})]))",
        )
        self.add(indent, f"drive({name}())")

    def klass(self, indent: str, where: Where, depth: int) -> None:
        name = self.name("C")
        self.decorator(indent)
        keyword = self.name("k")
        self.add(
            indent,
            f"class {name}(Base,\n{self.item(Where(depth=1, binds=False), f'{keyword}=', keyword)}  ):",
        )
        self.block(indent + "  ", Where(binds=False), depth + 1)
        self.add(indent + "  ", f"__hidden = {self.effect()}")
        annotation, number = self.annotated("__hidden", Where(binds=False), "name=shown", "")
        self.add(indent + "  ", f"shown = «{number}»  # {annotation}")
        self.add(indent + "  ", self.header("method", "def", "self,"))
        self.block(indent + "    ", Where(parent=True), depth + 2)
        attribute, number = self.annotated(
            self.value(Where(parent=True)), Where(parent=True), "name=self.x", ""
        )
        self.add(indent + "    ", f"self.x = «{number}»  # {attribute}")
        self.add(indent + "    ", "return use(self.x, self.shown, self.__hidden)")
        self.add(indent, f"{name}().method()")

    def match(self, indent: str, where: Where, depth: int) -> None:
        self.add(indent, f"match [{self.value(where)}, {{'a': {self.value(where)}}}]:")
        guard = f"use({self.rng.choice((0, 1))}) * {self.value(where)}"
        self.under(indent + "  ", where, depth, f"case [{self.name()}, {{'a': {self.name()}}}] if {guard}:")
        self.under(indent + "  ", where, depth, f"case [int() | float() as {self.name()}, *_]:")
        self.under(indent + "  ", where, depth, "case _:")
