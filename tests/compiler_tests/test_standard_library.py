"""The standard library of the running Python: compiling it raises nothing and changes nothing."""

from __future__ import annotations

import ast
import multiprocessing
import os
import random
import re
import sysconfig
import tokenize
import warnings
from io import BytesIO, StringIO
from pathlib import Path

import pytest

from nnic.compile.compile_source import compile_source
from nnic.source import SourceFile, UndecodableError, may_hold_annotations
from nnic.span import Lines
from nnic.syntax.facts import FileFacts
from nnic.syntax.lexer import find_comments
from nnic.syntax.nodes import Nodes
from nnic.syntax.parsing import parse
from nnic.syntax.walking import walk

ROOT = Path(sysconfig.get_paths()["stdlib"])
FILES = sorted(
    path
    for path in ROOT.rglob("*.py")
    if "site-packages" not in path.parts and "__pycache__" not in path.parts
)


def _compile(path: Path) -> str:
    """Compile a file as if it could hold annotations; return what went wrong."""
    data = path.read_bytes()
    try:
        source = SourceFile.decode(data, str(path))
    except UndecodableError:
        return ""
    if source.encode(source.text) != data:
        return f"{path}: other bytes"
    result = compile_source(source, "m")
    if result.emission is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                parse(source)
            except SyntaxError:
                return ""
        return f"{path}: {result.diagnostics}"
    if result.emission.edits or result.emission.text != source.text:
        return f"{path}: changed"
    return "" if not result.diagnostics else f"{path}: {result.diagnostics}"


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork, beside threads of the tests'
def test_compiling_it_changes_nothing(insertion_count: int) -> None:
    """Every third file, or all of them where the campaigns are long."""
    assert len(FILES) > 500
    files = FILES if insertion_count > 1000 else FILES[::3]
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        problems = [problem for problem in pool.imap_unordered(_compile, files, chunksize=32) if problem]
    assert problems == []


def test_hardly_a_file_of_it_is_parsed() -> None:
    parsed = [path for path in FILES if may_hold_annotations(path.read_bytes())]
    assert len(parsed) < 10


def _tokenized(text: str) -> list[tuple[int, int]]:
    """(start, innermost open bracket) of every comment that is not inside an f-string."""
    starts = Lines(text).starts
    found = []
    brackets: list[int] = []
    f_strings = 0
    for token in tokenize.generate_tokens(StringIO(text, newline="").readline):
        offset = starts[token.start[0] - 1] + token.start[1]
        if token.type == tokenize.OP and token.string in "([{":
            brackets.append(offset)
        elif token.type == tokenize.OP and token.string in ")]}":
            brackets.pop()
        elif tokenize.tok_name[token.type] in ("FSTRING_START", "TSTRING_START"):
            f_strings += 1
        elif tokenize.tok_name[token.type] in ("FSTRING_END", "TSTRING_END"):
            f_strings -= 1
        elif token.type == tokenize.COMMENT and not f_strings:
            found.append((offset, brackets[-1] if brackets else None))
    return found


def test_comments_are_those_of_tokenize() -> None:
    # One file in twenty, and those that are hard on a lexer.
    chosen = [path for path in FILES if path.stat().st_size % 20 == 3 or "string" in path.name]
    compared = 0
    for path in chosen:
        data = path.read_bytes()
        try:
            encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
            text = data.decode(encoding)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)
                expected = _tokenized(text)
        except (SyntaxError, UnicodeError, ValueError, tokenize.TokenError):
            continue  # files that are no valid Python on purpose
        if "\r" in text.replace("\r\n", ""):
            continue  # tokenize takes a carriage return for no line break
        assert [(comment.start, comment.bracket) for comment in find_comments(text, "#")] == expected, path
        compared += 1
    assert compared > 30  # some distributions leave its tests out


def test_comments_are_found_from_the_statement_before_them() -> None:
    chosen = [path for path in FILES if path.stat().st_size % 20 == 7 or "string" in path.name]
    compared = 0
    for path in chosen:
        try:
            source = SourceFile.decode(path.read_bytes(), path.name)
            facts = FileFacts(source)
            _ = facts.tree
        except (UndecodableError, SyntaxError):
            continue
        for word in ("#", "the"):
            found = facts.comments(word)
            everything = find_comments(source.text, "#")
            assert found == tuple(c for c in everything if word in source.text[c.start : c.end]), path
            compared += len(found)
    assert compared > 1000


def test_the_index_of_nodes_holds_what_a_walk_finds() -> None:
    kinds = (
        ast.Call,
        ast.Name,
        ast.Import,
        ast.ImportFrom,
        ast.alias,
        ast.arg,
        ast.ExceptHandler,
        ast.FunctionDef,
    )
    compared = 0
    for path in FILES[::40]:
        try:
            tree = parse(SourceFile.decode(path.read_bytes(), path.name))
        except (UndecodableError, SyntaxError):
            continue
        nodes = Nodes(tree)
        for kind in kinds:
            expected = [node for node in ast.walk(tree) if type(node) is kind]
            assert nodes.of(kind) == expected
            compared += len(expected)
    assert compared > 3000


def test_a_walk_finds_what_that_of_python_finds() -> None:
    """But for contexts and operators; and outer nodes before inner ones, in the order of the source."""
    left_out = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
    compared = 0
    for path in FILES[::40]:
        try:
            tree = parse(SourceFile.decode(path.read_bytes(), path.name))
        except (UndecodableError, SyntaxError):
            continue
        found = list(walk(tree))
        expected = [node for node in ast.walk(tree) if not isinstance(node, left_out)]
        assert len(found) == len(expected)
        assert set(map(id, found)) == set(map(id, expected))
        starts = [(s.lineno, s.col_offset) for s in found if isinstance(s, ast.stmt)]
        assert starts == sorted(starts)
        compared += len(found)
    assert compared > 3000


def test_lines_are_those_of_every_line_break() -> None:
    choose = random.Random(3)
    for _ in range(500):
        text = "".join(
            choose.choices(
                ["a", "\n", "\r", "\r\n", "\x0b", "\x0c", "\u2028", "é"][choose.randint(0, 1) :], k=8
            )
        )
        expected = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
        assert Lines(text).starts == expected
        plain = text.replace("\r", "")
        assert Lines(plain).starts == [0, *(match.end() for match in re.finditer("\n", plain))]
