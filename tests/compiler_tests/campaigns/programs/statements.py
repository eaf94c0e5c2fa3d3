"""Random programs: every simple and compound statement."""

from __future__ import annotations

import random
import sys
from dataclasses import replace

from programs.annotations import Annotations
from programs.expressions import Scope
from programs.patterns import pattern

SIMPLE = (
    "{n} = {e}",
    "{n} = {e}",
    "{n}: int = {e}",
    "{n} = {m} = {e}",
    "{n}, {m} = {e}, {e}",
    "{n}, *{m} = {e}, *{e}, {e}",
    "{n} = *{e}, {e}",
    "[{n}, ({m}, d.x)] = {e}",
    "d['{n}'] = {e}",
    "d[{e}].{n} = {e}",
    "d.{n}: int = {e}",
    "({n}) = ({e})",
    "d.{n} = {e}; {m} = {e}",
    "{n} += {e}",
    "d[*d, {e}] = {e}",
    "{n} @= {e}",
    "{n}: int",
    "del d.{n}, d[0], (d[1], d[2])",
    "assert {e}, {e}",
    "raise ValueError({e}) from None",
    "print({e}, sep={e}, **d)",
    "{e}",
    "pass",
    "import os.path as {n}, sys",
    "from os import path as {n}",
    "from os import (\n  path as {n},  # a comment\n  sep,\n)",
    "global {g}",
    "{n} = {e} if {e} else \\\n{i}    {e}",
    "{n} = (\n{i}    {e}  # a comment\n{i})",
    "{n} = (\n{i}    # @nni.choice(1, 3)\n{i}    {e}\n{i})",
    "{n} = (  # @nni.choice(1, 3)\n{i}    {e}\n{i})",
    "{n} = '''a\n  # @nni.choice(1, 2)\n'''",
    "'''just a # string'''",
    "{n} = f'{{d}}#{{d.a!r:>{{1}}}}' 'x' \"# y\"",
    "{n} = lambda a, /, b={e}, *, c={e}: {e}",
)
IN_FUNCTIONS = ("return {e}", "return *d, {e}", "{n} = yield {e}", "yield", "yield from {e}", "return")
IN_COROUTINES = ("{n} = await f({e})", "await d", "return {e}", "{n} = [i async for i in d if {e}]")
NEWER = (
    ((3, 12), "type {n} = {e}"),
    ((3, 12), "type {n}[T: int, *Ts, **P] = dict[T, {e}]"),
)


class Generator(Annotations):
    """One program; the same random numbers give the same one."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.newlines = rng.choice((["\n"], ["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]))
        self.unit = rng.choice(("    ", "  ", "\t"))
        self.lines: list[str] = []

    def program(self) -> str:
        rng = self.rng
        if rng.random() < 0.3:
            self.add("", rng.choice(("#!/usr/bin/env python", "# -*- coding: utf-8 -*-", "# größe", "")))
        if rng.random() < 0.3:
            self.add("", '"""Docstring: nni."""')
        if rng.random() < 0.2:
            self.add("", "from __future__ import annotations")
        if rng.random() < 0.7:
            self.add("", "d = f = größe = print")
        self.block("", rng.randint(1, 4), Scope())
        text = "".join(line + rng.choice(self.newlines) for line in self.lines)
        return text if rng.random() < 0.8 else text.rstrip("\r\n")

    def add(self, indent: str, text: str) -> None:
        self.lines += [indent + row if not index else row for index, row in enumerate(text.split("\n"))]

    def filled(self, template: str, indent: str) -> tuple[str, str]:
        """A template with names and expressions, and the name that it binds first."""
        name = self.name()
        for mark, make in (("{n}", lambda: name), ("{m}", self.name), ("{g}", self.name)):
            template = template.replace(mark, make())
        template = template.replace("{i}", indent).replace("{{", "\0").replace("}}", "\1")
        while "{e}" in template:
            template = template.replace("{e}", self.rich(), 1)
        return template.replace("\0", "{").replace("\1", "}"), name

    def simple(self, indent: str, scope: Scope) -> tuple[str, str]:
        self.scope = scope
        templates: tuple[str, ...] = SIMPLE
        kind = self.rng.random()
        if scope.coroutine and kind < 0.3:
            templates = IN_COROUTINES
        elif scope.function and not scope.coroutine and kind < 0.2:
            templates = IN_FUNCTIONS
        elif scope.loop and kind < 0.25:
            templates = ("break", "continue")
        elif kind > 0.93:
            templates = tuple(t for version, t in NEWER if sys.version_info >= version) or SIMPLE
        return self.filled(self.rng.choice(templates), indent)

    def statement(self, indent: str, scope: Scope) -> None:
        rng = self.rng
        text, name = self.simple(indent, scope)
        kind = rng.random()
        if kind < 0.12:
            self.add(indent, self.string(f"@nni.variable(nni.{self.sampler()}, name={name})"))
        elif kind < 0.25:
            self.add(indent, f"# @nni.{self.sampler(indent + '#')}")
        elif kind < 0.3:
            self.add(indent, f"# @nni.{self.sampler()[:-1]}, name={name})")
        elif kind < 0.48:
            text += f"  # noqa  # {self.annotation()}"
        elif kind < 0.53:
            options = f"f(1), f(2, k=3), {self.plain()}"
            self.add(indent, self.string(f"@nni.function_choice({options}, name={name})"))
        elif kind < 0.57:
            self.add(indent, f"# @nni.function_choice({self.nested()}, f(1), {self.nested()}, name={name})")
        elif kind < 0.6:
            self.add(indent, f"# @nni.choice({self.nested()}, 1, label='s{self.names}', name={name})")
        elif kind < 0.7:
            self.add(indent, self.report())
        elif kind < 0.75:
            text += f"  # @nni.report_intermediate_result({self.plain(2)})"
        self.add(indent, text)
        if rng.random() < 0.1:
            self.add(indent, self.report())

    def filler(self, indent: str) -> None:
        self.add(
            *self.rng.choice((("", ""), (indent, "# a comment"), ("", "   "), ("\f", ""), ("", "# nni")))
        )

    def block(self, indent: str, count: int, scope: Scope) -> None:
        for _ in range(count):
            if self.rng.random() < 0.3:
                self.filler(indent)
            if scope.depth < 3 and self.rng.random() < 0.35:
                self.compound(indent, scope)
            else:
                self.statement(indent, scope)

    def inner(self, indent: str, scope: Scope, head: str, *, documented: bool = False) -> None:
        """A header and its block."""
        if self.rng.random() < 0.15:
            self.add(indent, f"{head} d.x = 1{self.rng.choice(('', '  # @nni.choice(1, 2)'))}")
            return
        comment = self.rng.choice(("", "", "  # a comment", f"  # {self.annotation()}"))
        self.add(indent, head + comment)
        if documented and self.rng.random() < 0.3:
            self.add(indent + self.unit, '"""Docstring."""')
        if self.rng.random() < 0.2:
            self.add(indent + self.unit, self.report())
        self.block(indent + self.unit, self.rng.randint(1, 2), scope)

    def between(self, indent: str) -> None:
        """What may stand before the next clause."""
        if self.rng.random() < 0.2:
            self.add(
                indent, self.rng.choice(("# @nni.report_final_result(1)", "# @nni.choice(1, 2)", "# comment"))
            )

    def compound(self, indent: str, scope: Scope) -> None:
        self.scope = scope
        kinds = [
            self.branch,
            self.loop,
            self.attempt,
            self.manage,
            self.function,
            self.function,
            self.klass,
            self.match,
        ]
        if self.rng.random() < 0.15:
            self.add(indent, f"# {self.annotation()}")
        self.rng.choice(kinds)(indent, scope)

    def branch(self, indent: str, scope: Scope) -> None:
        inside = scope.deeper()
        self.inner(indent, inside, f"if {self.rich(1)}:")
        if self.rng.random() < 0.4:
            self.between(indent)
            self.scope = scope
            self.inner(indent, inside, f"elif {self.rich(1)}:")
        if self.rng.random() < 0.4:
            self.between(indent)
            self.inner(indent, inside, "else:")

    def loop(self, indent: str, scope: Scope) -> None:
        inside = scope.deeper(loop=True)
        head = f"for {self.name()} in {self.rich(1)}:"
        if self.rng.random() < 0.2:
            head = f"for {self.name()}, *{self.name()} in *{self.rich(1)}, 1:"
        elif self.rng.random() < 0.3:
            head = f"while {self.rich(1)}:"
        elif scope.coroutine:
            head = f"async {head}"
        self.inner(indent, inside, head)
        if self.rng.random() < 0.3:
            self.between(indent)
            self.inner(indent, scope.deeper(), "else :")

    def attempt(self, indent: str, scope: Scope) -> None:
        inside = scope.deeper()
        self.inner(indent, inside, "try:")
        star = "*" if self.rng.random() < 0.3 else ""
        self.between(indent)
        # `except*` may hold no return, break or continue.
        handler = replace(inside, function=False, coroutine=False, loop=False) if star else inside
        if self.rng.random() < 0.8:
            self.inner(indent, handler, f"except{star} (OSError,\n{indent}  KeyError) as {self.name()}:")
            if self.rng.random() < 0.3:
                self.inner(indent, handler, f"except{star} f(k={self.plain(2)}):")
            if self.rng.random() < 0.4:
                self.inner(indent, inside, "else:")
            if self.rng.random() < 0.6:
                return
        self.inner(indent, inside, "finally:")

    def manage(self, indent: str, scope: Scope) -> None:
        word = "async with" if scope.coroutine and self.rng.random() < 0.5 else "with"
        first, second = f"{self.rich(1)} as {self.name()}", "d"
        head = f"{word} {first}, {second}:"
        if self.rng.random() < 0.4:
            rows = (f"{first},  # {self.annotation()}", f"f(k={self.rich(2)}) as d.x,")
            head = f"{word} (\n{indent}  {rows[0]}\n{indent}  {rows[1]}\n{indent}):"
        self.inner(indent, scope.deeper(), head)

    def decorators(self, indent: str) -> None:
        while self.rng.random() < 0.3:
            self.add(indent, f"@{self.rng.choice((self.call(1), 'd.f', f'f({self.plain(2)})'))}")
            self.between(indent)

    def type_parameters(self) -> str:
        if sys.version_info < (3, 12) or self.rng.random() < 0.6:
            return ""
        default = " = f(k=1)" if sys.version_info >= (3, 13) else ""
        return self.rng.choice(("[T]", "[T: f(k=1)]", "[T: (int, str), *Ts, **P]", f"[T{default}]"))

    def function(self, indent: str, scope: Scope) -> None:
        self.decorators(indent)
        word = self.rng.choice(("def", "def", "async def"))
        parameters = [
            "a: f(k=1)",
            "/",
            f"{self.name()}={self.rich(2)}",
            f"{self.name()}: int = {self.rich(2)}",
            self.rng.choice(("*c", "*", "*c: int")),
            f"{self.name()}: 'int' = {self.rich(2)}",
            "k",
            "**kw",
        ]
        head = f"{word} {self.name()}{self.type_parameters()}({self.items(parameters)}) -> d:"
        inside = scope.deeper(function=True, coroutine=word != "def", loop=False)
        self.inner(indent, inside, head, documented=True)
        if self.rng.random() < 0.15:
            self.closure(indent, scope)

    def closure(self, indent: str, scope: Scope) -> None:
        unit, name = self.unit, self.name()
        self.add(indent, f"def {self.name()}():")
        self.add(indent + unit, f"{name} = 1  # {self.annotation()}")
        self.add(indent + unit, f"def {self.name()}():")
        self.add(indent + unit * 2, f"nonlocal {name}")
        self.block(indent + unit * 2, 2, Scope(function=True, depth=scope.depth + 2))
        self.add(indent + unit * 2, f"{name} = 2  # {self.annotation()}")

    def klass(self, indent: str, scope: Scope) -> None:
        self.decorators(indent)
        bases = ["d.A", "*d", f"{self.name()}={self.rich(2)}", f"metaclass={self.rich(2)}", "**d"]
        chosen = [base for base in bases if self.rng.random() < 0.6]
        head = f"class {self.name()}{self.type_parameters()}({self.items(chosen)}):"
        inside = Scope(depth=scope.depth + 1)
        self.inner(indent, inside, head, documented=True)

    def match(self, indent: str, scope: Scope) -> None:
        self.add(indent, f"match {self.rich(1)}:")
        inner = indent + self.unit
        for _ in range(self.rng.randint(1, 3)):
            guard = self.rng.choice(("", "", f" if {self.rich(2)}"))
            self.inner(inner, scope.deeper(), f"case {pattern(self.rng, self.name)}{guard}:")
            self.between(inner)
        self.inner(inner, scope.deeper(), "case _:")
