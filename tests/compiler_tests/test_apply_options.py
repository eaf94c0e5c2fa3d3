"""Options of every kind of expression are written, dropped and stripped without harm to anything else."""

from __future__ import annotations

import random

import pytest
from guarantees import compiled
from options import annotated_program, hold_dropped, hold_written

from nnic.apply.narrow import Narrowed
from nnic.apply.rewriting import Rewriting, UnwritableError, rewrite
from nnic.lowering.parameters import parameters_of

PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_generated_options(part: int, program_count: int) -> None:
    written = refused = dropped = 0
    for number in range(part, max(program_count // 2, 200), PARTS):
        rng = random.Random(number)
        program = annotated_program(rng)
        try:
            counts = hold_written(program) or (0, 0)
            dropped += hold_dropped(program, rng)
        except Exception as error:
            raise AssertionError(f"program {number}: {error}\n{program.text}") from error
        written, refused = written + counts[0], refused + counts[1]
    assert written > 20
    assert dropped > 10
    assert refused < written / 20


def written(text: str, *, strip: bool = False) -> str:
    """``text`` with the last option of its first parameter."""
    result = compiled(text)
    assert result.ir is not None
    parameters = {p.key: p for p in parameters_of(result.ir, "p.py")}
    first = next(iter(parameters.values()))
    return rewrite(result.ir, Rewriting({first.key: first.options[-1]}, parameters, strip=strip))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "z = f(  # @nni.choice(f(1), f(2))\n    1,  # as ever\n)\n",
            "z = f(  # @nni.choice(f(1), f(2))\n    2,  # as ever\n)\n",
            id="where-only-a-part-differs",
        ),
        pytest.param(
            "z = f(  # @nni.choice(f(1), g)\n    1,  # as ever\n)\n",
            "# as ever\nz = g  # @nni.choice(f(1), g)\n",
            id="behind-the-value",
        ),
        pytest.param(
            "z = f(  # @nni.choice(f(1), g)\n    1,  # as ever\n)  # it is\n",
            "# @nni.choice(f(1), g)\n# as ever\nz = g  # it is\n",
            id="above-the-line",
        ),
        pytest.param(
            "if d:\r\n\ty = 1; z = f(  # @nni.choice(f(1), g)\r\n\t1,  # as ever\r\n\t); x = 2\r\n",
            "if d:\r\n\t# as ever\r\n\ty = 1; z = (  # @nni.choice(f(1), g)\r\n\t    g\r\n\t); x = 2\r\n",
            id="in-parentheses",
        ),
        pytest.param(
            "g(\n    k=f(  # @nni.choice(f(1), g, name=k)\n        1,  # as ever\n    ), m=3,\n)\n",
            "g(\n    # @nni.choice(f(1), g, name=k)\n    # as ever\n    k=g, m=3,\n)\n",
            id="above-the-argument",
        ),
        pytest.param(
            "a = [\n    64,  # first\n    64,  # second\n]  # @nni.choice([64, 64], [128])\n",
            "# first\n# second\na = [128]  # @nni.choice([64, 64], [128])\n",
            id="of-a-display",
        ),
        pytest.param(
            "a = (\n    0.1  # base\n    * 2  # twice\n)  # @nni.choice(0.1, 0.4)\n",
            "a = (\n    # base\n    0.4  # twice\n)  # @nni.choice(0.1, 0.4)\n",
            id="of-an-operator",
        ),
        pytest.param(
            "if x:\n    pass\nelif y(k=[  # @nni.choice([1], 2)\n  1]):\n    pass\n",
            "if x:\n    pass\nelif y(k=(  # @nni.choice([1], 2)\n    2\n)):\n    pass\n",
            id="of-a-clause",
        ),
    ],
)
def test_comments_inside_of_a_value_stay(before: str, after: str) -> None:
    assert written(before) == after
    assert "@nni" not in written(before, strip=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "opt = None  # @nni.choice(None, f(lr=0.1))\n",
            "opt = f(lr=0.1)  # @nni.choice(None, f(lr=0.1), name=opt)\n",
        ),
        (
            "# @nni.choice(1,\n#   lambda k=1: k,\n# )\nd.x = 1\n",
            "# @nni.choice(1,\n#   lambda k=1: k,\n# name=d.x)\nd.x = lambda k=1: k\n",
        ),
        (
            "D = {'a b': 1}  # @nni.choice(1, {'a b': 2}, name='a b')\n",
            "D = {'a b': {'a b': 2}}  # @nni.choice(1, {'a b': 2}, name='a b')\n",
        ),
        (
            "m = f(k=1)  # @nni.choice(1, f(k=2), name=k)\n",
            "m = f(k=f(k=2))  # @nni.choice(1, f(k=2), name=k)\n",
        ),
        (
            "r'@nni.choice(1, f(k=2))'; y = 1\n",
            "r'@nni.choice(1, f(k=2), name=y)'; y = f(k=2)\n",
        ),
        (
            "f(\n    k=1,  # @nni.choice(1, f(m=2))\n)\n",
            "f(\n    k=f(m=2),  # @nni.choice(1, f(m=2), name=k)\n)\n",
        ),
        (
            "f(**{\n    'k m': 1,  # @nni.choice(1, f(m=2))\n})\n",
            "f(**{\n    'k m': f(m=2),  # @nni.choice(1, f(m=2), name='k m')\n})\n",
        ),
    ],
)
def test_an_option_with_slots_of_its_own_is_read_again(before: str, after: str) -> None:
    assert written(before) == after
    assert written(after) == after


@pytest.mark.parametrize(
    ("options", "after"),
    [
        ("1, -1", "-1"),
        ("(1,), (32,)", "(32,)"),
        ("1, (lambda: 2)", "lambda: 2"),
        ("1, (i for i in d)", "(i for i in d)"),
        ("1, (w := 2)", "(w := 2)"),
        ("1, a if b else c", "a if b else c"),
    ],
)
def test_a_value_has_no_more_parentheses_than_it_needs(options: str, after: str) -> None:
    head = "w = 0\n"
    assert written(f"{head}x = 1  # @nni.choice({options})\n", strip=True) == f"{head}x = {after}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "o = f(\n    lr=1.0,  # @nni.uniform(1, 2)\n)  # @nni.choice(f(lr=1.0), g(), name=o)\n",
            r"p\.py:2: the annotation of o\.lr belongs to a value inside .*\n  Write nni\.uniform\(1, 2\)",
            id="an-annotation-inside",
        ),
        pytest.param(
            "'@nni.choice(1, ' 'f(k=2))'\nx = 1\n",
            r"p\.py:1: .* which value is meant.*\n  Add name=: name=x, and search again",
            id="no-place-for-a-name",
        ),
        pytest.param(
            "# @nni.function_choice(f(1), g, name=f)\nx = f(3) * g\n",
            r"p\.py:1: .* annotation of f would not mean the same: .*\n  Write (.|\n)* nnic apply --strip",
            id="another-expression-like-it",
        ),
    ],
)
def test_what_would_change_the_space_is_refused(text: str, message: str) -> None:
    result = compiled(text)
    assert result.ir is not None
    parameters = {p.key: p for p in parameters_of(result.ir, "p.py")}
    choice = next(p for p in parameters.values() if p.options)
    with pytest.raises(UnwritableError, match=message):
        rewrite(result.ir, Rewriting({choice.key: choice.options[-1]}, parameters))


@pytest.mark.parametrize(
    ("before", "kept", "after"),
    [
        pytest.param(
            "x = None  # @nni.choice(None, lambda a, b: 1, 5)",
            (0, 2),
            "x = None  # @nni.choice(None, 5)",
            id="a-comma-of-a-lambda",
        ),
        pytest.param(
            "x = 1  # @nni.choice(1, (lambda *a, k=2: a), {1: 2, 3: 4})",
            (0, 1),
            "x = 1  # @nni.choice(1, (lambda *a, k=2: a))",
            id="parentheses",
        ),
        pytest.param(
            "# @nni.choice(\n#   1,  # one\n#   # many\n#   2,  # two\n#   3,  # three\n# )\nx = 1",
            (0, 2),
            "# @nni.choice(\n#   1,  # one\n#   # many\n#   3,  # three\n# )\nx = 1",
            id="a-line-each",
        ),
        pytest.param(
            "# @nni.choice(1, 2,  # small\n#   # large\n#   f(3,\n#     4), 5)  # these\nx = 1",
            (1, 3),
            "# @nni.choice(2,  # small\n#   # large\n#     5)  # these\nx = 1",
            id="lines-of-several",
        ),
        pytest.param(
            "# @nni.choice(\n#   1,  # one\n#   2  # two\n# )\nx = 1",
            (0,),
            "# @nni.choice(\n#   1,  # one\n# )\nx = 1",
            id="the-last-without-a-comma",
        ),
        pytest.param(
            "'''@nni.variable(nni.choice(\n   'a,b',  # (one\n   \"# 2\",\n   3), name=x)'''\nx = 3",
            (1, 2),
            "'''@nni.variable(nni.choice(\n   \"# 2\",\n   3), name=x)'''\nx = 3",
            id="in-a-string",
        ),
        pytest.param(
            "# @nni.choice(1,\r#   2,\r#   3)\rx = 1",
            (0, 2),
            "# @nni.choice(1,\r#   3)\rx = 1",
            id="lone-carriage-returns",
        ),
        pytest.param(
            "x = f(k=nni)  # @nni.choice(f(k=nni.choice(1, lambda a, b: 2, 3)), 4, name=x)",
            (1,),
            "x = f(k=nni)  # @nni.choice(4, name=x)",
            id="with-samplers-inside",
        ),
    ],
)
def test_options_go_with_their_own_remarks_alone(before: str, kept: tuple[int, ...], after: str) -> None:
    result = compiled(before)
    assert result.ir is not None, result.diagnostics
    parameter = next(iter(parameters_of(result.ir, "p.py")))
    args = tuple(parameter.options[place] for place in kept)
    narrowed = {parameter.key: Narrowed(parameter, args, kept=kept)}
    assert rewrite(result.ir, Rewriting(narrowed=narrowed)) == after
