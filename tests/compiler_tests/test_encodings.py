"""Guarantee 2: bytes outside of insertions stay, in every encoding that Python reads."""

from __future__ import annotations

import ast
import codecs
import random
import re
import subprocess
import sys

import pytest

from nnic.api import check_paths
from nnic.apply.freshness import original_text
from nnic.compile.compile_source import compile_source
from nnic.findings.render import render_text
from nnic.source import SourceFile, UndecodableError, may_hold_annotations

TEXT = "größe = 1  # @nni.choice(1, 'é')\n# ende ü\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        ("# coding: latin-1\n" + TEXT).encode("latin-1"),
        ("#!/bin/sh\n# vim: set fileencoding=cp1252 :\n" + TEXT).encode("cp1252"),
        ("# -*- coding: utf-8 -*-\r\n" + TEXT.replace("\n", "\r\n")).encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip("\n").encode(),
        ("\x0c" + TEXT + "\x0c").encode(),
        ("# coding: shift_jis\nx = 'テスト'  # @nni.choice('テスト', 'b')\n").encode("shift_jis"),
    ],
)
def test_bytes_stay(data: bytes) -> None:
    source = SourceFile.decode(data, "t.py")
    assert source.encode(source.text) == data
    result = compile_source(source, "t")
    assert result.emission is not None, result.diagnostics
    assert result.emission.edits
    output = source.encode(result.emission.text)
    assert original_text(output, result.emission.insertions) == source.text
    # Python reads the bytes as we meant them.
    assert ast.dump(ast.parse(output)) == ast.dump(ast.parse(result.emission.text))
    compile(output, "t.py", "exec")


def test_options_beyond_the_encoding_are_escaped() -> None:
    text = "'''@nni.variable(nni.choice('\\u00e9', 'b'), name=d['\\u4e2d'])'''\nd['\\u4e2d'] = 1\n"
    data = f"# coding: ascii\n{text}".encode("ascii")
    result = compile_source(SourceFile.decode(data, "t.py"), "t")
    assert result.emission is not None, result.diagnostics
    assert result.emission.text.isascii()
    assert "'\\xe9' if __nnic__" in result.emission.text
    assert [t.values for t in result.ir.tunables] == [("é", "b")]  # type: ignore[union-attr]


def test_a_name_beyond_the_encoding_is_a_finding() -> None:
    data = b"# coding: ascii\n'''@nni.variable(nni.choice(gr\\xf6sse, 1), name=d)'''\nd = 1\n"
    result = compile_source(SourceFile.decode(data, "t.py"), "t")
    assert [d.code for d in result.diagnostics if d.is_error] == ["NNI122"]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"# nni \xff\n", "1:7"),
        (b"# coding: nonsense nni\n", "1:1"),
        (b"\xef\xbb\xbf# coding: latin-1 nni\n", "1:1"),
        (b"# nni\nx = '\xe9'\n", "2:6"),
        (b"# nni\r\ny = 1\r\rx = '\xc3\xa9\xff'\r", "4:7"),
        (b"# coding: ascii\n# nni\n\xc3\xa9", "3:1"),
    ],
)
def test_undecodable_files_are_a_finding_at_the_byte(data: bytes, place: str, tmp_path) -> None:
    with pytest.raises(UndecodableError):
        SourceFile.decode(data, "t.py")
    file = tmp_path / "t.py"
    file.write_bytes(data)
    (found,) = check_paths([file])
    assert found.code == "NNI115"
    assert f"t.py:{place}: error[NNI115]" in render_text(found)


@pytest.mark.parametrize(
    "data", [b"x = 1\0\n# nni\n", b"# nni\0\n", b"# nni\n\n\0", b"\xef\xbb\xbf'\0' # nni"]
)
def test_null_bytes_are_a_finding(tmp_path, data: bytes) -> None:
    file = tmp_path / "t.py"
    file.write_bytes(data)
    (found,) = check_paths([file])
    before = data.partition(b"\0")[0].removeprefix(codecs.BOM_UTF8).split(b"\n")
    assert (found.code, found.line, found.column) == ("NNI114", len(before), len(before[-1]) + 1)
    assert found.message == "syntax error: source code cannot contain null bytes"


def test_a_coding_line_may_hold_letters_of_its_encoding(tmp_path) -> None:
    file = tmp_path / "t.py"
    file.write_bytes("# größe, coding: latin-1\nx = 'é'  # @nni.choice(1)(\n".encode("latin-1"))
    (found,) = check_paths([file])
    assert (found.code, found.line) == ("NNI113", 2)
    assert subprocess.run([sys.executable, str(file)]).returncode == 0


def test_files_without_the_word_are_not_decoded(tmp_path) -> None:
    file = tmp_path / "t.py"
    file.write_bytes(b"x = = \xff running # @nn.choice\n")
    assert check_paths([file]) == []


def test_the_word_is_looked_for_not_its_letters() -> None:
    word = re.compile(rb"(?<![A-Za-z0-9_])nni(?![A-Za-z0-9_])|__nnic__")
    pieces = [b"nni", b"n", b"_", b"__", b"c__", b" ", b"a", b"\xc3\xa9", b".", b"#"]
    choose = random.Random(5)
    seen = set()
    for _ in range(3000):
        data = b"".join(choose.choices(pieces, k=choose.randint(0, 9)))
        assert may_hold_annotations(data) is (word.search(data) is not None), data
        seen.add(may_hold_annotations(data))
    assert seen == {True, False}


def test_columns_are_characters() -> None:
    text = "größe = '中文'; x = 1  # @nni.uniform('é', 2)\n"
    (found,) = compile_source(SourceFile.decode(text.encode(), "t.py"), "t").diagnostics
    assert text[found.column - 1 : found.end_column - 1] == "'é'"
    marks = render_text(found).splitlines()[3]
    assert marks.endswith("^^^")
    # Two columns of the terminal for each Chinese character.
    assert marks.index("^") == 5 + found.column - 1 + 2


@pytest.mark.parametrize(
    "text",
    [
        "# @nni.get_next_parameter()\n# coding: latin-1\nx = 'é'\n",
        "# coding: latin-1  # @nni.get_next_parameter()\nx = 'é'\n",
        "#!/bin/sh\n# coding: latin-1  # @nni.get_next_parameter()\nx = 'é'\n",
    ],
)
def test_no_code_comes_before_the_coding_line(text: str) -> None:
    result = compile_source(SourceFile.decode(text.encode("latin-1"), "t.py"), "t")
    assert [found.code for found in result.diagnostics] == ["NNI120"]
