"""Generates annotated programs in NNI's manner: string statements, and samplers called in code."""

from __future__ import annotations

import random

from diff_nni.case import Case
from diff_nni.statements import Statements

VERSION = 1

# `p` and what it returns are quiet; `f`, `g` and `h` tell of their calls.
PRELUDE = """\
class Box:
    def __init__(self, **fields):
        self.__dict__.update(fields)
    def make(self, *args, **kwargs):
        return ("made", args, kwargs)
    def __getitem__(self, index):
        return self.__dict__.get(repr(index), show(index))
    def __setitem__(self, index, value):
        self.__dict__[repr(index)] = value
def p(*args, **kwargs):
    return ("p", args, kwargs)
def f(*args, **kwargs):
    print("effect f", show(args), show(kwargs))
    return 1
def g(*args, **kwargs):
    print("effect g", show(args), show(kwargs))
    return 2
def h(*args, **kwargs):
    print("effect h", show(args), show(kwargs))
    return 3
def show(value):
    if isinstance(value, (tuple, list)):
        return [type(value).__name__] + [show(v) for v in value]
    if isinstance(value, dict):
        return ["dict"] + [[show(k), show(v)] for k, v in value.items()]
    if isinstance(value, set):
        return ["set"] + sorted(map(repr, value))
    if callable(value) or hasattr(value, "send"):
        return "callable"
    return repr(value)
w, v = 3, 7
items = [1, 2, 3, 4]
grid = [[1, 2], [3, 4]]
table = {"a": 1, ("b", 2): [1, 2]}
box = Box(size=5, inner=Box(rate=0.5, make=lambda *a: ["made", a]))
cells, matrix, store = [0, 0, 0, 0], [[0, 0], [0, 0]], {}
"""


class ProgramGenerator:
    """Draws programs of several files; what one has is told by ``Case.kinds``."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._seed = seed
        self._statements = Statements(self._rng)
        self._kinds = self._statements.used

    def case(self) -> Case:
        """A folder with a program that can be run."""
        rng = self._rng
        files = {}
        imports = ""
        if rng.random() < 0.25:
            folder = rng.choice(["pkg", "pkg/sub"])
            files = {f"{folder}/__init__.py": self._module("") if rng.random() < 0.2 else ""}
            if "/" in folder:
                files["pkg/__init__.py"] = ""
            files[f"{folder}/part.py"] = self._module("")
            imports = f"import {folder.replace('/', '.')}.part\n"
            self._kinds.add("sub-package")
        if rng.random() < 0.1:
            files["beside.py"] = self._module("")
            self._kinds.add("file not imported")
        files["main.py"] = self._module(imports)
        kinds = sorted(self._kinds)
        return Case(f"generated_{self._seed:05}", files, True, tuple(kinds))

    def _module(self, imports: str) -> str:
        rng = self._rng
        head = rng.choice(
            ["", '"""About it."""\n', "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n", "\n\n"]
        )
        future = "from __future__ import print_function\n" if rng.random() < 0.1 else ""
        smart = rng.random() < 0.25
        lines: list[str] = []
        for _ in range(rng.randint(1, 6)):
            lines += self._scoped(self._statements.statement(smart), 0)
            lines += [""] * rng.randrange(3)
        return head + future + imports + ("import nni\n" if smart else "") + PRELUDE + "\n".join(lines) + "\n"

    def _scoped(self, lines: list[str], depth: int) -> list[str]:
        rng = self._rng
        if depth == 2 or rng.random() < 0.45:
            return lines
        name = f"scope{self._statements.count}_{depth}"
        other = self._statements.statement(False) if rng.random() < 0.3 else ["pass"]
        bodies = {
            "function": ([f"def {name}(a=1, *b):"], ["    return a", f"{name}()"]),
            "docstring": ([f"def {name}():", "    '''About it.'''"], [f"{name}()"]),
            "class": ([f"class {name}:"], []),
            "method": ([f"class {name}:", "    def run(self):"], [f"{name}().run()"]),
            "for": ([f"for {name} in range(2):"], []),
            "while": (["while True:"], ["    break"]),
            "if": (["if w:"], ["else:", *self._indented(other)]),
            "else": (["if not w:", *self._indented(other), "else:"], []),
            "try": (["try:"], ["except ValueError:", "    raise", "finally:", *self._indented(other)]),
            "with": (["with open(__import__('os').devnull):"], []),
        }  # fmt: skip
        if depth or "make" in "".join(lines):
            bodies.pop("class")
        kind = rng.choice(list(bodies))
        self._kinds.add(f"in {kind}")
        head, tail = bodies[kind]
        inner = self._scoped(lines, depth + 1)
        return [*head, *self._indented(inner, 2 if kind == "method" else 1), *tail]

    @staticmethod
    def _indented(lines: list[str], times: int = 1) -> list[str]:
        return [("    " * times + line) if line else line for line in lines]
