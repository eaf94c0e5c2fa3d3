"""Values, ranges and annotations that are written into a source or taken out of it."""

from __future__ import annotations

import dataclasses
import random

import pytest
from guarantees import compiled
from programs import Generator
from rewriting import hold_rewritten, parked

from nnic.api import apply_values, compile_entry
from nnic.apply.differences import differences
from nnic.apply.narrow import Narrowed, narrow_space, stays
from nnic.apply.notation import number_like, rounded, string_like
from nnic.apply.refusals import same_parameter
from nnic.apply.rewriting import Rewriting, rewrite
from nnic.lowering.parameters import parameters_of
from nnic.tuners.space import Condition, Parameter, Sampler, SearchSpace

PARTS = 4


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (0.00241, "1e-3", "2.41e-3"),
        (0.00241, "1E-3", "2.41E-3"),
        (0.00241, "10**-4", "2.41e-3"),
        (0.001, "10 ** -4", "10 ** -3"),
        (0.001, "10.0**-4", "1e-3"),
        (0.00241, "0.1", "0.00241"),
        (2.41e-5, "0.1", "0.0000241"),
        (2.41e-9, "0.1", "2.41e-9"),
        (1e22, "1.5", "1e22"),
        (0.25, ".5", ".25"),
        (-0.25, ".5", "-.25"),
        (4.0, "5.", "4."),
        (4.5, "+1.5", "+4.5"),
        (-4.5, "+1.5", "-4.5"),
        (0.1 + 0.2, "0.5", "0.30000000000000004"),
        (25000, "1_000", "25_000"),
        (12345.5, "1_000.0", "12_345.5"),
        (128, "0x40", "0x80"),
        (255, "0X4F", "0XFF"),
        (-255, "0xff", "-0xff"),
        (5, "0b1", "0b101"),
        (256, "2**7", "2**8"),
        (255, "2**7", "255"),
        (12, "3 * 4", "12"),
        (0.5, "DEFAULT_LR", "0.5"),
        (0.5, "float('1e3')", "0.5"),
        (7, "1e1", "7"),
        (0.0, "1e-3", "0.0"),
    ],
)
def test_numbers_have_their_authors_notation(value, pattern, text):
    written = number_like(value, pattern)
    assert written == text
    result = eval(written)
    assert (type(result), result) == (type(value), value)


def test_rounding():
    assert rounded(0.0024139, 2) == 0.0024
    assert rounded(123456, 2) == 123456


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        ("sgd", '"adam"', '"sgd"'),
        ("sgd", "'adam'", "'sgd'"),
        ("sgd", "'''adam'''", "'''sgd'''"),
        ("it's", '"adam"', None),
        ("a\\b", "'adam'", None),
        ("sgd", "r'adam'", None),
        ("sgd", "'a' 'b'", None),
        ("sgd", "'a'.lower()", None),
        ("", "'a'", None),
    ],
)
def test_strings_have_their_authors_quotes(value, pattern, text):
    assert string_like(value, pattern) == text


def written(text: str, values: dict[str, object], **options: object) -> str:
    result = compiled(text)
    assert result.emission is not None, result.diagnostics
    assert result.ir is not None
    parameters = {p.key: p for p in parameters_of(result.ir, "p.py")}
    names = {p.name: key for key, p in parameters.items()}
    config = {names[name]: value for name, value in values.items()}
    return rewrite(result.ir, Rewriting(config, parameters, **options))


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        pytest.param(
            "# @nni.function_choice(f(1), g( 2,\n#   3,\n# ), name=f)\nx = f(1).y\n",
            {"f": "g(2, 3)"},
            "x = g( 2, 3).y\n",
            id="an-option-on-one-line",
        ),
        pytest.param(
            "# @nni.function_choice(f(1), 5, name=f)\nx = f(1).real\n",
            {"f": 5},
            "x = (5).real\n",
            id="digits-before-a-dot",
        ),
        pytest.param(
            "# @nni.function_choice((f)(1), g, name=f)\nx = 1 if(f)(1)else 2\n",
            {"f": "g"},
            "x = 1 if(g)else 2\n",
            id="beside-a-word",
        ),
        pytest.param(
            "# @nni.function_choice(f(1), -1, name=f)\nx = f(1) ** 2\n",
            {"f": "(-1)"},
            "x = (-1) ** 2\n",
            id="a-sign",
        ),
        pytest.param(
            "# @nni.function_choice(A(lr=nni.uniform(0, 1), b=1), B(), name=A)\nx = A(b=1, lr=.5)\n",
            {"A": "A(lr=..., b=1)", "A/function_choice/0/lr": 0.25},
            "x = A(b=1, lr=.25)\n",
            id="nested-in-place",
        ),
        pytest.param(
            "# @nni.function_choice(A(nni.choice(B(nni.randint(1, 9)), 'c')), D(), name=A)\nx = D()\n",
            {
                "A": "A(...)",
                "A/function_choice/0/0": "B(...)",
                "A/function_choice/0/0/choice/0/0": 7,
            },
            "x = A(B(7))\n",
            id="nested-twice",
        ),
        pytest.param(
            "# @nni.function_choice(A(nni.uniform(-1, 1) ** 2), D(), name=A)\nx = D()\n",
            {"A": "A(... ** 2)", "A/function_choice/0/0.left": -0.5},
            "x = A((-0.5) ** 2)\n",
            id="nested-sign",
        ),
        pytest.param(
            "t = 1  # @nni.choice(1, 2)\nu = 5\nt = 1  # @nni.choice(1, 2)\n",
            {"t": 2},
            "t = 2\nu = 5\nt = 2\n",
            id="tied",
        ),
    ],
)
def test_options_have_their_authors_text(before, values, after):
    assert written(before, values, strip=True) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x = 1  # @nni.choice(1, 2)\n", "x = 1\n", id="trailing"),
        pytest.param("x = 1  # noqa  # @nni.choice(1, 2)\n", "x = 1  # noqa\n", id="behind-a-pragma"),
        pytest.param("x = 1  # @nni.choice(1, 2)  # why\n", "x = 1  # why\n", id="before-a-note"),
        pytest.param("x = 1  # a  # @nni.choice(1, 2)  # b\n", "x = 1  # a  # b\n", id="between-notes"),
        pytest.param(
            "x = 1  # @nni.choice(2, 3)  # nnic: ignore[NNI202]\n", "x = 1\n", id="with-a-suppression"
        ),
        pytest.param(
            "# nnic: ignore-file[NNI206]\n# nnic: ignore[NNI202] so it is\nx = 1  # @nni.choice(2, 3)\n"
            "y = 1  # nnic: ignore  # b\n",
            "x = 1\ny = 1  # b\n",
            id="suppressions-elsewhere",
        ),
        pytest.param("# a\n# @nni.choice(1,\n#   2)\nx = 1\n", "# a\nx = 1\n", id="own-lines"),
        pytest.param(
            "# @nni.choice(1,\n#   2)  # why\nx = 1\n", "# why\nx = 1\n", id="own-lines-with-a-note"
        ),
        pytest.param("'''@nni.variable(nni.choice(1, 2), name=x)'''\nx = 1\n", "x = 1\n", id="string"),
        pytest.param(
            "y = 0; '''@nni.report_final_result(1)'''; x = 1\n", "y = 0; x = 1\n", id="beside-others"
        ),
        pytest.param("y = 0; '''@nni.report_final_result(1)'''\n", "y = 0\n", id="behind-another"),
        pytest.param("if y: '''@nni.report_final_result(1)'''\n", "if y: pass\n", id="only-one-of-its-block"),
        pytest.param(
            "def f():\n    '''@nni.report_final_result(1)'''\n    'b'\n",
            "def f():\n    pass\n    'b'\n",
            id="no-new-docstring",
        ),
        pytest.param(
            "y = 0\n'''@nni.report_final_result(1)'''  # why\n", "y = 0\n# why\n", id="a-comment-stays"
        ),
        pytest.param("y = 0\r\n# @nni.report_final_result(1)", "y = 0\r\n", id="the-last-line"),
        pytest.param(
            "f(\n    a=1,  # @nni.choice(1, 2)\n    # @nni.choice(3, 4)\n    b=3,\n)\n",
            "f(\n    a=1,\n    b=3,\n)\n",
            id="inside-brackets",
        ),
        pytest.param(
            "#!/bin/x\n# @nni.choice(1, 2)\n# coding: latin-1\nx = 1\n".replace("@", "a @"),
            "#!/bin/x\n# a @nni.choice(1, 2)\n# coding: latin-1\nx = 1\n",
            id="text-stays",
        ),
    ],
)
def test_annotations_leave_no_trace(before, after):
    assert written(before, {}, strip=True) == after


def test_no_comment_becomes_a_coding_line():
    before = "#!/bin/x\n# @nni.report_intermediate_result(1)\n# coding: latin-1\nx = 1  # @nni.choice(1, 2)\n"
    assert written(before, {}, strip=True) == "#!/bin/x\n\n# coding: latin-1\nx = 1\n"


def observations(space: SearchSpace, count: int, seed: int = 0) -> list[tuple[dict, float]]:
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        config: dict = {}
        for parameter in space:
            if space.is_active(parameter, config):
                config[parameter.key] = (
                    rng.choice(parameter.options)
                    if parameter.options
                    else rng.randrange(*parameter.numbers)
                    if parameter.integer
                    else 10 ** rng.uniform(-5, 0)
                )
        found.append((config, -abs(config["p/n/randint"] - 30) + 100 * (config["p/c/choice"] == "b")))
    return found


SPACE = SearchSpace(
    (
        Parameter("p/n/randint", Sampler.RANDINT, (0, 100), integer=True),
        Parameter("p/lr/loguniform", Sampler.LOGUNIFORM, (1e-5, 1.0)),
        Parameter("p/c/choice", Sampler.CHOICE, ("a", "b", "c")),
        Parameter("p/one/choice", Sampler.CHOICE, (1,)),
    )
)


def test_narrowing_keeps_the_best_and_never_grows():
    results = observations(SPACE, 60)
    ranked = [config for config, _ in sorted(results, key=lambda result: -result[1])]
    found = narrow_space(SPACE, ranked, keep={})
    low, high = found["p/n/randint"].args
    assert isinstance(low, int)
    assert isinstance(high, int)
    assert 0 <= low <= 30 < high <= 100
    assert high - low < 90
    assert low <= ranked[0]["p/n/randint"] < high
    assert found["p/c/choice"].args[found["p/c/choice"].args.index("b")] == "b"
    assert 2 <= len(found["p/c/choice"].args) < 3
    assert not found["p/one/choice"].changes
    worst = narrow_space(SPACE, ranked[::-1], keep={})
    assert worst["p/n/randint"].args != found["p/n/randint"].args


def test_what_must_stay_possible_stays():
    keep = {"p/n/randint": 99, "p/c/choice": "c"}
    found = narrow_space(SPACE, [config for config, _ in observations(SPACE, 60)], keep=keep)
    assert found["p/n/randint"].parameter.contains(99)
    assert found["p/n/randint"].args[1] == 100
    assert "c" in found["p/c/choice"].args


def test_few_results_narrow_nothing():
    few = [config for config, _ in observations(SPACE, 9)]
    assert not any(narrowed.changes for narrowed in narrow_space(SPACE, few, {}).values())


@pytest.mark.parametrize(
    ("sampler", "args", "values"),
    [
        (Sampler.UNIFORM, (0, 1), [0.61 + i / 1000 for i in range(20)]),
        (Sampler.QUNIFORM, (0, 10, 2), [4] * 20),
        (Sampler.QLOGUNIFORM, (1, 1000, 5), [50] * 20),
        (Sampler.NORMAL, (0.0, 1.0), [0.5 + i / 1000 for i in range(20)]),
        (Sampler.LOGNORMAL, (0, 1), [2.5 + i / 1000 for i in range(20)]),
        (Sampler.QNORMAL, (0, 10, 2), [8] * 20),
    ],
)
def test_every_sampler_narrows_to_a_range_of_its_own_kind(sampler, args, values):
    integer = sampler.quantized
    space = SearchSpace((Parameter("p/x/x", sampler, args, integer=integer),))
    (narrowed,) = narrow_space(space, [{"p/x/x": value} for value in values], {}).values()
    assert narrowed.changes, narrowed.reason
    after = Parameter("p/x/x", sampler, narrowed.args, integer=integer)
    assert all(after.contains(value) for value in values)
    if sampler.bounded:
        assert args[0] <= narrowed.args[0] < narrowed.args[1] <= args[1]
    assert not integer or all(isinstance(arg, int) for arg in narrowed.args)
    assert narrowed.args[2:] == args[2:]


@pytest.mark.parametrize(
    ("before", "narrower", "after"),
    [
        ("x = 1e-3  # @nni.loguniform(1e-5, high=10**-1)\n", (2e-4, 0.01), "2e-4, high=10**-2)"),
        ("x = 3  # @nni.randint(high=100, low=0x0)\n", (2, 64), "high=64, low=0x2)"),
        ("x = 3  # @nni.quniform(0, 10, q=2)\n", (2, 10, 2), "(2, 10, q=2)"),
        ("'''@nni.variable(nni.uniform(0,\n 1), name=x)'''\nx = 0.5\n", (0, 0.75), "(0,\n 0.75), name=x)'''"),
    ],
)
def test_ranges_are_written_in_their_authors_notation(before, narrower, after):
    (parameter,) = parameters_of(compiled(before).ir, "p.py")
    text = written(before, {}, narrowed={parameter.key: Narrowed(parameter, narrower)})
    assert after in text


@pytest.mark.parametrize(
    ("options", "kept", "after"),
    [
        ("1, 2, 3", (0, 2), "1, 3"),
        ("1, 2, 3", (0,), "1"),
        ("1, 2, 3", (2,), "3"),
        ("1, 2, 3, ", (0, 1), "1, 2, "),
        ("(1, 2), (lambda: (3, 4)), [5, 6]", (1, 2), "(lambda: (3, 4)), [5, 6]"),
        ("'a,b', f(1, ')'), 3", (1, 2), "f(1, ')'), 3"),
    ],
)
def test_options_are_dropped(options, kept, after):
    before = f"x = y  # @nni.choice({options})\n"
    (parameter,) = parameters_of(compiled(before).ir, "p.py")
    args = tuple(parameter.options[place] for place in kept)
    text = written(before, {}, narrowed={parameter.key: Narrowed(parameter, args, kept=kept)})
    assert text == f"x = y  # @nni.choice({after})\n"


def test_what_stays_changes_nothing():
    before = "x = 1  # @nni.choice(1, 2)\n"
    (parameter,) = parameters_of(compiled(before).ir, "p.py")
    assert written(before, {}, narrowed={parameter.key: stays(parameter, "so it is")}) == before


def test_differences_are_of_content_not_of_place():
    before = compiled("x = f(a=1)  # @nni.choice(1, 2, name=a)\ny = 2  # @nni.choice(2, 3)\n")
    moved = compiled("import os\nx = f(a=1)  # @nni.choice(1, 2, name=a)\n\n\ny = 2  # @nni.choice(2, 3)\n")
    other = compiled("x = g(a=1)  # @nni.choice(1, 2, name=a)\ny = 2  # @nni.choice(2, 3)\n")
    assert differences(before.ir, moved.ir) == []
    assert [(d.name, d.lines) for d in differences(before.ir, other.ir)] == [("x.a", (1,))]
    assert [(d.name, d.lines) for d in differences(before.ir, None)] == [("x.a", ()), ("y", ())]


@pytest.mark.parametrize("part", range(PARTS))
def test_generated_programs(part: int, program_count: int) -> None:
    count = refused = 0
    for number in range(part, max(program_count // 10, 40), PARTS):
        text = Generator(random.Random(10_000 + number)).program()
        result = parked(text)
        try:
            refused += hold_rewritten(result)
        except Exception as error:
            raise AssertionError(f"program {number}: {error}\n{result.source.text}") from error
        count += result.ir is not None and any(tunable.places for tunable in result.ir.tunables)
    assert count
    assert refused < count  # of three values for each program


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("x = 'a'  # @nni.choice('a', 'b')\n# größe\n".encode("utf-8-sig"), id="bom"),
        pytest.param(
            "# coding: latin-1\nx = 'a'  # @nni.choice('a', 'b')\ny = 'größe'".encode("latin-1"), id="latin-1"
        ),
        pytest.param(b"if 1:\r\n\tx = 'a'  # @nni.choice('a', 'b')\r\n\t\x0c\r\n", id="crlf-tabs"),
        pytest.param(b"\x0cx = 'a'  # @nni.choice('a', 'b')\ry = 1\r", id="lone-carriage-returns"),
    ],
)
def test_bytes_elsewhere_stay(tmp_path, data):
    (tmp_path / "t.py").write_bytes(data)
    compilation = compile_entry(tmp_path / "t.py")
    (key,) = (parameter.key for parameter in compilation.program.space)
    (file,) = compilation.files
    for options, after in (
        ({}, data.replace(b"x = 'a'", b"x = 'b'")),
        ({"strip": True}, data.replace(b"x = 'a'  # @nni.choice('a', 'b')", b"x = 'b'")),
    ):
        changed = apply_values(compilation, {key: "b"}, **options)
        assert file.encoded(changed["t.py"]) == after


def test_an_option_that_the_encoding_has_not_is_escaped(tmp_path):
    data = b"# coding: ascii\n'''@nni.variable(nni.choice('a', '\\u20ac'), name=x)'''\nx = 'a'\n"
    (tmp_path / "t.py").write_bytes(data)
    compilation = compile_entry(tmp_path / "t.py")
    (text,) = apply_values(compilation, {"t/x/choice": "€"}).values()
    assert text.splitlines()[2] == "x = '\\u20ac'"


def test_a_label_ties_the_files_of_a_program(tmp_path):
    (tmp_path / "t.py").write_text("import u\nx = 1e-3  # @nni.uniform(0, 1, label='rate')\n")
    (tmp_path / "u.py").write_text("y = 0.5  # @nni.uniform(0, 1, label='rate')\n")
    compilation = compile_entry(tmp_path / "t.py")
    (key,) = (parameter.key for parameter in compilation.program.space)
    assert apply_values(compilation, {key: 0.25}, strip=True) == {
        "t.py": "import u\nx = 2.5e-1\n",
        "u.py": "y = 0.25\n",
    }


def test_layers_can_not_become_plain_code(tmp_path):
    (tmp_path / "t.py").write_text(
        "x = 1\n'''@nni.mutable_layers({layer_choice: [f(), g()], fixed_inputs: [x], layer_output: y})'''\n"
    )
    compilation = compile_entry(tmp_path / "t.py")
    assert apply_values(compilation, {}) == {}
    with pytest.raises(ValueError, match=r"t\.py:2: nni\.mutable_layers can't be written as plain code"):
        apply_values(compilation, {}, strip=True)


def test_a_nested_parameter_is_the_same_only_within_the_same_option():
    def space(*options, at):
        nested = Parameter(f"p/c/choice/{at}/lr/uniform", Sampler.UNIFORM, (0, 1))
        nested = dataclasses.replace(nested, condition=Condition("p/c/choice", at))
        return SearchSpace((Parameter("p/c/choice", Sampler.CHOICE, options), nested))

    before = space("a(lr=...)", "b(lr=...)", at=1)
    assert same_parameter("p/c/choice/1/lr/uniform", before, before)
    assert same_parameter("p/c/choice", before, space("b(lr=...)", at=0))
    assert not same_parameter("p/c/choice/1/lr/uniform", before, space("b(lr=...)", at=0))
    assert not same_parameter("p/c/choice/1/lr/uniform", before, space("b(lr=...)", "c(lr=...)", at=1))
