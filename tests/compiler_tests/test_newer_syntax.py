"""What is said of syntax that the running Python is too old for."""

import sys

import pytest

from nnic.api import check_paths

NEWER = [
    ((3, 12), "type Names = list[str]", "a type statement"),
    ((3, 12), "async def f[T](x: T): pass", "a type parameter"),
    ((3, 12), "class Box[T]: pass", "a type parameter"),
    ((3, 14), 'text = t"{x}"', "a template string"),
    ((3, 14), "text = f(rT'{x}', 1)", "a template string"),
    ((3, 14), "try: pass\nexcept A, B: pass", "except without parentheses"),
    ((3, 14), "try: pass\nexcept* a.A, B: pass", "except without parentheses"),
    ((3, 15), "lazy import m", "a lazy import"),
    ((3, 15), "lazy from m import f", "a lazy import"),
]


@pytest.mark.parametrize(("version", "text", "name"), NEWER)
def test_the_python_that_it_needs(tmp_path, version, text, name):
    file = tmp_path / "t.py"
    file.write_text(f"x = 1  # @nni.choice(1, 2)\n{text}\n")
    found = check_paths([file])
    if sys.version_info >= version:
        assert found == []
        return
    assert [(f.code, f.line) for f in found] == [("NNI114", 2 + text.count("\n"))]
    this = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert found[0].help.startswith(f"{name} needs Python {version[0]}.{version[1]}, and this is {this};")


@pytest.mark.parametrize("text", ["x = = t", "except (A, B): pass", "def f(", "lazy = = 1", "x = 'type' 1"])
def test_of_other_errors_nothing_is_said(tmp_path, text):
    file = tmp_path / "t.py"
    file.write_text(f"{text}  # @nni.choice(1, 2)\n")
    (found,) = check_paths([file])
    assert (found.code, found.help) == ("NNI114", None)
