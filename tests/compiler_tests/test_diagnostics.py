"""How findings look, and what loading the compiler costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nnic.compile.compile_source import compile_source
from nnic.emission import verify as verify_module
from nnic.findings.diagnostics import InternalError
from nnic.findings.render import render_json, render_text
from nnic.source import SourceFile


def findings(text: str, path: str = "train.py"):
    return compile_source(SourceFile.decode(text.encode(), path), "train").diagnostics


def test_text() -> None:
    (found,) = findings("\n" * 11 + "lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n")
    assert render_text(found) == (
        "train.py:12:30: error[NNI103]: low 0.1 is not below high 1e-05\n"
        "   |\n"
        "12 | lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n"
        "   |                              ^^^^^^^^^^\n"
        "   = fix: @nni.loguniform(1e-5, 1e-1)      nnic lint --fix"
    )


def test_text_with_a_second_place_and_help() -> None:
    (found,) = findings("\topt = 1\n".lstrip("\t") + "x = f(q=opt)  # @nni.uniform(0, 1)\n")
    assert render_text(found) == (
        "train.py:2:17: error[NNI109]: which value is meant? The statement has x and q\n"
        "   |\n"
        " 2 | x = f(q=opt)  # @nni.uniform(0, 1)\n"
        "   |                 ^^^^^^^^^^^^^^^^^^\n"
        "   = note: train.py:2:5: x\n"
        "   = note: train.py:2:9: q\n"
        "   = help: add name=: name=q"
    )


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("x = f(a, q=0.1)  # @nni.choice(f(1), f(2))\n", "add name=: name=x"),
        ("x = f(a, q=0.1)  # @nni.uniform(0, 1)\n", "add name=: name=q"),
        (
            "d = nn.Dropout(0.1)  # @nni.uniform(0, 1)\n",
            "nn.Dropout(p=0.1); or write @nni.variable(nni.uniform(0, 1), name=d) if the number is meant",
        ),
        (
            "x = 0.5\nx = f(0.1)  # @nni.uniform(0, 1)\n",
            "that: value = 0.1; or write @nni.variable(nni.uniform(0, 1), name=x) if the number is meant",
        ),
        ("f(q=1)  # @nni.choice(1, 2)\nf(q=1)  # @nni.choice(1, 2)\n", "to make them one parameter"),
        ("x = 1  # @nni.variable(nni.uniform(0, 1))\n", "needs no name=: @nni.uniform(0, 1)"),
        ("'''@nni.function_choice(f(1), g(1))'''\nf(1)\n", "add name=f"),
        ("print(1)  # @nni.uniform(0, 1)\n", "annotate an assignment, such as lr = 0.1"),
        ("from nni import choice\nx = choice(1, 2)\n", "`import nni`, and nni.choice(...) here"),
    ],
)
def test_what_to_do_next(text: str, help: str) -> None:
    assert findings(text)[0].help.endswith(help)


def test_tabs_keep_their_width() -> None:
    (found,) = findings("if 1:\n\tx = 1\t# @nni.uniform('', 1)\n")
    assert render_text(found).splitlines()[3] == "   | \t     \t" + " " * 15 + "^^"


def test_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n"
    (tmp_path / "train.py").write_text(text)
    (found,) = findings(text)
    assert json.loads(json.dumps(render_json([found]))) == [
        {
            "code": "NNI103",
            "severity": "error",
            "path": "train.py",
            "line": 1,
            "column": 30,
            "end_line": 1,
            "end_column": 40,
            "message": "low 0.1 is not below high 1e-05",
            "help": "",
            "fix": "@nni.loguniform(1e-5, 1e-1)",
            "related": [],
            "fix_safe": True,
            "edits": [
                {"line": 1, "column": 30, "end_line": 1, "end_column": 34, "text": "1e-5"},
                {"line": 1, "column": 36, "end_line": 1, "end_column": 40, "text": "1e-1"},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        (
            "'''@nni.variable(nni.uniform(2, 1), name=x)'''\nx = 1\n",
            "@nni.variable(nni.uniform(1, 2), name=x)",
        ),
        ("x = 1  # @nni.uniform(high=1, low=2)\n", "@nni.uniform(high=2, low=1)"),
        ("x = 1  # @nni.unifrm(0, 1)\n", "@nni.uniform(0, 1)"),
        ("'''@nni.unifrm(0, f(')'))'''\nx = 1\n", "@nni.uniform(0, f(')'))"),
        ("# @nni.unifrm(0,\n#   1)\nx = 1\n", "@nni.uniform"),
        ("x = 3  # @nni.choice([1, 2])\n", "nni.choice(1, 2)"),
        ("x = 1  # nni.uniform(0, 1) # noqa\n", "@nni.uniform(0, 1)"),
        ("x = 1  # width @nni.choice(1, (2, 3)) is best\n", "# @nni.choice(1, (2, 3))"),
        ("'''@nni.variable(nni.unifrm(0, 1), name=x)'''\nx = 1\n", "nni.uniform"),
        ("'''@nni.variable(uniform(0, 1), name=x)'''\nx = 1\n", "nni.uniform(0, 1)"),
        ("'''@nni.variable(nni.uniform(0, 1), name=y)'''\nx = 1\n", "name=x"),
    ],
)
def test_fixes(text: str, fix: str) -> None:
    found = findings(text)[0].fix
    assert (found.text if found else "") == fix


def test_our_own_bug_names_the_users_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnic.emission.emit.one_line", lambda node, source: "1) +")
    with pytest.raises(InternalError) as caught:
        findings("a = 1\n\nx = 1  # @nni.choice(1, 2)\n")
    assert (caught.value.path, caught.value.line) == ("train.py", 3)


def test_a_changed_program_is_our_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_module, "fold_selector", lambda node: node)
    with pytest.raises(InternalError, match=r"^train\.py:2: internal error: "):
        findings("a = 1\nx = 1  # @nni.choice(1, 2)\n")


def test_an_exception_of_ours_names_the_users_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr("nnic.lowering.bind.choose_slot", fail)
    with pytest.raises(InternalError, match=r"^train\.py:3: internal error: KeyError: 'bug'"):
        findings("a = 1\n\nx = 1  # @nni.choice(1, 2)\n")


def test_what_checking_loads(tmp_path: Path) -> None:
    script = tmp_path / "t.py"
    script.write_text("x = 1  # @nni.choice(1, 'a', None)\nself.y = 1  # @nni.uniform(0, 1)\n")
    code = (
        "import sys; from nnic.api import check_paths; assert check_paths([sys.argv[1]]) == []\n"
        "heavy = 'astor libcst numpy scipy torch rich typer yaml asyncio sqlite3 difflib decimal'.split()\n"
        "ours = {'nnic.compile.program_folder', 'nnic.emission.emit'}\n"
        "allowed = {f'nnic.runtime.{name}' for name in ('errors', 'reading', 'text')}\n"
        "ours |= {n for n in sys.modules if n.startswith('nnic.runtime.')} - allowed\n"
        "print(*sorted(set(sys.modules) & {*heavy, *ours}))"
    )
    root = str(Path(__file__).parents[2])
    result = subprocess.run(
        [sys.executable, "-c", code, str(script)], capture_output=True, text=True, check=True, cwd=root
    )
    assert result.stdout.strip() == ""
