"""The work for an input grows as its length does: what doubles the input does not much more than double it.

Work is the number of lines of Python that run, which no other load of the machine changes. Inputs are
generated in a size and in twice that, and refused ones count like those that compile.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from nnic.check.notebooks import read_notebook
from nnic.compile.compile_source import CompiledSource, compile_source
from nnic.findings.render import render_text
from nnic.source import SourceFile

MOST = 2.6
QUOTED = "'ä%'"


def lines(text: str, *, count: int) -> str:
    return "".join(text.replace("%", str(number)) for number in range(count))


def row(text: str, *, count: int, between: str = ", ") -> str:
    return between.join(text.replace("%", str(number)) for number in range(count))


def nested(count: int) -> str:
    return "x = 1  # @nni.choice(1" + ", nni.choice(2" * count + ")" * count + ")\n"


def annotated_calls(count: int) -> str:
    options = row("f(%)", count=count)
    return f"# @nni.function_choice({options}, name=f)\nx = [{options}]\n"


Case = tuple[int, Callable[[int], str]]
CASES: dict[str, Case] = {
    "annotations in comments": (100, lambda n: lines("x% = 1  # @nni.choice(1, 2)\n", count=n)),
    "annotations in strings": (
        100,
        lambda n: lines("'''@nni.variable(nni.choice(1, 2), name=x%)'''\nx% = 1\n", count=n),
    ),
    "annotations on lines of their own": (100, lambda n: lines("# @nni.choice(1, 2)\nx% = 1\n", count=n)),
    "a comment that is never closed": (500, lambda n: "# @nni.choice(1,\n" + "# 1,\n" * n),
    "many comments that are never closed": (100, lambda n: "# @nni.choice(1,\n" * n + "x = 1\n"),
    "a comment that closes at its end": (
        100,
        lambda n: "# @nni.choice(0,\n" + lines("# '%',\n", count=n) + "# 0.5)\nx = 0\n",
    ),
    "a quote that is never closed": (500, lambda n: "x = 1  # @nni.choice('" + "a" * n + ", 2)\n"),
    "quotes that are never closed": (100, lambda n: "# it's @nni.choice(1, '''x\n" * n),
    "options": (200, lambda n: f"x = 3  # @nni.choice({row('%', count=n)})\n"),
    "options within": (100, lambda n: f"x = 3  # @nni.choice(3, nni.choice({row('%', count=n)}))\n"),
    "inner choices": (100, lambda n: f"x = 3  # @nni.choice(3, f({row('k%=nni.choice(1, 2)', count=n)}))\n"),
    "options that occur twice": (100, lambda n: f"x = 1  # @nni.choice({row('1', count=n)})\n"),
    "nested choices": (8, nested),
    "entries": (100, lambda n: "C = {\n" + lines("'k%': 1,  # @nni.choice(1, 2)\n", count=n) + "}\n"),
    "entries below their comments": (
        100,
        lambda n: "C = {\n" + lines("# @nni.choice(1, 2)\n'k%': 1,\n", count=n) + "}\n",
    ),
    "dicts in a dict": (
        100,
        lambda n: "C = {\n" + lines("'g%': {'k': 1,  # @nni.choice(1, 2)\n},\n", count=n) + "}\n",
    ),
    "keywords": (100, lambda n: "f(\n" + lines("k%=1,  # @nni.choice(1, 2)\n", count=n) + ")\n"),
    "keywords without a last comma": (
        100,
        lambda n: "f(\n" + row("k%=1  # @nni.choice(1, 2)\n", count=n, between=",") + ")\n",
    ),
    "defaults": (100, lambda n: "def f(\n" + lines("k%=1,  # @nni.choice(1, 2)\n", count=n) + "): ...\n"),
    "decorators": (
        100,
        lambda n: "import click\n"
        + lines("@click.option('--k%', default=1)  # @nni.choice(1, 2)\n", count=n)
        + "def f(): ...\n",
    ),
    "elif": (100, lambda n: "if x: ...\n" + lines("elif y:\n z = 1  # @nni.choice(1, 2)\n", count=n)),
    "case": (100, lambda n: "match x:\n" + lines(" case %:\n  y = 1  # @nni.choice(1, 2)\n", count=n)),
    "reports in strings": (100, lambda n: "'''@nni.report_intermediate_result(x)'''\n" * n),
    "reports in comments": (100, lambda n: "x = 1\n" + "# @nni.report_intermediate_result(x)\n" * n),
    "constraints": (
        100,
        lambda n: lines("x% = 1  # @nni.choice(1, 2)\n# @nni.constraint(x% < 3)\n", count=n),
    ),
    "constraints over unknown names": (
        100,
        lambda n: "x = 1  # @nni.choice(1, 2)\n" + lines("# @nni.constraint(other% < 3)\n", count=n),
    ),
    "smart parameters": (100, lambda n: "import nni\n" + lines("x% = nni.choice(1, 2)\n", count=n)),
    "unbound names": (100, lambda n: lines("abc% = 1  # @nni.choice(1, abd%)\n", count=n)),
    "constants of constants": (
        10,
        lambda n: "d0 = 1\n"
        + "".join(f"d{i + 1} = d{i} + d{i}\n" for i in range(n))
        + f"x = 1  # @nni.uniform(0, d{n})\n",
    ),
    "findings": (100, lambda n: lines("x% = 1  # @nni.choise(1, 2)\n", count=n)),
    "findings on one line": (100, lambda n: "x = 1  # " + "# @nni.choise(" * n + "\n"),
    "hidden findings": (
        100,
        lambda n: lines("x% = 1  # @nni.choise(1, 2)  # nnic: ignore[NNI101]\n", count=n),
    ),
    "the word": (200, lambda n: lines("x% = 1  # of nni\n", count=n)),
    "the word on one line": (200, lambda n: "x = 1  # " + "nni " * n + "\n"),
    "calls that are all replaced": (100, annotated_calls),
    "deep brackets": (40, lambda n: "x = 1  # @nni.choice(" + "(" * n + "1" + ")" * n + ", 2)\n"),
    "long sums": (60, lambda n: f"x = 1  # @nni.choice({row('1', count=n, between='+')}, 2)\n"),
    "letters beyond ASCII": (100, lambda n: f"x = 'ä'  # @nni.choice({row(QUOTED, count=n)})\n"),
    "data beside an annotation": (
        1000,
        lambda n: f"x = 1  # @nni.choice(1, 2)\nD = [{row('%', count=n)}]\n",
    ),
}  # fmt: skip


def work(run: Callable[[], Any]) -> int:
    """Return how many lines of Python ``run`` executes."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def compiled(text: str) -> CompiledSource:
    result = compile_source(SourceFile.decode(text.encode(), "case.py"), "case")
    for diagnostic in result.diagnostics:
        render_text(diagnostic)
    return result


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_twice_the_input_is_twice_the_work(case: Case) -> None:
    count, make = case
    compiled(make(2))  # what is loaded and cached counts for no size
    small, large = (work(partial(compiled, make(size))) for size in (count, 2 * count))
    assert large < MOST * small, (small, large)


def test_a_notebook_of_twice_the_cells_is_twice_the_work() -> None:
    def notebook(count: int) -> bytes:
        cell = {"cell_type": "code", "source": ["%matplotlib inline\n", "x = 1  # @nni.choice(1, 2)"]}
        return json.dumps({"cells": [cell] * count}).encode()

    small, large = (work(partial(read_notebook, notebook(size))) for size in (50, 100))
    assert large < MOST * small


def test_what_is_shown_of_a_long_line_is_short() -> None:
    text = "x = 1  # " + "# @nni.choise(1, 2) " * 300 + "\n"
    found = compiled(text).diagnostics
    assert len(found) == 300
    assert all(len(render_text(diagnostic)) < 2000 for diagnostic in found)


@pytest.mark.parametrize("count", [64, 65, 129, 3000])
def test_any_number_of_options_compiles(count: int) -> None:
    result = compiled(f"x = 3  # @nni.choice({row('%', count=count)})\n")
    assert result.emission is not None
    for chosen in (None, 0, 31, 32, 63, count - 1):
        values = {} if chosen is None else {"case/x/choice": chosen}
        assert _run(result.emission.text, values)["x"] == (3 if chosen is None else chosen)


def test_any_option_of_an_inner_choice_is_reached() -> None:
    result = compiled(f"x = 3  # @nni.choice(3, (nni.choice({row('%', count=40)}),))\n")
    assert result.emission is not None
    for chosen in (0, 7, 8, 20, 39):
        options = {"case/x/choice": 1, "case/x/choice/1/0/choice": chosen}
        assert _run(result.emission.text, options)["x"] == (chosen,)


def _run(text: str, options: dict[str, int]) -> dict[str, Any]:
    """Run compiled text in a trial that chose ``options``."""
    from nnic.runtime.trial import assignment

    before = assignment.process.given
    given = assignment.Assignment()
    given.options = options
    given.parameters = dict.fromkeys(options, 0)
    assignment.process.given = given
    namespace: dict[str, Any] = {}
    try:
        exec(compile(text, "case.py", "exec"), namespace)
    finally:
        assignment.process.given = before
    return namespace


@pytest.mark.parametrize(
    "option",
    [
        "+".join(["1"] * 300),
        "a" + ".b" * 300,
        "f" + "()" * 300,
        "not " * 300 + "1",
        "lambda: " * 300 + "1",
        "[" * 300 + "]" * 300,
        "nni.choice(1, " * 40 + "2" + ")" * 40,
        "nni.choice(1, " * 150 + "2" + ")" * 150,
        "+".join(["1"] * 20000),
    ],
    ids=["sum", "attributes", "calls", "not", "lambda", "lists", "choices", "many choices", "long sum"],
)
def test_what_is_nested_too_deeply_is_a_finding(option: str) -> None:
    (found,) = [d for d in compiled(f"x = 1  # @nni.choice(1, {option})\n").diagnostics if d.is_error]
    assert found.code == "NNI113"
    assert "deep" in found.message or "too many nested" in found.message
