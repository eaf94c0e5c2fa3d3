"""Draws one annotated value with its options."""

from __future__ import annotations

import io
import random
import re
import tokenize
from dataclasses import dataclass

# Two spaces or more stand between them. First numbers, then strings of every prefix and quote, displays and
# comprehensions, calls and parts, lambdas and operators, and nested samplers.
OPTIONS = re.split(
    r"\s{2,}",
    r"""
    1   -1   +2   ~3   1_000   0x1F   0b101   0o17   1e-3   1E5   .5   5.   2j   2 ** 7   1 / 3   True
    None   ...   float('inf')   -0.0   'a'   "b"   '''c'''   "it's"   '# no comment'   r'\d'   '\n'
    b'x'   rb'\x'   u'u'   ''   'a' 'b'   'a' "b # c"   f'{d}'   f'{d!r:>{3}}' 'x'   'größe'
    f'{d}' f"{d['k']}"   ()   (1,)   (32, 64)   []   [1, [2, 3]]   {}   {'k': 1}   {'a': 1, **d}
    {1, 2}   [*d, 1]   (*d,)   {*d}   [i for i in d]   {i: 1 for i in d if i}   {i for i in d}
    (i for i in d)   [[j for j in i] for i in d]   d   d.a.b   d[0]   d[1:2, ::3]   d['k']   d[:]   f()
    f(1)   f(1, k=2)   f(*d, **d)   f(i for i in d)   f(1)(2).g[3]   f(k=1)   f(default=1)
    f(d, k=f(k=2))   super   lambda: 1   lambda x, y: (x, y)   lambda *a, k=1, **kw: a
    lambda x: x if x else (1, 2)   1 if d else 2   not d   d and f or 1   1 < d <= 3   d is not None
    d not in (1, 2)   -d ** 2 @ d   1 + 2 * 3   d | {1}   (w := 3)   await f(1)   f(nni.uniform(0, 1))
    f(k=nni.choice(1, 2, 3))   {'k': nni.randint(1, 9)}   [nni.uniform(-1, 1) ** 2]
    f(nni.choice(f(nni.loguniform(1e-3, 1)), lambda a, b: 2))
    """.strip(),
)
PLACES = (
    "x = {v}",
    "x: int = {v}",
    "d.x = d['y'] = {v}",
    "x = ({v})",
    "f(k={v})",
    "y = f(1, k={v}, m=2)",
    "D = {{'k': {v}, 'm': 1}}",
    "def g(k={v}, *, m=1): pass",
    "class C(k={v}): pass",
    "g = lambda k={v}: k",
    "with f(k={v}) as y: pass",
    "ap.add_argument('--k', default={v})",
    "y = 1; x = {v}",
    "if f(k={v}): pass",
)
CARRIERS = ("trailing", "own", "string", "long")


@dataclass(frozen=True, slots=True)
class Annotated:
    """A program with one annotated value.

    ``options`` are their texts; ``remarks`` are the comments that speak of one option alone.
    """

    text: str
    options: tuple[str, ...]
    remarks: tuple[str, ...]


def annotated_program(rng: random.Random) -> Annotated:
    """Draw a program; it may be one that has errors."""
    options = tuple(dict.fromkeys(rng.choices(OPTIONS, k=rng.randint(2, 4))))
    place = rng.choice(PLACES)
    own = rng.choice((*(o for o in options if "nni." not in o), "f(1)", "[1, 2]", "{'k': 1, 'm': 2}", "1"))
    value = commented(rng, f"({own})" if own.startswith("await") else own)
    name = rng.choice(("", "", ", name=" + ("x" if "x" in place else "k")))
    carrier = rng.choice(CARRIERS)
    remarks: tuple[str, ...] = ()
    if carrier == "trailing":
        lines = [place.format(v=value) + f"  # @nni.choice({', '.join(options)}{name})"]
    elif carrier == "long":
        remarks = tuple(f"# r{index} of one" for index in range(len(options)))
        rows = [f"    {option},  {remark}" for option, remark in zip(options, remarks)]
        lines = [
            "# @nni.choice(",
            *(f"# {row}" for row in rows),
            f"# {name.lstrip(', ')})",
            place.format(v=value),
        ]
    elif carrier == "string" and not any(mark in "".join(options) for mark in ("'''", "\\")):
        comma = rng.choice((", ", ",\n  "))
        call = f"nni.choice({comma.join(options)})"
        target = name or (", name=x" if "x" in place else ", name=k")
        lines = [f"'''@nni.variable({call}{target})'''", place.format(v=value)]
    else:
        lines = [f"# @nni.choice({', '.join(options)}{name})", place.format(v=value)]
    return Annotated(_framed(rng, lines, "await" in "".join(lines)), options, remarks)


def _framed(rng: random.Random, lines: list[str], coroutine: bool) -> str:
    """Put the lines at the top of a file or into blocks, with a line end of some kind."""
    head = ["w = 0"]
    indent = ""
    if coroutine:
        head = ["async def main():"]
        indent = rng.choice(("    ", "\t"))
        lines = ["w = 0", *lines]
    elif rng.random() < 0.3:
        head = [*head, "if d:"]
        indent = rng.choice(("    ", "\t", "  "))
    rows = [
        *head,
        *(indent + row for line in lines for row in line.split("\n")),
        rng.choice(("", "# the end")),
    ]
    return rng.choice(("\n", "\n", "\r\n", "\r")).join(rows)


def commented(rng: random.Random, text: str) -> str:
    """Break an expression inside of its brackets, with comments at its line ends."""
    if rng.random() < 0.3:
        return text
    depth, template = 0, 0
    parts: list[str] = []
    at = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.start[0] > 1 or token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            break
        parts += [text[at : token.end[1]]]
        at = token.end[1]
        name = tokenize.tok_name[token.type]
        template += name.endswith("STRING_START")
        template -= name.endswith("STRING_END")
        depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
        if depth > 0 and not template and rng.random() < 0.4:
            parts.append(f"  # c{len(parts)}\n        ")
    return "".join([*parts, text[at:]])
