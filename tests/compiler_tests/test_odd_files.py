"""Files as they come: encodings, line ends, white space, sizes, and what changes under our feet."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from nnic.api import check_paths, compile_entry, original_text, write_program
from nnic.compile.compile_source import CompiledSource, compile_source
from nnic.runtime import reading
from nnic.source import SourceFile, UndecodableError, may_hold_annotations

LINE = "x = 1  # @nni.choice(1, 2)\n"


def compiled(data: bytes) -> CompiledSource:
    """Compile bytes, and hold the guarantees: every byte stays, every statement keeps its line."""
    assert may_hold_annotations(data)
    source = SourceFile.decode(data, "t.py")
    result = compile_source(source, "t")
    assert result.emission is not None, result.diagnostics
    output = source.encode(result.emission.text)
    assert original_text(output, result.emission.insertions) == source.text
    assert source.encode(source.text) == data
    before, after = ast.parse(data), ast.parse(output)
    lines = [s.lineno for s in after.body if not isinstance(s, ast.Import)]
    assert lines[: len(before.body)] == [s.lineno for s in before.body]
    return result


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("latin-1", "é"),
        ("cp1252", "€"),
        ("gbk", "中文"),
        ("gb18030", "中文\U00020000"),
        ("big5", "許功蓋"),
        ("shift_jis", "表示ソ"),
        ("euc-jp", "日本"),
        ("euc-kr", "한국"),
        ("koi8-r", "привет"),
        ("iso2022_jp", "日本"),
        ("utf-8-sig", "é中"),
        ("utf-8", "é中\U0001f600"),
    ],
)
@pytest.mark.parametrize(
    "head",
    ["# coding: {}\n", "#!/usr/bin/env python\n# -*- coding: {} -*-\n", "\x0c# vim: fileencoding={}\n"],
)
def test_declared_encodings(codec: str, text: str, head: str) -> None:
    code = f"{head.format(codec)}a = '{text}'\n# {text}\nb = '{text}'  # @nni.choice('{text}', 'b')\n"
    result = compiled(code.encode("utf-8" if codec == "utf-8-sig" else codec))
    assert result.ir is not None
    assert [t.values for t in result.ir.tunables] == [(text, "b")]
    assert [t.default for t in result.ir.tunables] == [text]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("head", ["", "# coding: utf-16\n"])
def test_wide_encodings_are_refused(codec: str, head: str, tmp_path: Path) -> None:
    data = (head + LINE).encode(codec)
    (tmp_path / "t.py").write_bytes(data)
    found = check_paths([tmp_path / "t.py"])
    if codec == "utf-16":
        assert [d.code for d in found] == ["NNI115"]
    with pytest.raises((SyntaxError, ValueError)):
        ast.parse(data)


def test_a_declared_utf_16_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_bytes(b"# coding: utf-16\n" + LINE.encode())
    assert [d.code for d in check_paths([tmp_path])] == ["NNI115"]


def test_a_coding_line_counts_in_the_first_two_lines_only() -> None:
    for head in (b"x = 0\n# coding: latin-1\n", b"\n\n# coding: latin-1\n"):
        with pytest.raises(UndecodableError):
            SourceFile.decode(head + b"# nni \xe9\n", "t.py")
    compiled(b"\n# coding: latin-1\ny = '\xe9'\n" + LINE.encode())


ROWS = ["if x:", "    y = 1  # @nni.choice(1, 2)", "    '''text", "  more'''", "z = [1,", "  2]", "# end"]


@pytest.mark.parametrize(
    "ends", [["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"], ["\r\n", "\r", "\n"], ["\r", "\n"]]
)
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(ends: list[str], last: bool) -> None:
    rows = [row + ends[index % len(ends)] for index, row in enumerate(["x = 0", *ROWS])]
    text = "".join(rows)
    result = compiled((text if last else text.rstrip("\r\n")).encode())
    assert result.ir is not None
    assert [result.source.lines.line_of(t.place.span.start) for t in result.ir.tunables] == [3]


@pytest.mark.parametrize(
    "text",
    [
        "\x0c" + LINE,
        "if 1:\n\x0c    x = 1  # @nni.choice(1, 2)\n",
        "if 1:\n    a = 1\n\x0c    # @nni.choice(1, 2)\n    x = 1\n",
        "if 1:\n\tx = 1  # @nni.choice(1, 2)\n",
        "if 1:\n\t# @nni.choice(1, 2)\n\tx = 1\n",
        "if 1:\n\tif 2:\n\t    # @nni.choice(1, 2)\n\t    x = 1\n",
        "if 1:\n        a = 1\nif 2:\n\t# @nni.choice(1, 2)\n\tx = 1\n",
        "x = \\\n  1  # @nni.choice(1, 2)\n",
        "x = 1;  # @nni.choice(1, 2)\n",
        "x = 1  # @nni.choice(1, 2)",
        "a = '\x0b\x0c\x1c\x85\u2028'; x = 1  # @nni.choice(1, 2)\ny = 2\n",
        "x = 1  # @nni.choice(1, 2)\x0c\n",
    ],
)
def test_white_space(text: str) -> None:
    result = compiled(text.encode())
    assert result.ir is not None
    assert [t.key for t in result.ir.tunables] == ["t/x/choice"]


@pytest.mark.parametrize(
    "text", ["", "\n", "# nni", "'''nni'''", "# nni\n\n\n", "\x0c", "\ufeff", "pass  # nni"]
)
def test_files_with_next_to_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.py").write_bytes(text.encode())
    assert check_paths([tmp_path]) == []
    found = compile_entry(tmp_path / "t.py")
    assert found.program is not None
    write_program(found, tmp_path / "out")
    assert (tmp_path / "out/code/t.py").read_bytes() == text.encode()


def test_inconsistent_tabs_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text("if 1:\n        a = 1\n\tx = 1  # @nni.choice(1, 2)\n")
    assert [(d.code, d.line) for d in check_paths([tmp_path])] == [("NNI114", 3)]


def test_long_lines_and_deep_nesting() -> None:
    compiled(f"y = [{'1, ' * 20_000}]; x = 1  # @nni.choice(1, 2)\n".encode())
    compiled(f"x = 1  # @nni.choice(1, 2)  # {'text ' * 100_000}\n".encode())
    compiled(("y = " + "+".join(["1"] * 900) + "\n" + LINE).encode())
    deep = "".join(f"{' ' * depth}if x:\n" for depth in range(90))
    compiled(f"x = 0\n{deep}{' ' * 90}z = 1  # @nni.choice(1, 2)\n".encode())
    entries = "".join(f"    'k{n}': {n},  # @nni.choice({n}, 'a')\n" for n in range(120))
    result = compiled(f"d = {{\n{entries}}}\n".encode())
    assert result.ir is not None
    assert len(result.ir.tunables) == 120


@pytest.mark.parametrize(
    "text", ["x = " + "(" * 300 + ")" * 300 + "  # nni\n", "# nni\nx = " + "-" * 100_000 + "1\n"]
)
def test_what_python_gives_up_on_is_a_finding(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text(text)
    assert [d.code for d in check_paths([tmp_path])] == ["NNI114"]


@pytest.mark.parametrize(
    ("error", "codes"),
    [(FileNotFoundError(2, "gone"), []), (PermissionError(13, "Permission denied"), ["NNI115"])],
)
def test_files_that_change_under_our_feet(
    error: OSError, codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(LINE)
    (tmp_path / "train.py").write_text("import a, b, c\n# @nni.report_final_result(1)\n")
    plain = reading.open_regular

    def opened(path: Path, more_flags: int = 0) -> int:
        if Path(path).name == "b.py":
            raise error
        return plain(path, more_flags)

    monkeypatch.setattr(reading, "open_regular", opened)
    assert [d.code for d in check_paths([tmp_path], tmp_path)] == codes
    for found in (compile_entry(tmp_path / "train.py"), compile_entry(tmp_path)):
        assert [d.code for d in found.diagnostics if d.is_error] == codes
        assert (found.program is None) is bool(codes)
        if found.program is not None:
            assert [p.key for p in found.program.space] == ["a/x/choice", "c/x/choice"]
