"""Files of many options, drawn from the grammar of expressions: what counts is the text of each."""

from __future__ import annotations

import random

from diff_nni.case import Case

_ATOMS = "1;1e-3;-2;-1.5;1e400;0x1F;1_000;2j;None;True;...;();[];{};x;d.a;größe;f(1);u'z';b'x';'#b';f'{x}'"
_BINARY = "+;-;*;/;//;%;@;**;<<;>>;&;|;^"
_COMPARED = "<;>;==;!=;<=;>=;is;in;not in;is not"
_UNARY = ["not ", "-", "~", "+", "- -"]
_PARAMETERS = ["", "a, b=2", "*a", "*, k=1", "a, /, b", "**k", "a, *b, c=3, **d"]
_CALLEES = ["f", "a.b", "nn.Module", "(lambda: f)()", "torch.optim.SGD"]
_CHARACTERS = "abc '\"\\\n\t{}%#é日\x07\u2028 xyz/"
# `_` is any expression, `$` one in parentheses.
_FORMS = """\
$ if $ else $
$[_]
x[_:_, ::_, _]
x[_:]
x[:, _]
x[_, _]
x[_:_,]
[_ for a in $ if $]
{$: $ for a, b in $ for c in a}
{_ for a in $}
f(_ for a in $)
($).attr
[*$, _]
{**$, 'k': _}
f'{x!r:>{y}} {a.b}'
[_, _, _, _, _]
(_, _, _,)
(_,)
{$: _, $: _}
{_, _}
$(_)
(_, *$)
"""


class Grammar:
    """Draws expressions of Python 3.8."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def expression(self, depth: int) -> str:
        """An expression whose parts are up to ``depth`` deep."""
        rng = self._rng
        if depth <= 0 or rng.random() < 0.08:
            return rng.choice([self._string, self._number, self._atom, self._atom])()
        form = rng.choice(
            [self._operation, self._operation, self._call, self._call, self._lambda, self._form]
        )
        return form(depth - 1)

    def _atom(self) -> str:
        return self._rng.choice(_ATOMS.split(";"))

    def _string(self) -> str:
        rng = self._rng
        text = repr("".join(rng.choices(_CHARACTERS, k=rng.choice([0, 1, 3, 10, 60, 120]))))
        return text if rng.random() < 0.7 else "f" + text.replace("{", "{{").replace("}", "}}")

    def _number(self) -> str:
        rng = self._rng
        real = repr(rng.random() * 10 ** rng.randint(-20, 20))
        return rng.choice([real, f"{real}j", str(rng.randrange(10 ** rng.randint(1, 30)))])

    def _part(self, depth: int) -> str:
        return f"({self.expression(depth)})"

    def _operation(self, depth: int) -> str:
        rng = self._rng
        signs = rng.choice([_BINARY, _COMPARED, "and;or"]).split(";")
        parts = [self._part(depth) for _ in range(rng.randint(1, 3))]
        if len(parts) == 1:
            return rng.choice(_UNARY) + parts[0]
        text = parts[0]
        for part in parts[1:]:
            text += f" {rng.choice(signs)} {part}"
        return text

    def _call(self, depth: int) -> str:
        rng = self._rng
        arguments = [self.expression(depth) for _ in range(rng.randint(0, 3))]
        arguments += [f"*{self._part(depth)}"] * rng.randint(0, 1)
        arguments += [f"key_{i}={self.expression(depth)}" for i in range(rng.randint(0, 4))]
        arguments += [f"**{self._part(depth)}"] * rng.randint(0, 1)
        return f"{rng.choice(_CALLEES)}({', '.join(arguments)})"

    def _lambda(self, depth: int) -> str:
        return f"lambda {self._rng.choice(_PARAMETERS)}: {self.expression(depth)}"

    def _form(self, depth: int) -> str:
        parts = []
        for char in self._rng.choice(_FORMS.splitlines()):
            parts.append(
                self.expression(depth) if char == "_" else self._part(depth) if char == "$" else char
            )
        return "".join(parts)


def options_case(seed: int) -> Case:
    """A file of eight annotations."""
    rng = random.Random(f"options {seed}")
    grammar = Grammar(rng)
    lines = []
    for number in range(8):
        option = grammar.expression(rng.randint(1, 4))
        lines.append(repr(f"@nni.variable(nni.choice({option}), name=x{number})"))
        lines.append(f"x{number} = 0")
    return Case(f"options_{seed:05}", {"main.py": "\n".join([*lines, ""])}, kinds=("options",))
