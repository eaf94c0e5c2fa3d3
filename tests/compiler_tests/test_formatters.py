"""Formatting may turn an annotation into an error, never into another space."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import black
import pytest
from golden import cases

from nnic.compile.compile_source import compile_source
from nnic.lowering.parameters import parameters_of
from nnic.source import SourceFile

CASES = cases(Path(__file__).parent / "cases")
LONG = ", ".join(f"'option number {i}'" for i in range(6))
CALL = ", ".join(f"an_argument_of_{i}" for i in range(6))
TEXTS = {case.stem: case.read_text(encoding="utf-8").partition("# output\n")[0] for case in CASES} | {
    "long trailing": f"x = 'option number 1'  # @nni.choice({LONG})\n",
    "long value": f"value = function({CALL}) + function({CALL})  # @nni.choice(1, function(2))\n",
    "long call": f"value = function({CALL}, {CALL})  # @nni.choice(1, function(2))\n",
    "keywords": f"value = function({CALL}, lr=0.1, momentum=0.2)  # @nni.choice(1, 2)\n",
    "tuple": f"a, b = function({CALL}), function({CALL})  # @nni.choice((1, 2), (3, 4))\n",
    "string": f"text = '{'long ' * 30}'  # @nni.choice('a', 'b')\n",
    "conditional": f"x = function({CALL}) if condition else other({CALL})  # @nni.choice(1, 2)\n",
    "parentheses": "x = (\n    1  # @nni.choice(1, 2)\n)\n",
    "semicolon": "a = 1; b = 2  # @nni.choice(1, 2)\n",
    "compound": "if x: lr = 1  # @nni.choice(1, 2)\nelse: lr = 2  # @nni.choice(1, 2)\n",
    "own line": (
        f"if x:\n  # @nni.choice({LONG})\n\n  x = 'option number 1'\n  # @nni.report_final_result(x)\ny = 1\n"
    ),
    "subscript": f"table[{CALL}, {CALL}] = 3  # @nni.choice(1, 2, name=table[{CALL}, {CALL}])\n",
    "annotated": f"x: Annotation[{CALL}, {CALL}] = 1  # @nni.choice(1, 2)\n",
}


_LINES = re.compile(r"(?<=/__line)\d+|(?<=/mutable_block_)\d+")


def space_of(text: str) -> list[object] | None:
    """Parameters without places; ``None`` when there are errors.

    The names that NNI makes from line numbers move with their lines.
    """
    result = compile_source(SourceFile.decode(text.encode(), "t.py"), "t")
    if result.emission is None:
        return None
    assert result.ir is not None
    statements = [(s.verb, [a.source for a in s.arguments]) for s in result.ir.statements]
    parameters = parameters_of(result.ir, "t.py")
    return [*((_LINES.sub("N", p.key), p.args, p.default, p.integer) for p in parameters), statements]


@pytest.mark.parametrize("width", [20, 60, 88, 120])
@pytest.mark.parametrize("name", TEXTS)
def test_black(name: str, width: int) -> None:
    text = TEXTS[name]
    formatted = black.format_str(text, mode=black.Mode(line_length=width))
    before, after = space_of(text), space_of(formatted)
    if after is not None:
        assert after == before


@pytest.mark.parametrize("name", TEXTS)
def test_the_usual_width_keeps_the_space(name: str) -> None:
    if name == "keywords":
        assert space_of(TEXTS[name]) is None
        return
    formatted = black.format_str(TEXTS[name], mode=black.Mode())
    assert space_of(formatted) == space_of(TEXTS[name]) is not None


def test_ruff(tmp_path: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    for number, text in enumerate(TEXTS.values()):
        (tmp_path / f"t{number}.py").write_text(text, encoding="utf-8")
    subprocess.run([ruff, "format", "--isolated", "--quiet", str(tmp_path)], check=True)
    for number, text in enumerate(TEXTS.values()):
        after = space_of((tmp_path / f"t{number}.py").read_text(encoding="utf-8"))
        assert after in (None, space_of(text))
