"""What lint is given beside Python files: notebooks, whose cells it checks, and files without a program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nnic.check.check_paths import LintOptions, check_paths
from nnic.check.counting import count_checked
from nnic.check.fix_paths import fix_paths
from nnic.compile.program import compile_entry
from nnic.findings.render import render_text

BAD = "x = 1  # @nni.choise(1, 2)"


def code(text: str | list[str]) -> dict[str, Any]:
    return {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}


def written(folder: Path, cells: Sequence[dict[str, Any]], name: str = "work.ipynb") -> Path:
    file = folder / name
    file.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return file


def places(file: Path) -> list[str]:
    found = check_paths([file], display_root=file.parent)
    return [f"{d.path}:{d.line}:{d.column} {d.code}" for d in found]


def test_findings_name_the_cell_and_its_line(tmp_path: Path) -> None:
    text = {"cell_type": "markdown", "source": "@nni.choise(1)"}
    cells = [
        code("import nni"),
        text,
        code(["%matplotlib inline\n", "y = 2\n", BAD]),
        code(f"{BAD}\n\n"),
        code(BAD),
    ]
    place = "1:15 NNI101"
    assert places(written(tmp_path, cells)) == [
        "work.ipynb:cell 3:3:15 NNI101",
        f"work.ipynb:cell 4:{place}",
        f"work.ipynb:cell 5:{place}",
    ]


def test_an_annotation_and_what_it_relates_to_may_lie_in_several_cells(tmp_path: Path) -> None:
    file = written(tmp_path, [code("x = 1  # @nni.choice(1, 2)"), code("\nx = 1  # @nni.choice(1, 3)")])
    (found,) = check_paths([file], display_root=tmp_path)
    assert (found.path, found.line) == ("work.ipynb:cell 2", 2)
    assert [(r.path, r.line) for r in found.related] == [("work.ipynb:cell 1", 1)]


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline",
        "!pip install nni",
        "!pip install \\\n  nni \\\n  numpy",
        "files = !ls",
        "a, b.c = %who_ls",
        "len?",
        "np.random.rand??",
        "?len",
        "for i in range(2):\n    %time f(i)",
        "%%bash\nif [ -f nni ]; then echo 1; fi",
        "%%html\n<b>nni</b>",
        "%%time\ny = 1",
        "  \n%%capture out\ny = 1",
        "y = (7\n% 3)",
        "'''\n%s nni\n!\n'''",
        "await f()",
        "",
    ],
)
def test_what_is_no_python_is_passed_over(cell: str, tmp_path: Path) -> None:
    cells = [code(cell), code(BAD), code(["z = 1\r\n", BAD])]
    assert places(written(tmp_path, cells)) == [
        "work.ipynb:cell 2:1:15 NNI101",
        "work.ipynb:cell 3:2:15 NNI101",
    ]


def test_a_syntax_error_has_its_cell(tmp_path: Path) -> None:
    cells = [code("import nni"), code("%time 1\nx = = 1  # @nni.choice(1, 2)")]
    assert places(written(tmp_path, cells)) == ["work.ipynb:cell 2:2:5 NNI114"]


def test_a_clean_notebook_is_counted(tmp_path: Path) -> None:
    file = written(tmp_path, [code("x = 1  # @nni.choice(1, 2)\n# @nni.report_final_result(x)")])
    assert places(file) == []
    assert count_checked([file], LintOptions()) == (1, 2)


def test_notebooks_are_not_rewritten(tmp_path: Path) -> None:
    file = written(tmp_path, [code(BAD)])
    (found,) = check_paths([file], display_root=tmp_path)
    assert found.fix is not None
    assert found.fix.text == "@nni.choice(1, 2)"
    assert "nnic lint --fix" not in render_text(found)
    assert not list(fix_paths([file], LintOptions(), unsafe=True))


@pytest.mark.parametrize("content", ["{", "[]", '{"worksheets": []}', '{"cells": 1}', "[" * 100_000, "\0"])
def test_a_damaged_notebook_is_a_finding(content: str, tmp_path: Path) -> None:
    file = tmp_path / "work.ipynb"
    file.write_text(content)
    (found,) = check_paths([file], display_root=tmp_path)
    assert (found.code, found.path) == ("NNI115", "work.ipynb")
    assert found.message.startswith("the notebook can't be read: ")
    assert found.help


@pytest.mark.parametrize("cells", [[None], [1], [{"cell_type": "code"}], [code(["a", 1])], [{"source": "1"}]])
def test_odd_cells_are_passed_over(cells: list[Any], tmp_path: Path) -> None:
    assert places(written(tmp_path, [*cells, code(BAD)])) == ["work.ipynb:cell 2:1:15 NNI101"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.yaml", "YAML"), ("b.YML", "YAML"), ("c.json", "JSON"), ("d.toml", "TOML"), ("e.md", "Markdown")],
)
def test_a_file_that_holds_no_program_is_no_syntax_error(name: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("lr: 0.1  # @nni.loguniform(1e-4, 1e-1)\n")
    (found,) = check_paths([tmp_path / name], display_root=tmp_path)
    assert found.code == "NNI115"
    assert found.message.startswith(f"a {kind} file is not a program")
    assert found.help == "annotate the value in the script that reads this file"
    assert not list(fix_paths([tmp_path / name], LintOptions()))


def test_a_script_of_any_other_name_is_checked(tmp_path: Path) -> None:
    (tmp_path / "train").write_text(BAD)
    assert places(tmp_path / "train") == ["train:1:15 NNI101"]


@pytest.mark.parametrize(
    ("char", "shown"),
    [
        ("\x1b", r"\x1b"),
        ("\x07", r"\x07"),
        ("\x9b", r"\x9b"),
        ("\u202e", r"\u202e"),
        ("\u2028", r"\u2028"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_moves_a_terminal_is_shown_escaped(char: str, shown: str, tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text(f"x = 1  # {char} @nni.choise('{char}')\ny = 1  # @nni.choise('{char}')\n")
    found = check_paths([tmp_path / "t.py"], display_root=tmp_path)
    text = "\n".join(map(render_text, found))
    assert char not in text
    assert f"@nni.choice('{shown}')" in text
    mark = text.splitlines()[-2]
    row = text.splitlines()[-3]
    assert row[mark.index("^") :].startswith("choise(")


def test_tabs_and_wide_letters_stay(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text("if 1:\n\tx = '漢é'  # @nni.choise(1)\n", encoding="utf-8")
    (found,) = check_paths([tmp_path / "t.py"], display_root=tmp_path)
    assert "\tx = '漢é'  # @nni" in render_text(found)


@pytest.mark.parametrize(
    ("name", "way"), [("a.ipynb", "jupyter nbconvert --to script"), ("b.yaml", "the script that reads")]
)
def test_what_is_no_script_is_not_compiled(name: str, way: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("{}")
    with pytest.raises(ValueError, match=way):
        compile_entry(tmp_path / name)
