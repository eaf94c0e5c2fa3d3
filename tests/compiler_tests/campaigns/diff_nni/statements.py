"""Statements with their annotations, each followed by what prints its values."""

from __future__ import annotations

import random

from diff_nni.expressions import Expressions

_TARGETS = ["{0}"] * 4 + [
    "box.{0}",
    "store['{0}']",
    'store["{0}"]',
    "store[w, '{0}']",
    "store[-1]",
    "cells[1]",
]
_TARGETS += ["cells[-1]", "cells[w - 2]", "matrix[0][1]", "store[(w)]", "store['it\\'s']", "store[1, -2]"]
_TARGETS += ["box[:, 0]", "box[1:, w, ...]", "box[1:2]", "box[::2, -1]"]
_TUPLES = ["{0}, {0}_2", "({0}, {0}_2)", "[{0}, {0}_2]", "{0}, (box.{0}, {0}_2)", "{0}, *{0}_rest"]
_TUPLES += ["({0}, store['{0}'])"]


class Statements:
    """Draws statements that use the names of ``programs.PRELUDE``; ``used`` names what they have."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._expressions = Expressions(rng)
        self.used = self._expressions.used
        self.count = 0

    def statement(self, smart: bool) -> list[str]:
        """The lines of one statement; ``smart`` tells whether ``nni`` is imported."""
        makers = [self._variable] * 5 + [self._function] * 3
        makers += [
            self._tuple,
            self._number,
            self._number,
            self._report,
            self._layers,
            self._tied,
            self._plain,
            self._semicolon,
        ]
        if smart:
            makers += [self._smart] * 6
        return self._rng.choice(makers)()

    def _name(self) -> str:
        self.count += 1
        return f"{self._rng.choice(['lr', 'batch', 'x', 'größe', 'Hidden_size'])}{self.count}"

    def _string(self, text: str) -> list[str]:
        """``text`` as a string statement, in any quotes."""
        rng = self._rng
        text = f"@nni.{text}"
        plain = "\\" not in text and not text.endswith("'") and "'''" not in text
        forms = [repr(text)]
        if plain:
            forms += [f"'''{text}'''"] * 4
        if '"""' not in text and not text.endswith('"'):
            forms += [f'r"""{text}"""'] + ([f'"""{text}"""'] if "\\" not in text else [])
        chosen = rng.choice(forms)
        self.used.add("raw string" if chosen.startswith("r") else "string")
        return chosen.split("\n")

    def _annotation(self, word: str, arguments: list[str], name: str) -> list[str]:
        layout = self._rng.randrange(8)
        end = f", name={name})" if layout % 2 else f", name = {name} )"
        if layout == 7 and not any("\n" in a for a in arguments):
            self.used.add("several lines")
            text = f"{word}(\n        " + ",\n        ".join(arguments) + ",\n    name=" + name + ")"
            return self._string(text)
        return self._string(f"{word}({', '.join(arguments)}{end}")

    def _target(self) -> str:
        return self._rng.choice(_TARGETS).format(self._name())

    def _assign(self, target: str, value: str) -> list[str]:
        line = self._rng.choice(
            [
                f"{target} = {value}",
                f"{target}={value}",
                f"{target} = ({value})",
                f"{target} = {value}  # comment",
            ]
        )
        return [line, f"print({target!r}, show({target}))"]

    def _variable(self) -> list[str]:
        options = self._expressions.options()
        target = self._target()
        if self._rng.random() < 0.05:
            options.append("f(1)")
            self.used.add("option with an effect")
        self.used.add("variable")
        choice = f"nni.choice({', '.join(options)})"
        return self._annotation("variable", [choice], target) + self._assign(
            target, self._rng.choice(options)
        )

    def _number(self) -> list[str]:
        target = self._target()
        sampler = f"nni.{self._expressions.sampler()}"
        self.used.add("number")
        return self._annotation("variable", [sampler], target) + self._assign(target, "2")

    def _tuple(self) -> list[str]:
        pattern = self._rng.choice(_TUPLES)
        target = pattern.format(self._name())
        options = ["(1, (2, 3))", "('a', 'bc')", "p(1)[1:] + ((4, 5),)", "[items, items[:2]]"]
        self.used.add("tuple target")
        choice = f"nni.choice({', '.join(options[: self._rng.randint(1, 4)])})"
        written = target if target[0] in "([" else f"({target})"
        lines = self._annotation("variable", [choice], written)
        return [*lines, f"{target} = 8, (9, 10)", f"print({target!r}, show(({target})))"]

    def _function(self) -> list[str]:
        rng = self._rng
        arguments = ["", "1", "w", "x=1", "1, y='a'", "p(2)", "*items", "w, **{'k': 2}", "[1, 2], k=(3, 4)"]
        if rng.random() < 0.15:
            arguments = [self._expressions.long() for _ in range(2)]
        options = [f"{rng.choice('fgh')}({rng.choice(arguments)})" for _ in range(rng.randint(1, 4))]
        options = list(dict.fromkeys(options))
        own = rng.choice(options)
        if rng.random() < 0.2:
            options.append(rng.choice(["2 * 3 + 4", "lambda x: 1+x", "w", "'text'", "None", "12"]))
            self.used.add("function_choice of no call")
        name = self._name()
        lines = self._annotation(
            "function_choice", options, rng.choice(["f", name, name, "box.make", f"op_{name}", f"op_{name}"])
        )
        self.used.add("function_choice")
        shown = f"print({name!r}, show({name}))"
        forms = [
            [f"{name} = {own}", shown],
            [f"{name} = {own} == {own} != -{own}", shown],
            [f"{name} = [{own}, -1 if {own} else 0]", shown],
            [f"if ({own}) is None:", "    pass", "else:", f"    print({name!r})"],
            [
                f"for {name} in [{own}]:",
                f"    {name}_2 = {own} or 0",
                f"    print(show({name}), show({name}_2))",
            ],
            [own],
            [f"{name} = {own} and 1", shown],
            [f"while not [{own}]:", "    pass"],
            [f"def {name}():", f"    return {own}", f"print(show({name}()))"],
            [f"with open({own} and __import__('os').devnull) as {name}:", "    print('in it')"],
        ]
        if rng.random() < 0.05:
            self.used.add("call within another call")
            forms = [[f"{name} = p({own}, -{own})", shown], [f"print(show({own}))"]]
        return lines + rng.choice(forms)

    def _report(self) -> list[str]:
        self.used.add("report")
        text = self._rng.choice(
            ["report_intermediate_result(w)", "report_final_result(w / 4)", "get_next_parameter()",
             "report_final_result({'default': w, 'loss': 0.5})", "report_intermediate_result( items[0] )"]
        )  # fmt: skip
        return self._string(text)

    def _layers(self) -> list[str]:
        rng = self._rng
        self.used.add("mutable_layers")
        layers = []
        names = []
        for _ in range(rng.randint(1, 3)):
            name = self._name()
            inputs = rng.sample(["w", "v", "items[0]", "box.size", *names], rng.randint(0, 3))
            calls = rng.sample(
                ["f()", "g()", "h(k=1)", "f(k='a', j=2)", "box.inner.make()"], rng.randint(1, 4)
            )
            calls = [c for c in calls if "make" not in c] or ["f()"]
            if rng.random() < 0.2:
                calls.append("p(" + ", ".join(f"long_keyword_{i}={i}" for i in range(8)) + ")")
            fields = [f"layer_choice: [{', '.join(calls)}]"]
            if rng.random() < 0.5:
                fields.append(f"fixed_inputs: [{', '.join(rng.sample(['w', 'v', 'items', *names], 2))}]")
            if inputs:
                size = rng.choice(
                    [str(rng.randint(0, len(inputs))), f"[0, {len(inputs)}]", f"[1, {len(inputs)}]"]
                )
                fields += [f"optional_inputs: [{', '.join(inputs)}]", f"optional_input_size: {size}"]
            rng.shuffle(fields)
            layers.append(
                "{" + rng.choice([", ", ",\n      "]).join([*fields, f"layer_output: {name}"]) + "}"
            )
            names.append(name)
        text = f"mutable_layers({', '.join(layers)})"
        return [*self._string(text), *(f"print({name!r}, show({name}))" for name in names)]

    def _tied(self) -> list[str]:
        """Two annotations of one name with the same arguments."""
        self.used.add("tied")
        target = self._name()
        choice = f"nni.choice({', '.join(self._expressions.options())})"
        lines = []
        for _ in range(2):
            lines += self._annotation("variable", [choice], target) + self._assign(target, "2")
        return lines

    def _plain(self) -> list[str]:
        self.used.add("no annotation")
        return self._rng.choice(
            [
                ["'''text with @nni.choice(1) within'''"],
                ["'''@nni'''", "'@XXnni.variable(nni.choice(1), name=x)'"],
                ["# a comment of nni", "print('''", "@nni.variable(nni.choice(1, 2), name=x)", "''')"],
                ["print(r'\\d', \"it's\", 1_000, 0x1F, 1e3,", "   'so on' )"],
                ["print([i", "       for i in items", "   if i % 2])"],
            ]
        )

    def _semicolon(self) -> list[str]:
        self.used.add("semicolon")
        name = self._name()
        *lines, last = self._string(f"variable(nni.choice(1, 'two', p(3)), name={name})")
        return [*lines, f"{last}; {name} = 4; print({name!r}, show({name}))"]

    def _smart(self) -> list[str]:
        rng = self._rng
        self.used.add("smart parameter")
        name = self._name()
        named = f", name={rng.choice([name, f'a {name}/b'])!r}" if rng.random() < 0.5 else ""
        if not named:
            self.used.add("smart parameter without a name")
        options = [
            "11: p(1)",
            "'two': 2",
            "0.5: lambda: 1",
            "'a\\'b': box.size",
            "True: items",
            "None: 'none'",
        ]
        chosen = ", ".join(dict.fromkeys(rng.choices(options, k=rng.randint(1, 4))))
        forms = [
            f"{name} = nni.{self._expressions.sampler()[:-1]}{named})",
            f"{name} = nni.choice({{{chosen}}}{named})",
            f"{name} = nni.function_choice({{'f': f, 'g': lambda: g(w, 1)}}{named})",
            f"{name} = p(1, nni.{self._expressions.sampler()[:-1]}{named}), w)",
            f"{name} = p(\n    nni.{self._expressions.sampler()[:-1]}{named}),\n    w)",
        ]
        return [*rng.choice(forms).split("\n"), f"print({name!r}, show({name}))"]
