"""NNI's search-space JSON, key by key and value by value."""

from pathlib import Path

import pytest

from nnic.api import compile_entry
from nnic.tuners.space import SearchSpace


def space_of(folder: Path, text: str) -> dict[str, object]:
    package = folder / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "t.py").write_text(text, encoding="utf-8")
    compilation = compile_entry(package / "t.py")
    assert compilation.program is not None, compilation.diagnostics
    nni = compilation.program.space.to_nni()
    assert SearchSpace.from_nni(nni).to_nni() == nni
    return nni


def test_options_of_choice(tmp_path: Path) -> None:
    text = (
        "'''@nni.variable(nni.choice('2', 3, 5*6, {1:2, '3':4}, [1,2,3], -1, True, None), name=abc)'''\n"
        "abc = 3\n"
    )
    options = ["2", 3, "(5 * 6)", "{(1): 2, '3': 4}", "[1, 2, 3]", "(-1)", True, None]
    space = space_of(tmp_path, text)
    assert space == {"pkg.t/abc/choice": {"_type": "choice", "_value": options}}
    assert [type(o) for o in space["pkg.t/abc/choice"]["_value"]] == [type(o) for o in options]  # type: ignore[index]


def test_options_of_function_choice(tmp_path: Path) -> None:
    text = (
        "'''@nni.function_choice(max_pool(h1), 2 * 3 + 4, lambda x: 1+x, name=max_pool)'''\n"
        "h = max_pool(h1)\n"
    )
    options = ["max_pool(h1)", "(2 * 3 + 4)", "(lambda x: 1 + x)"]
    assert space_of(tmp_path, text) == {
        "pkg.t/max_pool/function_choice": {"_type": "choice", "_value": options},
    }


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("self.lr", "self.lr"),
        ("d['a']", "d['a']"),
        ('d["a"]', "d['a']"),
        ("(x, y)", "(x, y)"),
        ("x, y", "(x, y)"),
        ("d[0]", "d[0]"),
        ("d[i]", "d[i]"),
        ("d[-1]", "d[-1]"),
        ("d[i+1]", "d[i + 1]"),
        ("d[a,b].c", "d[a, b].c"),
        ("d[1:2]", "d[1:2]"),
        ("d['it\\'s']", 'd["it\'s"]'),
        ("größe", "größe"),
    ],
)
def test_names_are_the_targets_text(tmp_path: Path, target: str, name: str) -> None:
    text = f"{target} = 1  # @nni.choice(1, 2)\n"
    assert list(space_of(tmp_path, text)) == [f"pkg.t/{name}/choice"]


@pytest.mark.parametrize(
    ("sampler", "values"),
    [
        ("randint(2, 30)", [2, 30]),
        ("uniform(0, 2.5)", [0, 2.5]),
        ("quniform(0, 10, 2)", [0, 10, 2]),
        ("loguniform(1e-4, 10**1)", [0.0001, 10]),
        ("qloguniform(1, 9, 2)", [1, 9, 2]),
        ("normal(-1, 2)", [-1, 2]),
        ("qnormal(0, 2, 0.5)", [0, 2, 0.5]),
        ("lognormal(0, 1)", [0, 1]),
        ("qlognormal(0, 1, 1)", [0, 1, 1]),
        ("choice(1, 'a')", [1, "a"]),
        # NNI's accepted nonsense
        ("randint(2, 30, 5)", [2, 30, 5]),
        ("uniform(2.5, 0.0001)", [2.5, 0.0001]),
        ("choice(1, 1)", [1, 1]),
    ],
)
def test_all_samplers(tmp_path: Path, sampler: str, values: list[object]) -> None:
    text = f"'''@nni.variable(nni.{sampler}, name=x)'''\nx = y\ny = 1\n"
    name = sampler.partition("(")[0]
    assert space_of(tmp_path, text) == {f"pkg.t/x/{name}": {"_type": name, "_value": values}}


def test_same_name_and_arguments_are_one_parameter(tmp_path: Path) -> None:
    annotation = "'''@nni.variable(nni.choice(1, 2), name=x)'''\n"
    assert list(space_of(tmp_path, f"{annotation}x = 1\n{annotation}x = 2\n")) == ["pkg.t/x/choice"]


def test_line_breaks_of_long_texts_stay(tmp_path: Path) -> None:
    arguments = ", ".join(f"argument_number_{i}=some_value_{i}" for i in range(9))
    text = f"'''@nni.function_choice(f({arguments}), g(), name=f)'''\nx = f()\n"
    (entry,) = space_of(tmp_path, text).values()
    option = entry["_value"][0]  # type: ignore[index]
    assert "\n" in option
    assert option.startswith("f(argument_number_0=some_value_0, ")


@pytest.mark.parametrize(
    ("sampler", "value", "integer"),
    [
        ("quniform(0, 10, 2)", "4", True),
        ("quniform(0, 10, 2)", "4.0", False),
        ("quniform(0, 10, 2)", "f()", True),
        ("quniform(0.0, 10, 2)", "4", False),
        ("randint(0, 10)", "4", True),
        ("uniform(0, 10)", "4", False),
    ],
)
def test_integers(tmp_path: Path, sampler: str, value: str, integer: bool) -> None:
    (tmp_path / "t.py").write_text(f"x = {value}  # @nni.variable(nni.{sampler}, name=x)\n")
    program = compile_entry(tmp_path / "t.py").program
    assert program is not None
    assert program.space.parameters[0].integer is integer


def test_what_nni_dropped_is_recorded(tmp_path: Path) -> None:
    text = "class A:\n    def f(self):\n        self.x = 'a'  # @nni.choice('a', B( 1 ),  {'x':1})\n"
    (tmp_path / "t.py").write_text(text)
    program = compile_entry(tmp_path / "t.py").program
    assert program is not None
    parameter = program.space["t/self.x/choice"]
    assert parameter.default == "a"
    assert parameter.options == ("a", "B(1)", "{'x': 1}")
    origin = parameter.origin
    assert origin is not None
    assert (origin.path, origin.line, origin.column, origin.scope) == ("t.py", 3, 18, "A.f")
    assert origin.default_source == "'a'"
    assert origin.option_sources == ("'a'", "B( 1 )", "{'x':1}")
