"""NNI212 is found exactly where black moves an annotation to another owner; ruff never does."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import black
import pytest

from nnic.compile.compile_source import compile_source
from nnic.lowering.parameters import parameters_of
from nnic.source import SourceFile

LR = "# @nni.loguniform(1e-4, 1e-1)"
NAMED = "# @nni.loguniform(1e-4, 1e-1, name=lr)"
LONG = "first_argument_of_a_long_name, second_argument_of_a_long_name"
TEXTS = {
    "first of two": f"opt = SGD(\n    p, lr=0.1,  {LR}\n    momentum=0.9)\n",
    "first of two, comma": f"opt = SGD(\n    p, lr=0.1,  {LR}\n    momentum=0.9,)\n",
    "named": f"opt = SGD(\n    p, lr=0.1,  {NAMED}\n    momentum=0.9)\n",
    "named, body alone": f"optimizer_of_a_long_name = SGD(\n    p, lr=0.1,  {NAMED}\n    momentum=0.9)\n",
    "unnamed, body alone": f"optimizer_of_a_long_name = SGD(\n    p, lr=0.1,  {LR}\n    momentum=0.9)\n",
    "last, body alone": f"optimizer_of_a_long_name = SGD(\n    p, momentum=0.9,\n    lr=0.1  {LR}\n)\n",
    "only slot": f"train(\n    p,\n    lr=0.1  {LR}\n)\n",
    "only slot of an assignment": f"x = train(\n    p,\n    lr=0.1  {LR}\n)\n",
    "too long for a line": f"optimizer = SGD(\n    {LONG}, lr=0.1,  {LR}\n    momentum=0.9)\n",
    "an own-line comment too": f"opt = SGD(\n    # see below\n    p,\n    lr=0.1,  {LR}\n    momentum=0.9)\n",
    "dict": "d = {\n    'a': 1,  # @nni.choice(1, 2)\n    'b': 2\n}\n",
    "dict of one": "d = {\n    'a': 1  # @nni.choice(1, 2)\n}\n",
    "dict, comma": "d = {\n    'a': 1,  # @nni.choice(1, 2)\n    'b': 2,\n}\n",
    "long dict": (
        "a_dictionary_of_a_very_long_name_indeed_it_is = {\n"
        "    'a': 1,  # @nni.choice(1, 2, 3, 4)\n    'b': 2\n}\n"
    ),
    "default": "def f(a=1,  # @nni.choice(1, 2)\n      b=2): pass\n",
    "default, comma": "def f(\n    a=1,  # @nni.choice(1, 2)\n    b=2,\n): pass\n",
    "only default": "def f(a,\n      b=1  # @nni.choice(1, 2)\n      ): pass\n",
    "in a method": (
        "class A:\n    def f(self,\n          a=1,  # @nni.choice(1, 2)\n          b=2):\n        pass\n"
    ),
    "two annotations": (
        f"opt = SGD(\n    p,\n    lr=0.1,  {LR}\n    momentum=0.9  # @nni.uniform(0, .99)\n)\n"
    ),
    "inner brackets": f"x = f(g(\n    lr=0.1,  {LR}\n    b=(1, 2)), 3)\n",
    "statement comment": "x = [1, 2, 3]  # @nni.choice([1], [2])\n",
    "own line": f"opt = SGD(\n    {LR}\n    lr=0.1,\n    momentum=0.9\n)\n",
    "string": "'''@nni.variable(nni.choice(1, 2), name=x)'''\nx = (\n    1)\n",
    "redundant": "x = (\n    1  # @nni.choice(1, 2)\n)\n",
    "nested call, outer comma": f"x = f(\n    a=g(\n        lr=0.1,  {LR}\n        b=2),\n)\n",
}


def outcome(text: str) -> object:
    """The space; ``None`` for any error."""
    result = compile_source(SourceFile.decode(text.encode(), "t.py"), "t")
    if result.emission is None or result.ir is None:
        return None
    return [(p.key, p.args, p.default) for p in parameters_of(result.ir, "t.py")]


def codes(text: str) -> set[str]:
    return {d.code for d in compile_source(SourceFile.decode(text.encode(), "t.py"), "t").diagnostics}


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_found_where_black_moves_it(name: str) -> None:
    text = TEXTS[name]
    assert outcome(text) is not None, codes(text)
    moved = outcome(black.format_str(text, mode=black.Mode())) != outcome(text)
    assert ("NNI212" in codes(text)) is moved


@pytest.mark.parametrize("name", TEXTS)
def test_the_fix_makes_it_stay(name: str) -> None:
    from nnic.check.fix_source import fix_source

    source = SourceFile.decode(TEXTS[name].encode(), "t.py")
    fixed = fix_source(source, lambda s: compile_source(s, "t").diagnostics).source.text
    assert outcome(black.format_str(fixed, mode=black.Mode())) == outcome(TEXTS[name])
    assert "NNI212" not in codes(fixed)


def test_ruff_never_moves_it(tmp_path: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    for number, text in enumerate(TEXTS.values()):
        (tmp_path / f"t{number}.py").write_text(text, encoding="utf-8")
    subprocess.run([ruff, "format", "--isolated", "--quiet", str(tmp_path)], check=True)
    for number, text in enumerate(TEXTS.values()):
        assert outcome((tmp_path / f"t{number}.py").read_text(encoding="utf-8")) == outcome(text)
