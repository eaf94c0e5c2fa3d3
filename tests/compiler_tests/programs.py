"""Generates programs with every kind of statement, and annotations in all carriers among them."""

from __future__ import annotations

import random

SIMPLE = (
    "{n} = {e}",
    "{n}: int = {e}",
    "{n} = {m} = {e}",
    "{n}, {m} = {e}, {e}",
    "{n}, *{m} = {e}, *{e}, {e}",
    "d['{n}'] = {e}",
    "d[{e}].{n} = {e}",
    "({n}) = ({e})",
    "d.{n} = {e}; {m} = {e}",
    "{n} += {e}",
    "{n}: int",
    "del d.{n}, d[0]",
    "assert {e}, {e}",
    "raise ValueError({e}) from None",
    "print({e}, sep={e}, **d)",
    "pass",
    "import os.path as {n}, sys",
    "from os import path as {n}",
    "global {g}",
    "{n} = {e} if {e} else \\{nl}{i}    {e}",
    "{n} = ({nl}{i}    {e}  # a comment{nl}{i})",
    "{n} = f({nl}{i}  {e},{nl}{i}# @nni.choice(1){nl}{i}  k={e}{nl}{i})",
    "{n} = '''a{nl}  # @nni.choice(1, 2){nl}'''",
    "'''just a # string'''",
    "{n} = f'{{d}}#{{{e1}!r:>{{1}}}}' 'x' \"# y\"",
)
EXPRESSIONS = (
    "1",
    "1e-3",
    "(-2)",
    "'a'",
    '"#b"',
    "f(1)",
    "f(2, k=3)",
    "[1, {e}]",
    "{{1: {e}, 'k': 2}}",
    "({e}, 2)",
    "(lambda q, r=2: q)",
    "[i for i in d if i]",
    "{{i: 1 for i in d}}",
    "d.a[1:2, ::3]",
    "(not {e})",
    "({w} := {e})",
    "({e} < 3 <= {e})",
    "({e} if d else {e})",
    "None",
    "f(*d, **d)",
    "b'x'",
    "(i for i in d)",
    "größe",
)
SAMPLERS = (
    "choice(1, 'a', f(1))",
    "choice({e}, {e})",
    "uniform(0, 1)",
    "loguniform(1e-5, 1e-1)",
    "randint(1, 9)",
    "quniform(0, 10, 2)",
    "normal(0, 1)",
    "choice(lambda: 1,\n{c}  'é', \"x # y\")",
)


class Generator:
    """One program; the same random numbers give the same one."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.names = 0
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
        self.block("", rng.randint(1, 6), 0, "module")
        text = "".join(line + rng.choice(self.newlines) for line in self.lines)
        return text if rng.random() < 0.8 else text.rstrip("\r\n")

    def name(self) -> str:
        self.names += 1
        return f"v{self.names}"

    def add(self, indent: str, text: str) -> None:
        self.lines += [indent + row if not index else row for index, row in enumerate(text.split("\n"))]

    def expression(self, depth: int = 0) -> str:
        text = self.rng.choice(EXPRESSIONS[:7] if depth > 2 else EXPRESSIONS)
        while "{e}" in text:
            text = text.replace("{e}", self.expression(depth + 1), 1)
        text = text.replace("{w}", self.name())
        return text.replace("{{", "{").replace("}}", "}")

    def simple(self, indent: str) -> tuple[str, str]:
        template = self.rng.choice(SIMPLE)
        name = self.name()
        for mark, make in (("{n}", lambda: name), ("{m}", self.name), ("{g}", self.name)):
            template = template.replace(mark, make())
        while "{e}" in template:
            template = template.replace("{e}", self.expression(), 1)
        template = template.replace("{e1}", "d.a").replace("{nl}", "\n").replace("{i}", indent)
        if "'''a" not in template:
            template = template.replace("{{", "{").replace("}}", "}")
        return template, name

    def sampler(self, continued: str) -> str:
        text = self.rng.choice(SAMPLERS).replace("{c}", continued)
        while "{e}" in text:
            text = text.replace("{e}", self.expression(2), 1)
        return text

    def statement(self, indent: str) -> None:
        rng = self.rng
        text, name = self.simple(indent)
        kind = rng.random()
        if kind < 0.15:
            target = f"name={name}"
            self.add(indent, f"'''@nni.variable(nni.{self.sampler('')}, {target})'''")
        elif kind < 0.3:
            self.add(indent, f"# @nni.{self.sampler(indent + '#')}")
        elif kind < 0.5:
            text += f"  # noqa  # @nni.{self.sampler('').replace(chr(10), ' ')}"
        elif kind < 0.55:
            self.add(
                indent, f"'''@nni.function_choice(f(1), f(2, k=3), [{self.expression(2)}], name={name})'''"
            )
        elif kind < 0.7:
            self.report(indent)
        elif kind < 0.75:
            text += f"  # @nni.report_intermediate_result({self.expression(2)})"
        self.add(indent, text)
        if rng.random() < 0.1:
            self.report(indent)

    def report(self, indent: str) -> None:
        call = self.rng.choice(
            (
                "get_next_parameter()",
                f"report_final_result({self.expression(2)})",
                f"report_intermediate_result({self.expression(2)})",
            )
        )
        carrier = self.rng.choice(("# @nni.{}", '"@nni.{}"', "'''\n  @nni.{}\n'''"))
        if '"' in call and carrier.startswith('"'):
            carrier = "# @nni.{}"
        self.add(indent, carrier.format(call))

    def filler(self, indent: str) -> None:
        self.add(
            *self.rng.choice((("", ""), (indent, "# a comment"), ("", "   "), ("\f", ""), ("", "# nni")))
        )

    def block(self, indent: str, count: int, depth: int, scope: str) -> None:
        for _ in range(count):
            if self.rng.random() < 0.3:
                self.filler(indent)
            if depth < 4 and self.rng.random() < 0.35:
                self.compound(indent, depth, scope)
            else:
                self.statement(indent)
        if scope == "def" and self.rng.random() < 0.4:
            self.add(indent, self.rng.choice(("return d", "yield d", "x = yield  # @nni.choice(1, 2)")))

    def inner(self, indent: str, depth: int, scope: str, head: str) -> None:
        if self.rng.random() < 0.15:
            self.add(indent, f"{head} d.x = 1{self.rng.choice(('', '  # @nni.choice(1, 2)'))}")
            return
        comment = self.rng.choice(("", "", "  # a comment", "  # @nni.choice(1, 2)"))
        self.add(indent, head + comment)
        if scope in ("def", "class") and self.rng.random() < 0.3:
            self.add(indent + self.unit, '"""Docstring."""')
        if self.rng.random() < 0.2:
            self.report(indent + self.unit)
        self.block(indent + self.unit, self.rng.randint(1, 3), depth + 1, scope)

    def compound(self, indent: str, depth: int, scope: str) -> None:
        rng = self.rng
        kind = rng.randrange(9)
        inside = scope if scope in ("def", "async") else "block"
        e = self.expression(2)
        if kind == 0:
            self.inner(indent, depth, inside, f"if {e}:")
            if rng.random() < 0.4:
                self.between(indent)
                self.inner(indent, depth, inside, f"elif {self.expression(2)}:")
            if rng.random() < 0.4:
                self.between(indent)
                self.inner(indent, depth, inside, "else:")
        elif kind == 1:
            self.inner(indent, depth, inside, f"for {self.name()} in {e}:")
            if rng.random() < 0.3:
                self.inner(indent, depth, inside, "else :")
        elif kind == 2:
            self.inner(indent, depth, inside, f"while {e}:")
        elif kind == 3:
            self.inner(indent, depth, inside, "try:")
            self.between(indent)
            self.inner(indent, depth, inside, f"except (OSError,\n{indent}  KeyError) as {self.name()}:")
            if rng.random() < 0.4:
                self.inner(indent, depth, inside, "else:")
            if rng.random() < 0.4:
                self.inner(indent, depth, inside, "finally:")
        elif kind == 4:
            self.inner(indent, depth, inside, f"with {e} as {self.name()}, d:")
        elif kind in (5, 6):
            if rng.random() < 0.4:
                self.add(indent, f"@f({self.expression(2)})")
                if rng.random() < 0.3:
                    self.between(indent)
            word = rng.choice(("def", "def", "async def"))
            head = f"{word} {self.name()}(a, /, b={self.expression(2)}, *c, k: int = 1, **kw) -> d:"
            self.inner(indent, depth, "def", head)
        elif kind == 7:
            self.inner(indent, depth, "class", f"class {self.name()}(d.A, metaclass=type):")
        else:
            self.add(indent, f"match {e}:")
            inner = indent + self.unit
            self.inner(inner, depth + 1, inside, f"case [1, *{self.name()}] if d:")
            self.between(inner)
            self.inner(inner, depth + 1, inside, "case _:")

    def between(self, indent: str) -> None:
        if self.rng.random() < 0.2:
            self.add(
                indent, self.rng.choice(("# @nni.report_final_result(1)", "# @nni.choice(1, 2)", "# comment"))
            )
